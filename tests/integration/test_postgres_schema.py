"""The migrations against a real Postgres: they make exactly the tables of the models."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from storage_config.errors import ConfigurationError, DatabaseUnavailable, SchemaOutdated
from storage_config.postgres.database import Database, open_database, open_url, upgrade_schema
from storage_config.postgres.migrations import schema
from storage_config.postgres.migrations.schema import (
    UPGRADE_LOCK,
    check_schema,
    head_revision,
    read_revision,
    upgrade_url,
)
from storage_config.postgres.url import sqlalchemy_url
from storage_config.records.corpora import ensure_corpus
from storage_config.records.tables import metadata
from storage_config.settings import read_settings
from tests.support.remote_postgres import PgBouncer, RemotePostgres, free_port
from tests.support.waiting import eventually

FOLDER = Path(schema.__file__).parent


def test_the_revisions_are_those_that_alembic_knows() -> None:
    scripts = ScriptDirectory.from_config(Config(FOLDER / "alembic.ini"))
    assert next(script.revision for script in scripts.walk_revisions()) == schema.head_revision()
    assert {script.revision for script in scripts.walk_revisions()} == set(schema._known_revisions())


# Alembic's comparison does not look at CHECK constraints, nor at what a partial index is restricted to.
_EVERYTHING = """
    SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, is_identity, column_default)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL SELECT conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid
    WHERE connamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    UNION ALL SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


def _describe(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute(_EVERYTHING).fetchall())


def _with_tables(url: str, *, compare: bool) -> list[object]:
    """Makes the models' tables, or tells how they differ from what is there."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        if compare:
            return differences(connection)
        metadata.create_all(connection)
        return []


def test_models_and_migrations_agree(database_url: str, empty_database_url: str) -> None:
    assert _with_tables(database_url, compare=True) == []
    _with_tables(empty_database_url, compare=False)
    migrated, declared = _describe(database_url), _describe(empty_database_url)
    assert len(migrated) > 100
    assert migrated == declared


async def test_an_empty_database_is_outdated_until_it_is_upgraded(empty_database_url: str) -> None:
    async with open_url(empty_database_url) as database:
        with pytest.raises(SchemaOutdated, match="run `footnoted db upgrade`"):
            await database.run(check_schema)
        await upgrade_schema(read_settings(database_url=empty_database_url))
        await database.run(check_schema)
        await upgrade_schema(read_settings(database_url=empty_database_url))


async def test_the_direct_url_is_the_one_that_is_migrated(empty_database_url: str) -> None:
    nobody = f"postgresql://postgres@127.0.0.1:{free_port()}/x"
    await upgrade_schema(read_settings(database_url=nobody, database_direct_url=empty_database_url))
    assert await _revision(empty_database_url) == head_revision()


async def test_many_upgrades_at_once_take_turns(empty_database_url: str) -> None:
    """Those of this process, and those of another, whose lock stands for it here."""
    async with await psycopg.AsyncConnection.connect(empty_database_url) as other:
        await other.execute("SELECT pg_advisory_xact_lock(%s)", [UPGRADE_LOCK])
        upgrades = asyncio.gather(*(upgrade_url(empty_database_url) for _ in range(4)))
        await eventually(lambda: _one_waits(other))
        assert await _revision(empty_database_url) is None
    await upgrades
    assert await _revision(empty_database_url) == head_revision()


async def _one_waits(connection: psycopg.AsyncConnection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return await (await connection.execute(waiting)).fetchone() == (1,)


async def _revision(url: str) -> str | None:
    async with open_url(url) as database:
        return await database.run(read_revision)


async def test_a_failing_migration_leaves_nothing_behind(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE messages (here_first int)")
        with pytest.raises(Exception, match="already exists"):
            await upgrade_url(empty_database_url)
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("messages",)]


async def test_a_database_of_a_newer_version_is_served_and_left_alone(database: Database, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await database.run(check_schema)
    await upgrade_url(database_url)
    assert await database.run(read_revision) == "9999"


@pytest.mark.parametrize("revision", ["x0012", "0000"])
async def test_a_database_that_this_version_cannot_work_with_is_refused(
    database: Database, database_url: str, revision: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    with pytest.raises(SchemaOutdated, match="install a newer one"):
        await database.run(check_schema)
    with pytest.raises(SchemaOutdated, match="install a newer one"):
        await upgrade_url(database_url)


async def test_migrations_run_through_a_transaction_pooler_too(
    pgbouncer: PgBouncer, remote_postgres: RemotePostgres
) -> None:
    with psycopg.connect(remote_postgres.admin_url, autocommit=True) as admin:
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public AUTHORIZATION reader")
    await upgrade_schema(read_settings(database_url=pgbouncer.url))
    assert await _revision(pgbouncer.url) == head_revision()


async def test_an_absent_database_is_reported_without_its_password() -> None:
    url = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/x"
    with pytest.raises(DatabaseUnavailable) as raised:
        await upgrade_url(url, retries_s=0.5)
    assert "127.0.0.1" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await upgrade_url("postgresql://host/x?no_such=1")


async def test_the_embedded_database_upgrades_itself_and_keeps_its_records(open_folder: Path) -> None:
    settings = read_settings(data_dir=open_folder / "self upgrading")
    made = []
    for _ in range(2):
        async with open_database(settings) as database:
            await database.run(check_schema)
            made.append(await database.run(lambda s: ensure_corpus(s, name="handbook")))
    assert made[0] == made[1]
    await upgrade_schema(settings)
