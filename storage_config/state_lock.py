"""Who owns the local state: one process for each data folder, by `flock` on a file inside it.

The kernel drops the lock with its process, however that ended, so nothing is ever stale. The file tells others who
the owner is and, once it serves, where to ask it and with which token: only who may read the folder's files may act
for its owner. The file is never deleted: deleting would let two processes lock
two files of one name.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage_config.errors import ConfigurationError, StateInUse

if sys.platform != "win32":
    import fcntl

LOCK_NAME = "state.lock"
# `owner_of` holds a shared lock for some microseconds; a real owner holds for longer than this.
_PATIENCE_S = 0.2
_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class StateOwner:
    """The process that owns a data folder; `pid` None in the moment before it wrote it.

    `command` is what it does with it. `url` and `token` are there once it serves; the token lets its bearer do
    everything, as the command line may.
    """

    pid: int | None
    command: str = ""
    url: str | None = None
    token: str | None = field(default=None, repr=False)


class HeldState:
    """The local state, owned by this process until its `hold_state` block ends. `token` is new for each block."""

    def __init__(self, folder: Path, descriptor: int, command: str) -> None:
        self.folder = folder
        self._command = command
        self.token = secrets.token_urlsafe(32)
        self._descriptor = descriptor
        self._write({})

    def publish(self, url: str) -> None:
        """Tells other processes where this one serves, e.g. `http://127.0.0.1:8000`, and the token."""
        self._write({"url": url, "token": self.token})

    def _write(self, more: Mapping[str, str]) -> None:
        content = json.dumps({"pid": os.getpid(), "command": self._command, **more}).encode()[:_MAX_BYTES]
        os.pwrite(self._descriptor, content.ljust(_MAX_BYTES), 0)  # one size: a reader never sees an older tail


@contextmanager
def hold_state(data_folder: Path, *, command: str = "") -> Iterator[HeldState]:
    """Owns `data_folder` (made where it is missing) for the block; others are told that `command` has it.

    Raises StateInUse naming the owner when another process, or another block of this one, owns it, and
    ConfigurationError when the folder cannot be made or written.
    """
    if sys.platform == "win32":
        raise ConfigurationError("There is no local state on Windows: set DATABASE_URL and QDRANT_URL.")
    folder = data_folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _keep_out_of_git(folder)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)  # the token is for who may read this
    except OSError as error:
        raise ConfigurationError(
            f"FOOTNOTED_DATA_DIR: cannot keep state in {folder} ({error.strerror}): name a writable folder."
        ) from None
    try:
        if not _lock(descriptor):
            raise _in_use(folder)
        yield HeldState(folder, descriptor, command)
    finally:
        os.close(descriptor)


def check_free(data_folder: Path) -> None:
    """Raises StateInUse naming the owner where there is one: for whoever would first open much else."""
    if owner_of(data_folder) is not None:
        raise _in_use(data_folder.absolute())


def _keep_out_of_git(folder: Path) -> None:
    """The folder lies beside the pages, in their repository: databases and a token are one `git add .` away."""
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def owner_of(data_folder: Path) -> StateOwner | None:
    """The process that owns `data_folder` now; None when nobody does."""
    try:
        descriptor = os.open(data_folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _parse(os.pread(descriptor, _MAX_BYTES, 0))
    finally:
        os.close(descriptor)
    return None


def _lock(descriptor: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _in_use(folder: Path) -> StateInUse:
    owner = owner_of(folder) or StateOwner(None)
    process = f"process {owner.pid}" if owner.pid else "another process"
    process += f" ({owner.command})" if owner.command else ""
    place = f", which serves at {owner.url}" if owner.url else ""
    return StateInUse(
        f"{folder} is in use by {process}{place}. Stop it, ask it instead, or set another FOOTNOTED_DATA_DIR. "
        "To run several processes over the same data set DATABASE_URL and QDRANT_URL.",
        owner_pid=owner.pid,
        owner_url=owner.url,
    )


def _parse(content: bytes) -> StateOwner:
    try:
        values = json.loads(content)
        return StateOwner(int(values["pid"]), values.get("command", ""), values.get("url"), values.get("token"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return StateOwner(None)
