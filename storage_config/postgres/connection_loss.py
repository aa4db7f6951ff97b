"""Which failures of Postgres pass by themselves, and what they are called on our side."""

import contextlib
from collections.abc import Iterator

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage_config.errors import DatabaseUnavailable, DiskFull

# SQLSTATEs after which the same transaction may succeed (PostgreSQL manual, appendix A): connection exceptions,
# administrator's shutdown, crash, starting up, idle session, too many connections, serialization, deadlock.
# PgBouncer reports 08P01 for a server that crashed or cannot be reached.
_PASSING_STATES = ("08", "57P01", "57P02", "57P03", "57P05", "53300", "40001", "40P01")


def is_passing(error: Exception) -> bool:
    """Whether the same transaction may succeed when it is repeated: dropped connections, restarts, deadlocks."""
    if isinstance(error, TimeoutError | ConnectionError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_passing_cause(error.orig)
    return _is_passing_cause(error)


@contextlib.contextmanager
def translated(url: str) -> Iterator[None]:
    """Raises DatabaseUnavailable for failures that would pass, DiskFull for that; all others pass through.

    `url` is the masked address for the message.
    """
    try:
        yield
    except PoolTimeout:
        raise DatabaseUnavailable(f"The database at {url} is busy: no connection came free.") from None
    except (DBAPIError, psycopg.Error, TimeoutError, ConnectionError) as error:
        if is_passing(error):
            raise DatabaseUnavailable(f"The database at {url} does not answer: {_reason(error)}") from error
        if isinstance(_cause(error), psycopg.errors.DiskFull):
            raise DiskFull(f"The database at {url} has no room left: {_reason(error)}") from error
        raise


def _is_passing_cause(error: BaseException | None) -> bool:
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_PASSING_STATES)


def _cause(error: Exception) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _reason(error: Exception) -> str:
    cause = _cause(error)
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
