"""One Postgres server as a direct child of this process, under our own supervision.

No `pg_ctl`, and no pid file is believed: whether a server still works on the cluster is asked of the kernel. The
server dies with its parent (see launcher.py) and is started again when it dies alone. The death signal
follows the thread that spawned the server, so `start` spawns in the thread that calls it and never in a pool.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg

from storage_config.errors import ConfigurationError, DatabaseUnavailable, StorageError
from storage_config.postgres.home import PostgresHome, can_enter

_PORT = 5432  # part of the socket's name; nothing listens on it
# A chat backend's server beside Python and onnxruntime on a small machine: small memory, no replication, no JIT
# (its compile time dwarfs our queries). Durability stays on.
DEFAULT_OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "max_connections": "60",
        "shared_buffers": "64MB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
)
_LAUNCHER = Path(__file__).with_name("launcher.py")
_SOCKET_PREFIX = "footnoted-pg-"
_SOCKET_BYTES = 107  # sun_path of unix(7), less its closing NUL
_LOG_BYTES = 5_000_000
# Recovery after a crash replays at most about 1 GB of log (max_wal_size), and ending it early only begins it anew.
_START_S, _LEFTOVER_S, _STOP_S = 300.0, 10.0, 20.0
_TICK_S = 0.01
_WATCH_S = 0.1
_RESTART_PAUSE_S = 30.0

logger = logging.getLogger(__name__)


class PostgresServer:
    """A server over `home`. Whoever starts one owns the home (see state_lock.py)."""

    def __init__(self, home: PostgresHome, *, options: Mapping[str, str] = DEFAULT_OPTIONS) -> None:
        self._home = home
        self._options = options
        self._port = int(options.get("port", _PORT))
        self._sockets: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def url(self) -> str:
        """Where the started server is reached; the same after a restart."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._sockets), safe='')}&port={self._port}"

    async def start(self) -> None:
        """Makes the cluster where there is none and returns once the server answers.

        Raises DatabaseUnavailable with the last lines of its log when it does not.
        """
        if not self._home.cluster.exists():
            await self._create_cluster()
        self._check_version()
        await self._clear_leftovers()
        self._sockets = self._sockets or self._create_socket_folder()
        self._process = self._spawn("postgres", "-D", str(self._home.cluster), *self._arguments())
        await self._wait_ready(self._process)

    async def stop(self) -> None:
        """Ends the server: fast shutdown first, harder where it does not follow. Nothing is lost either way."""
        if process := self._process:
            for number, patience in ((signal.SIGINT, _STOP_S), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                if process.poll() is None:
                    process.send_signal(number)
                    await _until(lambda: process.poll() is not None, patience)
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)

    async def watch(self) -> None:
        """Starts the server again whenever it dies, with growing pauses; runs until cancelled."""
        pause = 0.0
        while True:
            await asyncio.sleep(_WATCH_S)
            if self.pid is not None:
                pause = 0.0
                continue
            logger.warning("the embedded Postgres died and is started again in %.1f s", pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause + 0.5, _RESTART_PAUSE_S)
            try:
                await self.start()
            except (StorageError, OSError) as error:
                logger.error("%s", error)

    # -- the cluster -------------------------------------------------------------------------------------------

    async def _create_cluster(self) -> None:
        """By another name first, so that a crash leaves no half cluster."""
        for half in self._home.folder.glob("cluster.new-*"):
            shutil.rmtree(half)
        fresh = Path(tempfile.mkdtemp(prefix="cluster.new-", dir=self._home.folder))
        os.chown(fresh, self._home.user.uid, self._home.user.gid)
        process = self._spawn(
            "initdb", "-D", str(fresh), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )  # fmt: skip
        try:
            await _until(lambda: process.poll() is not None, _START_S)
        finally:
            process.kill()
        if process.wait() != 0:
            raise DatabaseUnavailable(f"The embedded Postgres cannot make its cluster.\n{self._log_tail()}")
        os.rename(fresh, self._home.cluster)

    def _check_version(self) -> None:
        made_by = (self._home.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        program = subprocess.run(
            [self._home.install / "bin/postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        if program.partition(".")[0] != made_by:
            raise ConfigurationError(
                f"{self._home.cluster} was made by Postgres {made_by}, installed is {program}: dump and restore it "
                "with the old version, or remove it and ingest again."
            )

    async def _clear_leftovers(self) -> None:
        """Waits for processes of an earlier owner to end, then removes its files.

        They got the death signal already; whoever holds the home may end those that stay. A pid file left behind
        would stop Postgres wherever its number belongs to some other living process by now (a container's restart).
        """
        if sys.platform != "linux":
            return
        if not await _until(lambda: not list(self._residents()), _LEFTOVER_S):
            for pid in self._residents():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
            if not await _until(lambda: not list(self._residents()), _LEFTOVER_S):
                raise DatabaseUnavailable(f"An earlier Postgres still works on {self._home.cluster} and does not end.")
        (self._home.cluster / "postmaster.pid").unlink(missing_ok=True)
        for stale in self._sockets.iterdir() if self._sockets else ():
            stale.unlink()

    def _residents(self) -> Iterator[int]:
        """Processes that run the program `postgres` inside the cluster: all of a server's do (proc(5))."""
        place = self._home.cluster.stat()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with contextlib.suppress(OSError):
                    program = Path(os.readlink(entry / "exe").removesuffix(" (deleted)")).name
                    if program == "postgres" and os.path.samestat((entry / "cwd").stat(), place):
                        yield int(entry.name)

    # -- the process -------------------------------------------------------------------------------------------

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        user = self._home.user
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(user.uid), str(user.gid)]
        with self._open_log() as log:
            return subprocess.Popen(
                [*launcher, str(self._home.install / "bin" / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # Nothing of our environment: no secrets, and no PG... variable that would change the server.
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C in a terminal is for us
            )

    def _arguments(self) -> Iterator[str]:
        options = {"port": str(self._port), **self._options, "unix_socket_directories": f'"{self._sockets}"'}
        for name, value in options.items():
            yield from ("-c", f"{name}={value}")

    async def _wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        began = time.monotonic()
        while process.poll() is None and (waited := time.monotonic() - began) < _START_S:
            with contextlib.suppress(psycopg.OperationalError):
                connection = await psycopg.AsyncConnection.connect(self.url, connect_timeout=5)
                await connection.close()
                return
            await asyncio.sleep(min(max(_TICK_S, waited / 10), 1.0))  # each refused try is a line in the log
        process.kill()
        raise DatabaseUnavailable(f"The embedded Postgres does not start.\n{self._log_tail()}")

    def _create_socket_folder(self) -> Path:
        """In a short temporary folder: paths of sockets are bounded. Removes the one that a crash left behind."""
        note = self._home.folder / "sockets"
        if note.exists():
            left = Path(note.read_text(encoding="utf-8"))
            if left.name.startswith(_SOCKET_PREFIX):
                shutil.rmtree(left, ignore_errors=True)
        for base in _temporary_folders():
            room = _SOCKET_BYTES - len(os.fsencode(f"{base}/{_SOCKET_PREFIX}12345678/.s.PGSQL.{self._port}"))
            if room >= 0 and os.access(base, os.W_OK | os.X_OK) and can_enter(self._home.user, Path(base)):
                folder = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=base))
                os.chown(folder, self._home.user.uid, self._home.user.gid)
                note.write_text(str(folder), encoding="utf-8")
                return folder
        raise ConfigurationError(
            "No temporary folder is short and open enough for Postgres's socket: mount one at /tmp, or set TMPDIR."
        )

    # -- the log -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _open_log(self) -> Iterator[int]:
        path = self._home.folder / "server.log"
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.rename(path.with_suffix(".log.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _log_tail(self) -> str:
        with contextlib.suppress(OSError):
            text = (self._home.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            return "\n".join(text.splitlines()[-5:])
        return ""


def _temporary_folders() -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):  # none can be written, as in a container whose root is read-only
        yield tempfile.gettempdir()
    yield from ("/tmp", "/run", "/var/run")


async def _until(done: Callable[[], bool], seconds: float) -> bool:
    """Waits for `done`, at most `seconds`; what it said last."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_TICK_S)
    return True
