"""A real Postgres for the suite: one embedded server for each pytest process, a fresh database for each test.

Take `database` for an open `Database` with our schema, or `database_url` for its libpq address. `any_database` runs
a test three times: on the embedded server, on one given by an address with a password, and behind PgBouncer.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from storage_config.postgres.database import Database, open_url
from storage_config.postgres.home import POINTER_NAME, find_home
from storage_config.postgres.migrations.schema import upgrade_url
from storage_config.postgres.server import DEFAULT_OPTIONS, PostgresServer
from storage_config.records.ids import new_id
from storage_config.records.tables import metadata
from tests.support.needs import needs
from tests.support.remote_postgres import PgBouncer, RemotePostgres, find_pgbouncer

# A test's database is thrown away: nothing needs to survive a power cut. A killed server still keeps its commits.
# Shared memory lies in the cluster's folder, which goes away with the test, however its server ended.
FAST_OPTIONS = {**DEFAULT_OPTIONS, "fsync": "off", "full_page_writes": "off", "dynamic_shared_memory_type": "mmap"}
_TEMPLATE = "footnoted_template"


@pytest.fixture(autouse=True, scope="session")
def _no_cluster_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Root's Postgres keeps its data outside of pytest's folders, which its user cannot enter: it goes with them."""
    yield
    for pointer in tmp_path_factory.getbasetemp().rglob(POINTER_NAME):
        shutil.rmtree(pointer.read_text(encoding="utf-8").strip(), ignore_errors=True)


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, for servers that do not run as this user; pytest's own are private."""
    memory = Path("/dev/shm")  # where there is one: initdb waits for the disk a hundred times
    base = memory if os.access(memory, os.W_OK | os.X_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="footnoted-tests-", dir=base))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(open_folder: Path) -> Iterator[PostgresServer]:
    """The suite's server, with a template database that has the migrated schema."""
    server = PostgresServer(find_home(open_folder / "suite"), options=FAST_OPTIONS)
    try:
        asyncio.run(server.start())
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(upgrade_url(named_url(server.url, _TEMPLATE)))
        yield server
    finally:
        asyncio.run(server.stop())


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: PostgresServer) -> Iterator[psycopg.Connection]:
    """A superuser's connection outside of every transaction."""
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty_database_url(postgres_server: PostgresServer, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """The address of a fresh database without our schema."""
    yield from _fresh(postgres_server, postgres_admin, "template0")


@pytest.fixture
def database_url(postgres_server: PostgresServer, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """The address of a fresh database with our schema and nothing in it."""
    yield from _fresh(postgres_server, postgres_admin, _TEMPLATE)


@pytest.fixture(scope="module")
def module_database_url(postgres_server: PostgresServer, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """The address of a database with our schema that the tests of one module share."""
    yield from _fresh(postgres_server, postgres_admin, _TEMPLATE)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with our schema and nothing in it."""
    async with open_url(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def remote_postgres(open_folder: Path) -> Iterator[RemotePostgres]:
    """A second server, which listens on loopback, asks for a password and has our schema. Tests may end it."""
    remote = RemotePostgres(open_folder / "remote", options=FAST_OPTIONS)
    try:
        asyncio.run(remote.start())
        asyncio.run(upgrade_url(remote.url))
        yield remote
    finally:
        asyncio.run(remote.stop())


@pytest.fixture(scope="session")
def pgbouncer(remote_postgres: RemotePostgres, open_folder: Path) -> Iterator[PgBouncer]:
    """PgBouncer in transaction mode in front of the second server; left out where it is not installed."""
    program = find_pgbouncer()
    needs(program is not None, "pgbouncer is not installed (Debian: apt-get install pgbouncer)")
    with PgBouncer(str(program), open_folder / "pgbouncer", remote_postgres) as bouncer:
        yield bouncer


@pytest.fixture(params=["embedded", "server", "pgbouncer"])
def any_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with our schema and nothing in it, one after the other at each place."""
    if request.param == "embedded":
        yield request.getfixturevalue("database_url")
        return
    remote: RemotePostgres = request.getfixturevalue("remote_postgres")
    url = request.getfixturevalue("pgbouncer").url if request.param == "pgbouncer" else remote.url
    with psycopg.connect(remote.admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE " + ", ".join(metadata.tables))
    yield url


@pytest.fixture
async def any_database(any_database_url: str) -> AsyncIterator[Database]:
    """An open database with our schema and nothing in it, one after the other at each place."""
    async with open_url(any_database_url) as opened:
        yield opened


def _fresh(server: PostgresServer, admin: psycopg.Connection, template: str) -> Iterator[str]:
    name = f"test_{new_id().hex}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield named_url(server.url, name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def named_url(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return url.replace("@/postgres?", f"@/{name}?")
