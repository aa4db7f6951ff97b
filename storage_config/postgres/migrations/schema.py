"""Bringing a database to the schema that this version needs, and telling whether it has it."""

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import stamina
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from storage_config.errors import SchemaOutdated
from storage_config.postgres.connection_loss import is_passing, translated
from storage_config.postgres.url import masked_url, sqlalchemy_url

# Any number will do, as long as it stays: two deployments that upgrade at once take turns. A lock of the
# transaction, since session locks do not survive a transaction pooler.
UPGRADE_LOCK = 7_310_486_552_013

_FOLDER = Path(__file__).parent
_ADDS_OR_WIDENS = re.compile(r"\d{4}")
_log = logging.getLogger(__name__)
# A migration may rewrite a table; beyond this something else is wrong.
_UPGRADE_S = 600.0
_running = threading.Lock()


async def upgrade_url(url: str, *, retries_s: float = 60.0) -> None:
    """Applies the missing migrations to the database at a libpq url, all or none. Several at once take turns.

    A database that does not answer is tried again for `retries_s` seconds.
    One that a newer version migrated is left as it is. Raises DatabaseUnavailable, SchemaOutdated where this version
    cannot work with that, or ConfigurationError.
    """
    address = sqlalchemy_url(url)
    connect_args = {"prepare_threshold": None, "connect_timeout": 10, "application_name": "footnoted-migrations"}
    engine = create_async_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=connect_args)
    with translated(masked_url(address)):
        async for attempt in stamina.retry_context(on=is_passing, attempts=6, timeout=retries_s):
            with attempt:
                async with asyncio.timeout(_UPGRADE_S), _turn(), engine.begin() as connection:
                    await _upgrade(connection)


async def check_schema(session: AsyncSession) -> None:
    """Returns when the database has the schema of this version; raises SchemaOutdated naming what mends it.

    A newer one has it too: migrations only add or widen, so that replicas of this version restart and serve while
    others are upgraded.
    """
    found = await read_revision(session)
    if found == head_revision():
        return
    if _is_newer(found):
        _log.warning(
            "The database is at schema %s, made by a newer version; this one needs %s.", found, head_revision()
        )
        return
    raise SchemaOutdated(
        f"The database is at schema {found or 'none'}, needed is {head_revision()}: run `footnoted db upgrade`."
    )


async def read_revision(connection: AsyncSession | AsyncConnection) -> str | None:
    """The migration that the database is at; None for an empty database."""
    if (await connection.execute(text("SELECT to_regclass('alembic_version')"))).scalar() is None:
        return None
    found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    return None if found is None else str(found)


def head_revision() -> str:
    """The newest migration of this version."""
    return _known_revisions()[0]


def _is_newer(found: str | None) -> bool:
    """Whether a later version migrated the database. Raises SchemaOutdated where it did more than add and widen.

    Such a migration is named otherwise than by four digits, so that versions before it do not start on it.
    """
    if found is None or found in _known_revisions():
        return False
    if _ADDS_OR_WIDENS.fullmatch(found) and found > head_revision():
        return True
    raise SchemaOutdated(
        f"The database is at schema {found}, which this version cannot work with: install a newer one."
    )


async def _upgrade(connection: AsyncConnection) -> None:
    found = await read_revision(connection)
    if found == head_revision() or _is_newer(found):
        return
    await connection.run_sync(_run_migrations)


@contextlib.asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One upgrade at a time in this process: Alembic keeps what it works on in module globals."""
    while not _running.acquire(blocking=False):  # noqa: ASYNC110  an Event is of one loop, this is of all threads
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        _running.release()


def _run_migrations(connection: Connection) -> None:
    # Takes 0.3 s to load, and is needed once a version: a database that is up to date asks for none of it.
    from alembic import command
    from alembic.config import Config

    config = Config(_FOLDER / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def _known_revisions() -> tuple[str, ...]:
    """Newest first, by the numbers that their files' names begin with."""
    names = [path.stem for path in (_FOLDER / "versions").glob("[0-9]*.py")]
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))
