"""Stand-ins for a hosted Postgres such as Neon: a server with a password, PgBouncer in front, a bad network."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Literal

import psycopg

from storage_config.postgres.home import find_home
from storage_config.postgres.server import PostgresServer

USER, PASSWORD = "reader", "p@ss:w/rd"  # characters that must be percent-encoded
_ENCODED = "p%40ss%3Aw%2Frd"


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RemotePostgres:
    """A server that listens on loopback and asks for a password. It has no watch: who ends it starts it again."""

    def __init__(self, folder: Path, *, options: Mapping[str, str]) -> None:
        self.port = free_port()
        self._home = find_home(folder)
        self.server = PostgresServer(
            self._home, options={**options, "listen_addresses": "127.0.0.1", "port": str(self.port)}
        )

    @property
    def url(self) -> str:
        """As Neon shows it."""
        return f"postgres://{USER}:{_ENCODED}@127.0.0.1:{self.port}/footnoted?sslmode=prefer"

    @property
    def admin_url(self) -> str:
        return self.server.url.replace("@/postgres?", "@/footnoted?")

    async def start(self) -> None:
        """Starts the server; the first time with its user, its database and password checks."""
        fresh = not self._home.cluster.exists()
        await self.server.start()
        if fresh:
            with psycopg.connect(self.server.url, autocommit=True) as admin:
                admin.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}' IN ROLE pg_signal_backend")
                admin.execute(f"CREATE DATABASE footnoted OWNER {USER}")
                rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
                (self._home.cluster / "pg_hba.conf").write_text(rules, encoding="ascii")
                admin.execute("SELECT pg_reload_conf()")

    async def stop(self) -> None:
        await self.server.stop()

    def kill(self) -> None:
        """Ends the server as a crash does."""
        if self.server.pid is not None:
            os.kill(self.server.pid, signal.SIGKILL)

    def kill_backends(self) -> int:
        """Ends every client's connection at the server; how many there were."""
        with psycopg.connect(self.server.url, autocommit=True) as admin:
            ended = admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return len(ended.fetchall())


def find_pgbouncer() -> str | None:
    """Where PgBouncer is; Debian keeps it out of an ordinary user's path."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class PgBouncer:
    """PgBouncer in transaction mode, as in front of Neon: two server connections for all clients of a database."""

    def __init__(self, program: str, folder: Path, remote: RemotePostgres) -> None:
        self.port = free_port()
        self.url = f"postgresql://{USER}:{_ENCODED}@127.0.0.1:{self.port}/footnoted"
        self._folder = folder
        self._command = [program, "-q", str(folder / "pgbouncer.ini")]
        if os.geteuid() == 0:
            self._command[1:1] = ["-u", "nobody"]  # it refuses to run as root
        folder.mkdir(mode=0o755)
        (folder / "users.txt").write_text(f'"{USER}" "{PASSWORD}"\n', encoding="ascii")
        (folder / "pgbouncer.ini").write_text(self._settings(remote.port), encoding="ascii")

    def _settings(self, server_port: int) -> str:
        return f"""
            [databases]
            footnoted = host=127.0.0.1 port={server_port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {self.port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {self._folder}/users.txt
            pool_mode = transaction
            default_pool_size = 2
            max_client_conn = 200
            server_login_retry = 0.2
            query_wait_timeout = 10
        """.replace("\n            ", "\n")

    def __enter__(self) -> "PgBouncer":
        log = (self._folder / "log").open("wb")
        with log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 10
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return self
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise
                time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)


class BadNetwork:
    """A TCP proxy. `mode` may change at any time, and then holds for connections that are open already too.

    `pass` forwards, `swallow` takes everything and forwards nothing, `lose_commit` forwards a COMMIT and cuts the
    connection before its answer. `forget_connections` swallows on those that are open now, as a NAT that lost its
    state does.
    """

    def __init__(self, target_port: int) -> None:
        self.mode: Literal["pass", "swallow", "lose_commit"] = "pass"
        self.cut_commits = 0
        self._era = 0
        self._target_port = target_port
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallowed = asyncio.Event()

    def forget_connections(self) -> None:
        """Nothing passes any more on the connections that are open now."""
        self._era += 1

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Runs the proxy for the block and gives its port."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._connect(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            flows = (self._upward(reader, to_server[1]), self._downward(to_server[0], writer))
            tasks = [asyncio.create_task(flow) for flow in flows]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
        finally:
            to_server[1].close()

    async def _upward(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        era = self._era
        while data := await reader.read(65536):
            if self.mode == "swallow" or era != self._era:
                continue
            losing = self.mode == "lose_commit" and b"COMMIT" in data
            if losing:
                self.mode = "swallow"
                self._swallowed.clear()
            server.write(data)
            await server.drain()
            if losing:
                await asyncio.wait_for(self._swallowed.wait(), 10)  # the answer came: it is committed
                self.mode = "pass"
                self.cut_commits += 1
                return

    async def _downward(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        era = self._era
        while data := await server.read(65536):
            if self.mode == "swallow" or era != self._era:
                self._swallowed.set()
            else:
                writer.write(data)
                await writer.drain()
