"""What Alembic runs: over the connection that schema.py hands in, or for a developer over the settings' database."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage_config.postgres.migrations.schema import UPGRADE_LOCK
from storage_config.postgres.url import sqlalchemy_url
from storage_config.records.columns import StoredJson, StoredText
from storage_config.records.tables import metadata
from storage_config.settings import read_settings


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Names database types in generated migrations, which must not change with our column types."""
    if kind == "type" and isinstance(item, StoredText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, StoredJson):
        return "postgresql.JSONB()"
    return False


def migrate(connection: Connection) -> None:
    """Applies what is missing, all in one transaction."""
    context.configure(connection=connection, target_metadata=metadata, render_item=render_item)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        context.run_migrations()


async def migrate_settings_database() -> None:
    """For `alembic` on the command line."""
    settings = read_settings()
    secret = settings.database_direct_url or settings.database_url
    if secret is None:
        raise SystemExit("Set DATABASE_URL: the embedded database upgrades itself.")
    engine = create_async_engine(sqlalchemy_url(secret.get_secret_value()), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


handed_in: Connection | None = context.config.attributes.get("connection")
if handed_in is not None:
    migrate(handed_in)
else:
    asyncio.run(migrate_settings_database())
