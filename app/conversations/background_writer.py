"""Writes to the database that outlive their request."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import structlog

from app.errors import AppError

RECORDS_AT_ONCE = 6
# While the database is away each waits for it with its answer in memory; beyond so many they are given up.
MAX_RECORDS = 1_000
_log = structlog.get_logger(__name__)


class RecordsPiledUp(AppError):
    """So many records wait for the database that this one is given up."""


class BackgroundWriter:
    """Records in the background, so that a reader who leaves cancels none; awaited at shutdown.

    Few at once: a rush of them would take the database's connections, and the loop's time, from what is being asked.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(RECORDS_AT_ONCE)

    def start(self, record: Coroutine[Any, Any, None], *, at_once: bool = False) -> asyncio.Task[None]:
        """Record in a task of its own; `at_once` what needs no database, and must not wait for one that is away."""
        task = asyncio.create_task(record if at_once else self._wait_for_slot(record))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, and what that begins, at most `seconds`."""
        ends_at = time.monotonic() + seconds
        while self._tasks and (left := ends_at - time.monotonic()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        if self._tasks:
            _log.error("records_not_written", records=len(self._tasks))

    async def _wait_for_slot(self, record: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) > MAX_RECORDS:
            record.close()
            _log.warning("record_given_up", waiting=len(self._tasks))
            raise RecordsPiledUp
        async with self._slots:
            await record

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # it is logged where it is raised; unread, asyncio would report it again
