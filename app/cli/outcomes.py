"""How a command ends: its exit code, the same whether it worked itself or through a running server.

0 done · 2 wrong configuration or usage · 3 some pages failed · 4 another process is at it · 5 a dependency fails ·
6 a replayed answer differs · 7 an evaluation is worse than its baseline · 130 interrupted
"""

from typing import Any

from app.errors import PROBLEMS, ApiKeyNotFound, AppError, CorpusFileChanged, InvalidRequest, MessageNotFound
from pipelines import errors as pipeline
from storage_config import errors as storage

DONE, WRONG_USE, PAGES_FAILED, IN_USE, UNAVAILABLE, DIFFERS, WORSE, INTERRUPTED = 0, 2, 3, 4, 5, 6, 7, 130
_PREFIX = "urn:footnoted:problem:"
_IN_USE = (storage.StateInUse, pipeline.IngestionBusy)
_WRONG_USE = (
    ApiKeyNotFound,
    CorpusFileChanged,
    InvalidRequest,
    MessageNotFound,
    pipeline.CorpusNotIngested,
    pipeline.GoldenSetError,
    pipeline.NotReplayable,
    pipeline.RemovalRefused,
    pipeline.SourceMissing,
    pipeline.UnknownCorpus,
    storage.ConfigurationError,
    storage.DiskFull,
    storage.LimitExceeded,
    storage.SchemaOutdated,
)
_ARGUMENTS = {
    ApiKeyNotFound: "KEY_ID: there is no valid key of that id.",
    MessageNotFound: "MESSAGE_ID: there is no recorded answer of that id.",
}


class ServerRefused(AppError):
    """A running server answered with a problem; `kind` is the class of error that it stands for."""

    def __init__(self, problem_type: str, message: str) -> None:
        super().__init__(message)
        name = problem_type.removeprefix(_PREFIX)
        self.kind = next((cls for cls, kind in PROBLEMS.items() if kind.name == name), Exception)


class ServerSilent(AppError):
    """A running server owns the state and does not answer."""


class ServerStrange(AppError):
    """What answers where a running server said that it serves is none of this version of ours."""


class ServerGone(ServerSilent):
    """Nobody listens where the owner of the state said that it serves."""


def read_problem(body: Any) -> ServerRefused:
    """The problem that a server answered with, as one message. Raises ValueError where it is none."""
    if not isinstance(body, dict):
        raise ValueError("a problem is an object")
    parts = [str(body.get("title", "")), str(body.get("detail", ""))]
    fields = body.get("errors")
    for error in fields if isinstance(fields, list) else ():
        if isinstance(error, dict):
            parts.append(f"{error.get('field')}: {error.get('message')}")
    return ServerRefused(str(body.get("type", "")), " ".join(part for part in parts if part))


def message_of(error: Exception) -> str:
    """What a command says of an error of ours: what it names itself where that was an argument."""
    return next((words for cls, words in _ARGUMENTS.items() if issubclass(_kind_of(error), cls)), str(error))


def exit_code_of(error: Exception) -> int:
    """The exit code of a command that ends with this error of ours."""
    kind = _kind_of(error)
    if issubclass(kind, _IN_USE):
        return IN_USE
    return WRONG_USE if issubclass(kind, _WRONG_USE) else UNAVAILABLE


def _kind_of(error: Exception) -> type[Exception]:
    return error.kind if isinstance(error, ServerRefused) else type(error)
