"""Keys of records: UUIDv7 (RFC 9562), which sort by the time they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh key. Make it outside of a retried transaction, so that a repeat finds the row of the first try."""
    return uuid7()
