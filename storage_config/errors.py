"""What can go wrong: the root of every error of ours, and those of where things are kept.

FootnotedError
├── StorageError
│   ├── ConfigurationError      an environment variable or a configuration file is wrong; names it and what is allowed
│   ├── DatabaseUnavailable     Postgres cannot be reached, or did not come back within the retries
│   ├── SchemaOutdated          the database lacks migrations; names the command that applies them
│   ├── VectorsUnavailable      the Qdrant server or the embedded shard cannot be reached
│   ├── InvalidCursor           a cursor that no listing gave out (storage_config.records.rows)
│   ├── StateInUse              another process owns the embedded state; names it
│   ├── DiskFull                the disk of the data folder has no room for what would be written
│   └── LimitExceeded           a write would go over a configured storage limit; says by how much
├── PipelineError               drawn in pipelines/errors.py
└── AppError                    drawn in app/errors.py, with what each kind looks like to a client
"""

from typing import Any


class FootnotedError(Exception):
    """Root of every error that Footnoted raises on purpose: what is none of these is a bug, or a library's.

    All of them pass from one process to another, whatever their constructors take.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[FootnotedError], args: tuple[Any, ...], state: dict[str, Any]) -> FootnotedError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class StorageError(FootnotedError):
    """Root of the errors of this floor. The message is meant for the operator, never for a reader."""


class ConfigurationError(StorageError):
    """A setting or a configuration file is wrong; the message names the key, the file and what is allowed."""


class DatabaseUnavailable(StorageError):
    """Postgres cannot be reached, or did not come back within the bounded retries."""


class SchemaOutdated(StorageError):
    """The database schema is not the one this version needs; the message names the command that mends it."""


class VectorsUnavailable(StorageError):
    """The Qdrant server or the embedded shard cannot be reached or answered with an error."""


class StateInUse(StorageError):
    """Another process owns the embedded state. `owner_pid` and `owner_url` say which, where known."""

    def __init__(self, message: str, *, owner_pid: int | None = None, owner_url: str | None = None) -> None:
        super().__init__(message)
        self.owner_pid = owner_pid
        self.owner_url = owner_url


class DiskFull(StorageError):
    """There is no room left where a store writes; the message says where."""


class LimitExceeded(StorageError):
    """A write would go over a configured storage limit; the message says by how much."""
