"""Keys of records: UUIDv7 (RFC 9562), which sort by the millisecond in which they were made."""

import secrets
import time
from uuid import UUID

_RANDOM_BITS = 74
_LOW_BITS = 62


def new_id() -> UUID:
    """A fresh key. Make it outside of a retried transaction, so that a repeat finds the row of the first try.

    All 74 bits behind the time are random, which RFC 9562 (6.9) asks for where ids are not to be guessed: the id of an
    anonymous conversation is all that keeps others out of it. Libraries count within a millisecond instead.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(_RANDOM_BITS)
    high = (milliseconds << 16) | (7 << 12) | (random >> _LOW_BITS)
    return UUID(int=(high << 64) | (2 << _LOW_BITS) | (random & ((1 << _LOW_BITS) - 1)))
