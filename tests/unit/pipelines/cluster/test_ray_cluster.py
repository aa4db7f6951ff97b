"""What the process that asks a Ray cluster's workers does itself; the workers here answer at once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.cluster import ray_cluster
from pipelines.cluster.ray_cluster import RayCluster
from pipelines.cluster.worker import IngestionWorker
from pipelines.ingestion.group_work import GroupOutcome
from pipelines.ingestion.plan import PagePlan
from pipelines.readers.edition_pages import PageFile
from pipelines.readers.page_source import PackedPage
from storage_config.settings import Settings
from tests.support.ingesting import Site

READY = ("node", "1")


class Told(Exception):
    """Nothing more may be spent."""


async def run_groups(tmp_path: Path, *, embedded: int, budget: int) -> list[str]:
    """What happened in its order, with one group of a page of 10,000 characters in chunks of 96 tokens."""
    told: list[str] = []

    def work(*asked: Any) -> Any:
        told.append("worked")
        done: asyncio.Future[GroupOutcome] = asyncio.get_running_loop().create_future()
        done.set_result(GroupOutcome((), (), embedded))
        return done

    async def spend(texts: int) -> None:
        told.append(f"spent {texts}")
        if texts > budget:
            raise Told

    async def note(outcome: GroupOutcome) -> None:
        told.append("noted")

    cluster = RayCluster([SimpleNamespace(work=SimpleNamespace(remote=work))])  # type: ignore[list-item]
    page = PagePlan("a.md", "added", Document(text="x" * 10_000), None)
    groups = cluster.groups(Site(tmp_path / "docs").spec())
    try:
        await groups.run([[page]], None, SimpleNamespace(spend=spend), SimpleNamespace(note=note))  # type: ignore[arg-type]
    except Told:
        told.append("refused")
    return told


async def test_what_a_group_may_cost_is_told_before_it_is_worked_on(tmp_path: Path) -> None:
    assert await run_groups(tmp_path, embedded=20, budget=100) == ["spent 27", "worked", "noted"]
    assert await run_groups(tmp_path, embedded=30, budget=100) == ["spent 27", "worked", "spent 3", "noted"]
    assert await run_groups(tmp_path, embedded=20, budget=10) == ["spent 27", "refused"]


async def test_workers_send_pages_packed(tmp_path: Path) -> None:
    site = Site(tmp_path / "docs")
    site.write("a")
    files = [PageFile(0, PurePosixPath("a.md")), PageFile(0, PurePosixPath("gone.md"))]
    worker = IngestionWorker(Settings())
    try:
        page, gone = await worker.read(site.spec(), files)
    finally:
        worker._process.close()
    assert isinstance(page, PackedPage)
    assert page.unpack().text.startswith("# a\n")
    assert not isinstance(gone, PackedPage)


async def wait_for(checks: Sequence["asyncio.Future[tuple[str, str]]"]) -> list[bool]:
    async with asyncio.timeout(5):
        await ray_cluster._wait_for_some(checks)
    return [check.done() for check in checks]


async def test_a_worker_whose_cpu_is_taken_is_not_waited_for_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "_FEWEST_SECONDS", 0.05)
    loop = asyncio.get_running_loop()
    ready, late, never = (loop.create_future() for _ in range(3))
    loop.call_later(0.01, ready.set_result, READY)
    loop.call_later(0.03, late.set_result, READY)
    assert await wait_for([ready, late, never]) == [True, True, False]


async def test_all_are_waited_for_until_one_is_ready() -> None:
    loop = asyncio.get_running_loop()
    first, failed = loop.create_future(), loop.create_future()
    loop.call_later(0.1, failed.set_exception, OSError("no model"))
    assert await wait_for([first, failed]) == [False, True]
