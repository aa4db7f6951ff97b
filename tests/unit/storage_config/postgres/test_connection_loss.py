import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage_config.errors import DatabaseUnavailable, DiskFull
from storage_config.postgres.connection_loss import is_passing, translated


def _wrapped(cause: psycopg.Error, *, invalidated: bool = False) -> OperationalError:
    return OperationalError("SELECT 1", {}, cause, connection_invalidated=invalidated)


PASSING = [
    TimeoutError(),
    ConnectionResetError(),
    psycopg.OperationalError("server closed the connection unexpectedly"),
    _wrapped(psycopg.OperationalError("consuming input failed")),
    _wrapped(errors.AdminShutdown()),
    _wrapped(errors.CrashShutdown()),
    _wrapped(errors.CannotConnectNow()),
    _wrapped(errors.TooManyConnections()),
    _wrapped(errors.SerializationFailure()),
    _wrapped(errors.DeadlockDetected()),
    _wrapped(errors.ProtocolViolation()),  # PgBouncer's for a server that it lost
    _wrapped(errors.DiskFull(), invalidated=True),
    InterfaceError("SELECT 1", {}, psycopg.InterfaceError("the connection is closed")),
]
LASTING = [
    ValueError("ours"),
    _wrapped(errors.InvalidPassword()),
    _wrapped(errors.UndefinedTable()),
    IntegrityError("INSERT", {}, errors.UniqueViolation()),
    errors.UndefinedColumn(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes_is_unavailable_when_it_does_not(error: Exception) -> None:
    assert is_passing(error)
    with pytest.raises(DatabaseUnavailable, match="postgresql://h/db"), translated("postgresql://h/db"):
        raise error


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_everything_else_stays_what_it_is(error: Exception) -> None:
    assert not is_passing(error)
    with pytest.raises(type(error)), translated("postgresql://h/db"):
        raise error


def test_a_full_pool_is_unavailable_and_not_repeated() -> None:
    assert not is_passing(PoolTimeout())
    with pytest.raises(DatabaseUnavailable, match="busy"), translated("x"):
        raise PoolTimeout


@pytest.mark.parametrize("error", [_wrapped(errors.DiskFull()), errors.DiskFull()])
def test_a_full_disk_is_called_so_and_not_repeated(error: Exception) -> None:
    assert not is_passing(error)
    with pytest.raises(DiskFull, match="no room left"), translated("postgresql://h/db"):
        raise error
