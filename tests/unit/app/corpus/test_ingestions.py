import asyncio

import pytest

from app.corpus.ingestions import Ingestions
from pipelines.errors import IngestionBusy, RemovalRefused
from pipelines.ingestion.progress import IngestionProgress
from tests.support.fakes import FakeIngestion


@pytest.fixture
def ingestion() -> FakeIngestion:
    return FakeIngestion()


@pytest.fixture
def ingestions(ingestion: FakeIngestion) -> Ingestions:
    return Ingestions({"docs": ingestion})


async def test_a_run_is_started_and_followed(ingestions: Ingestions, ingestion: FakeIngestion) -> None:
    run_id = await ingestions.start("docs", allow_removals=True)
    assert ingestion.calls == [(run_id, True)]
    progress = ingestions.progress_of(run_id)
    assert progress is not None
    assert progress.pages_total == 1
    ingestion.released.set()
    await ingestions.close()
    assert ingestions.progress_of(run_id) is None


async def test_progress_is_told_to_who_watches(ingestion: FakeIngestion) -> None:
    told: list[IngestionProgress] = []
    ingestions = Ingestions({"docs": ingestion}, watch=told.append)
    await ingestions.start("docs", allow_removals=False)
    assert [progress.pages_total for progress in told] == [1]
    await ingestions.close()


async def test_a_run_that_may_not_start_is_refused_at_once(ingestions: Ingestions, ingestion: FakeIngestion) -> None:
    ingestion.busy = IngestionBusy("docs: another one")
    with pytest.raises(IngestionBusy, match="another one"):
        await ingestions.start("docs", allow_removals=False)
    ingestion.busy = None
    await ingestions.start("docs", allow_removals=False)
    await ingestions.close()


async def test_the_end_of_the_server_ends_its_runs(ingestions: Ingestions, ingestion: FakeIngestion) -> None:
    await ingestions.start("docs", allow_removals=False)
    await ingestions.close()
    assert ingestion.ended == ["cancelled"]


async def test_a_run_is_stopped_by_its_id_only(ingestions: Ingestions, ingestion: FakeIngestion) -> None:
    run_id = await ingestions.start("docs", allow_removals=False)
    assert await ingestions.stop(run_id)
    assert ingestion.ended == ["cancelled"]
    assert not await ingestions.stop(run_id)


@pytest.mark.parametrize("failure", [RemovalRefused("too many"), RuntimeError("a fault")])
async def test_a_run_that_fails_later_disturbs_nobody(
    ingestions: Ingestions, ingestion: FakeIngestion, failure: Exception
) -> None:
    ingestion.failure = failure
    run_id = await ingestions.start("docs", allow_removals=False)
    ingestion.released.set()
    runs = [task for task in asyncio.all_tasks() if task.get_name() == "ingestion of docs"]
    async with asyncio.timeout(5):
        await asyncio.gather(*runs)
    assert not await ingestions.stop(run_id)
