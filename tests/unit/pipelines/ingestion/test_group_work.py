"""Groups of pages in this process: what an interruption leaves."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.ingestion.group_work import LocalGroups
from tests.support.waiting import eventually

GROUPS: list[Any] = ["one", "two", "three"]


class SlowWork:
    """Takes the groups' names for the groups; the first is written once `go_on` is set."""

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.written: list[str] = []
        self.go_on = asyncio.Event()

    async def prepare(self, pages: str) -> str:
        return pages

    async def embed(self, group: str) -> None:
        self.embedded.append(group)

    async def write(self, group: str) -> str:
        await self.go_on.wait()
        self.written.append(group)
        return group


async def _note(outcome: str) -> None:
    """Nobody looks on."""


async def test_what_was_embedded_is_written_also_where_the_run_is_cancelled() -> None:
    work: Any = SlowWork()
    observer: Any = SimpleNamespace(note=_note)
    task = asyncio.create_task(LocalGroups().run(GROUPS, None, work, observer))  # type: ignore[arg-type]
    await eventually(lambda: len(work.embedded) == 2, 5.0)
    await asyncio.sleep(0.01)  # now the second waits behind the write of the first
    task.cancel()
    await asyncio.sleep(0)
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.written == work.embedded == ["one", "two"]


async def test_a_write_that_fails_ends_the_run_and_nothing_is_written_behind_it() -> None:
    work: Any = SlowWork()
    noted: list[str] = []

    async def fail(outcome: str) -> None:
        noted.append(outcome)
        raise OSError("no room")

    work.go_on.set()
    observer: Any = SimpleNamespace(note=fail)
    with pytest.raises(OSError, match="no room"):
        await LocalGroups().run(GROUPS, None, work, observer)  # type: ignore[arg-type]
    assert noted == work.written == ["one"]
