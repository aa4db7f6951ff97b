"""The process that reads pages for another one: calls come in on its input, outcomes go out on its output.

Started by `pipelines.readers.page_process`, which says what passes. It loads nothing until the first call names it, and
ends with its parent: at the end of its input, by the system's signal (Linux), and by a bound of CPU time in any case.
"""

import contextlib
import os
import pickle
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from pipelines.errors import PageError

IDLE_SECONDS = 60.0  # after which it ends; the next page starts another
_PR_SET_PDEATHSIG = 1
_SIZE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a module, what it is called with, and the seconds of CPU after which the system ends it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its result, the path and reason of a PageError, or the name and trace of another error."""

    kind: Literal["returned", "refused", "failed"]
    value: Any


def main() -> None:
    """Calls one function after another, until none came for a while or the parent is gone."""
    _end_with_parent(int(sys.argv[1]))
    with os.fdopen(os.dup(0), "rb") as incoming, os.fdopen(os.dup(1), "wb") as outgoing:
        _close_standard_streams()
        with contextlib.suppress(BrokenPipeError):
            _serve(incoming, outgoing)


def _serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    while select.select([incoming], [], [], IDLE_SECONDS)[0] and (message := _receive(incoming)) is not None:
        call: Call = pickle.loads(message)  # imports what the call needs
        del message
        _send(outgoing, b"")  # from here on it counts
        _bound_cpu(call.cpu_seconds)
        _send(outgoing, pickle.dumps(_outcome(call), pickle.HIGHEST_PROTOCOL))


def _outcome(call: Call) -> Outcome:
    try:
        return Outcome("returned", call.function(*call.arguments, **call.keywords))
    except PageError as error:
        return Outcome("refused", (error.path, error.reason))
    except Exception as error:  # a parser may choke on a page in any way; the parent's log keeps the trace
        return Outcome("failed", (type(error).__name__, traceback.format_exc(limit=-20)))


def _end_with_parent(parent: int) -> None:
    # The signal is sent where the parent's thread ends that started this process; it may have ended already.
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer


def _close_standard_streams() -> None:
    """What a library prints must not come between the messages, nor fill a pipe that nobody empties."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _bound_cpu(seconds: float) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if most == resource.RLIM_INFINITY else min(soft, most), most))


def _receive(incoming: BinaryIO) -> bytes | None:
    size = incoming.read(_SIZE_BYTES)
    if len(size) < _SIZE_BYTES:
        return None
    message = incoming.read(int.from_bytes(size, "big"))
    return message or None


def _send(outgoing: BinaryIO, message: bytes) -> None:
    outgoing.write(len(message).to_bytes(_SIZE_BYTES, "big") + message)
    outgoing.flush()
