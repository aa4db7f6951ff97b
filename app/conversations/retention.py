"""Conversations that nobody went on with are deleted after the days that the settings give them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from app.auth.callers import ANONYMOUS_SUBJECT, VISITOR_PREFIX
from storage_config.errors import StorageError
from storage_config.postgres.database import Database
from storage_config.records.conversations import OwnerGroup, delete_idle_conversations
from storage_config.settings import Settings

# Once a day: a hosted database that sleeps must not be woken for it more often.
SWEEP_SECONDS = 86_400.0
RETRY_SECONDS = 3_600.0
_ANONYMOUS = OwnerGroup(ANONYMOUS_SUBJECT, VISITOR_PREFIX)
_SIGNED_IN = OwnerGroup(ANONYMOUS_SUBJECT, VISITOR_PREFIX, all_others=True)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days an unused conversation is kept; None for ever.

    `anonymous` are readers without a name and visitors with a token; everybody else counts as signed in: users, keys
    and the command line.
    """

    anonymous: int | None = None
    signed_in: int | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Retention":
        """What the environment says."""
        return cls(settings.retention_days_anonymous, settings.retention_days_signed_in)


async def sweep(database: Database, retention: Retention) -> int:
    """Delete what is older, in short transactions; how many conversations that were. Raises StorageError."""
    deleted = 0
    for owners, days in ((_ANONYMOUS, retention.anonymous), (_SIGNED_IN, retention.signed_in)):
        if days is None:
            continue
        while some := await database.run(
            lambda session, owners=owners, days=days: delete_idle_conversations(  # type: ignore[misc]
                session, owners=owners, idle_days=days
            )
        ):
            deleted += some
    return deleted


@asynccontextmanager
async def keep_sweeping(database: Database, retention: Retention) -> AsyncIterator[None]:
    """Sweep at the start of the block and once a day during it; several processes may. Nothing without a bound."""
    if retention == Retention():
        yield
        return
    task = asyncio.create_task(_keep_sweeping(database, retention))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_sweeping(database: Database, retention: Retention) -> None:
    while True:
        try:
            _log.info("conversations_swept", deleted=await sweep(database, retention))
            pause = SWEEP_SECONDS
        except StorageError as error:
            _log.warning("sweep_failed", error=type(error).__name__)
            pause = RETRY_SECONDS
        await asyncio.sleep(pause)
