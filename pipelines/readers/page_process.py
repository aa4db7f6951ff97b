"""Reads pages in a process of their own, which is killed where one takes too long or too much memory.

What a file makes its parser do is up to whoever wrote the file: two kilobytes of PDF can take hours. A thread cannot be
ended; a process can, and the page alone fails.
"""

import contextlib
import io
import logging
import os
import pickle
import reprlib
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from pipelines.errors import PageError, PipelineError
from pipelines.readers.page_worker import Call, Outcome
from storage_config.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

# What may be larger with the file: so many bytes of it may take the seconds again, and so much of memory each byte.
_BYTES_FOR_SECONDS = 1_000_000
_MEMORY_PER_BYTE = 5
# A process that others keep from the processor: so many times the seconds may pass on the clock.
_CLOCK_FACTOR = 4
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_READ_BYTES = 1 << 20
_SIZE_BYTES = 8
# Not `-m`: what the module sends would be named after `__main__`.
_MAIN = "from pipelines.readers.page_worker import main; main()"
# What the process may know of the environment: it reads what strangers write, and no key of anybody's is needed there.
_ENVIRONMENT = frozenset(
    ("PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR",
     "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
)  # fmt: skip
# All that an answer may be made of besides text and numbers: what read a stranger's file is not believed more.
# By name, since the values' modules take long to load where no page is read.
_SENT = frozenset(
    {
        ("pipelines.readers.page", "DescribedPage"), ("pipelines.types", "LeftOutPage"),
        ("pipelines.types", "PageFailure"), ("pipelines.readers.page_worker", "Outcome"),
        ("pipelines.readers.sitemap.addresses", "SitemapFile"),
        ("pipelines.splitting.pieces", "PagePiece"),
    }
)  # fmt: skip
_STARTED_LAST = 3_000  # characters of what a process said that did not start
_ROOT = Path(__file__).parents[2]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What reading one page may take: seconds of CPU, and bytes of memory beyond what the process has before."""

    seconds: float
    memory_bytes: int

    @classmethod
    def from_settings(cls, settings: Settings) -> "PageLimits":
        """Those of the environment."""
        return cls(settings.max_page_seconds, settings.max_page_memory_bytes)

    def of_file(self, size: int) -> "PageLimits":
        """Those of a file of so many bytes."""
        return PageLimits(self.seconds * (1 + size / _BYTES_FOR_SECONDS), self.memory_bytes + _MEMORY_PER_BYTE * size)


@dataclass(frozen=True, slots=True)
class _Used:
    """What a process has used so far."""

    cpu_seconds: float
    memory_bytes: int

    @classmethod
    def of(cls, pid: int) -> "_Used | None":
        """As proc(5) says in stat; None where the system has no /proc."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return None
        ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
        return cls(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))


class _Answer(pickle.Unpickler):
    """Reads an answer without importing or calling what it names, unless it is a value that readers give."""

    def find_class(self, module: str, name: str) -> Any:
        """One of the values that readers give. Raises UnpicklingError for all else."""
        if (module, name) not in _SENT:
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that a reader says")
        return super().find_class(module, name)


class _Gone(PipelineError):
    """The process ended, or does not take or give anything."""


class _NoAnswer(PipelineError):
    """What the process sent is no outcome of a call; the message says why."""


def _outcome_of(message: bytes) -> Outcome:
    """What came of the call. Raises _NoAnswer for all that no reader says, whatever the bytes are."""
    try:
        found = _Answer(io.BytesIO(message)).load()
    except Exception as error:  # bytes that are no pickle fail in any way that its machine has
        raise _NoAnswer(f"{type(error).__name__}: {error}") from None
    if not isinstance(found, Outcome):
        raise _NoAnswer(f"it is {type(found).__name__}")
    kind, value = getattr(found, "kind", None), getattr(found, "value", None)  # one that nobody initialised has none
    is_pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, str) for one in value)
    if kind != "returned" and not (kind in ("refused", "failed") and is_pair):
        raise _NoAnswer(f"it is an outcome of the kind {reprlib.repr(kind)}")
    return found


class PageProcess:
    """Calls functions that read a page, one at a time, each within `limits`; the process starts with the first one."""

    def __init__(self, limits: PageLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._is_closed = False
        # The system ends a process with the thread that started it, and a thread that reads pages ends with its folder.
        self._starter = ThreadPoolExecutor(1, "page process")

    def call(self, size: int, path: str, read: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
        """What `read`, a function of a module, makes of the page at `path`, a file of `size` bytes.

        Blocks. Raises PageError: what `read` raises, or that it took too much, failed or ended its process.
        """
        limits = self._limits.of_file(size)
        seconds = _CLOCK_FACTOR * limits.seconds
        message = pickle.dumps(Call(read, arguments, keywords, seconds), pickle.HIGHEST_PROTOCOL)
        with self._turn:
            self._begin(path, message)
            outcome = self._watch(path, limits)
        if outcome.kind == "returned":
            return cast(T, outcome.value)
        if outcome.kind == "refused":
            raise PageError(*outcome.value)
        name, trace = outcome.value
        _log.error("%s cannot be read: %s", path, trace)
        raise PageError(path, f"cannot be read: {name}")

    def close(self) -> None:
        """Ends the process, whatever it does; no other page is read."""
        self._is_closed = True
        if (process := self._process) is not None:
            process.kill()
        with self._turn:
            self._end()
        self._starter.shutdown()

    def _begin(self, path: str, message: bytes) -> None:
        """Hands the call over; a process that ended since the last one is replaced."""
        for _ in range(2):
            if self._is_closed:
                raise PageError(path, "is not read any more: the reading was ended")
            self._process = self._process or self._starter.submit(_start).result()
            if self._is_closed:  # since the look above: who closes it saw no process yet
                self._end()
                continue
            if _is_taken(self._process, message):
                return
            _log_start(self._process)
            self._end()
        raise PageError(path, "cannot be read: the process that reads pages does not start")

    def _watch(self, path: str, limits: PageLimits) -> Outcome:
        """The outcome of the call that began; whoever takes too much is killed."""
        process = self._process
        assert process is not None
        began, before = time.monotonic(), _Used.of(process.pid)
        exceeded: list[str] = []

        def goes_on() -> bool:
            used = _Used.of(process.pid)
            passed = time.monotonic() - began
            if used is None or before is None:
                spent, memory = passed, 0
            else:
                spent, memory = used.cpu_seconds - before.cpu_seconds, used.memory_bytes - before.memory_bytes
            if spent > limits.seconds or passed > _CLOCK_FACTOR * limits.seconds:
                exceeded.append(f"takes more than {limits.seconds:.0f} s to read (FOOTNOTED_MAX_PAGE_SECONDS)")
            elif memory > limits.memory_bytes:
                megabytes = limits.memory_bytes // 1_000_000
                exceeded.append(f"takes more than {megabytes} MB of memory to read (FOOTNOTED_MAX_PAGE_MEMORY_BYTES)")
            return not exceeded

        try:
            return _outcome_of(_receive(process, goes_on, limits.memory_bytes))
        except _Gone:
            self._end()
            reason = exceeded[0] if exceeded else f"ended the process that read it ({process.returncode})"
            raise PageError(path, reason) from None
        except _NoAnswer as error:
            self._end()
            _log.error("%s cannot be read: its reader's answer is refused: %s", path, error)
            raise PageError(path, "cannot be read: its reader gave no answer that is one") from None
        except BaseException:
            self._end()  # whatever it says next would be taken for the answer to another call
            raise

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def one_of(pages: Sequence[str]) -> str:
    """What a call that reads these pages goes by, of which any may fail it."""
    return pages[0] if len(pages) == 1 else f"one of {len(pages)} pages from {pages[0]} on"


def _start() -> subprocess.Popen[bytes]:
    known = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    path = os.pathsep.join(filter(None, (str(_ROOT), known.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-c", _MAIN, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # until it has started
        env={**known, "PYTHONPATH": path},
        cwd=_ROOT,
        bufsize=0,
    )
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
    return process


def _log_start(process: subprocess.Popen[bytes]) -> None:
    """Why a process did not begin, as far as it said it; one that had ended before says nothing."""
    assert process.stderr is not None
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    said = (process.stderr.read() or b"").decode("utf-8", "replace").strip()[-_STARTED_LAST:]
    if said:
        _log.error("the process that reads pages did not start (%s): %s", process.returncode, said)


def _is_taken(process: subprocess.Popen[bytes], message: bytes) -> bool:
    """Whether the process took the call and begins with it."""
    until = time.monotonic() + _START_SECONDS
    try:
        _send(process, message, until)
        return _receive(process, lambda: time.monotonic() < until, 0) == b""
    except (_Gone, _NoAnswer):
        return False


def _send(process: subprocess.Popen[bytes], message: bytes, until: float) -> None:
    assert process.stdin is not None
    descriptor, left = process.stdin.fileno(), memoryview(len(message).to_bytes(_SIZE_BYTES, "big") + message)
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    try:
        while left:
            if not poll.poll(_LOOK_SECONDS * 1e3) and time.monotonic() > until:
                raise _Gone
            with contextlib.suppress(BlockingIOError):
                left = left[os.write(descriptor, left[:_READ_BYTES]) :]
    except BrokenPipeError:
        raise _Gone from None


def _receive(process: subprocess.Popen[bytes], goes_on: Callable[[], bool], most: int) -> bytes:
    """The next message, while `goes_on` says so, which is asked again and again.

    Raises _Gone, and _NoAnswer for one of more than `most` bytes, which is never taken into memory.
    """
    size = int.from_bytes(_read(process, _SIZE_BYTES, goes_on), "big")
    if size > most:
        raise _NoAnswer(f"it has {size:,} bytes; allowed: {most:,}")
    return _read(process, size, goes_on)


def _read(process: subprocess.Popen[bytes], size: int, goes_on: Callable[[], bool]) -> bytes:
    assert process.stdout is not None
    descriptor, read = process.stdout.fileno(), bytearray()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    looked = time.monotonic()
    while len(read) < size:
        ready = poll.poll(_LOOK_SECONDS * 1e3)
        if not ready or time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            if not goes_on():
                raise _Gone
        if ready:
            piece = os.read(descriptor, min(_READ_BYTES, size - len(read)))
            if not piece:
                raise _Gone
            read += piece
    return bytes(read)
