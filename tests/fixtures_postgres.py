"""A real Postgres for the suite: one embedded server for each pytest process, a fresh database for each test.

Take `database` for an open `Database` with our schema, or `database_url` for its libpq address.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from storage_config.ids import new_id
from storage_config.migrations.schema import upgrade_url
from storage_config.postgres import Database, open_url
from storage_config.postgres_home import find_home
from storage_config.postgres_server import DEFAULT_OPTIONS, PostgresServer

# A test's database is thrown away: nothing needs to survive a power cut.
FAST_OPTIONS = {**DEFAULT_OPTIONS, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_TEMPLATE = "footnoted_template"


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, for servers that do not run as this user; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="footnoted-tests-"))
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
        asyncio.run(upgrade_url(_named(server.url, _TEMPLATE)))
        yield server
    finally:
        asyncio.run(server.stop())


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: PostgresServer) -> Iterator[psycopg.Connection]:
    """A superuser's connection outside of every transaction."""
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database_url(postgres_server: PostgresServer, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """The address of a fresh database with our schema and nothing in it."""
    name = f"test_{new_id().hex}"
    postgres_admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    yield _named(postgres_server.url, name)
    postgres_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with our schema and nothing in it."""
    async with open_url(database_url) as opened:
        yield opened


def _named(url: str, name: str) -> str:
    return url.replace("@/postgres?", f"@/{name}?")
