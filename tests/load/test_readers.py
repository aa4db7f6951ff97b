"""The benchmark of many readers in short form: nobody gets an error, and every answer is whole."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.load.bench_readers import measure
from tests.load.profiled_server import STAGES, shares_between, stage_of
from tests.load.reader_servers import serving, vendors, write_site
from tests.load.readers import Load, shuffled


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["footnoted", "peer"])
async def test_readers_at_once_all_get_whole_answers(kind: str, tmp_path: Path, shared_data: Path) -> None:
    asked = shuffled(write_site(tmp_path, shared_data, articles=2, keyless=kind == "keyless"))
    fast = ("--embed-seconds", "0.01", "--first-token-seconds", "0.02", "--tokens", "20", "--tokens-per-second", "200")
    async with vendors(*fast) as emulated, serving(tmp_path, emulated.environment, kind=kind) as server:
        row, seen = await measure(server, emulated.pid, asked, Load(readers=20, seconds=4, think_seconds=1))
    assert seen.errors == []
    assert row["answers"] > 20
    assert row["server_cpu_ms_an_answer"] > 0
    assert all(first >= retrieved > 0 for first, retrieved in zip(seen.first_text, seen.retrieved, strict=True))


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/srv/app/.venv/lib/python3.11/site-packages/sqlalchemy/orm/session.py", "database"),
        ("/srv/app/.venv/lib/python3.11/site-packages/anyio/streams.py", None),
        (f"{ROOT}/pipelines/answering/refusal.py", "decide on refusal"),
        (f"{ROOT}/pipelines/answering/chat_engine.py", "chat engine"),
        (f"{ROOT}/pipelines/text/words.py", None),  # counts for who asks
    ],
)
def test_a_file_belongs_to_a_stage(path: str, stage: str | None) -> None:
    assert stage_of(path) == stage


def test_every_file_that_a_stage_names_is_there() -> None:
    ours = [
        part for _, parts in STAGES for part in parts if part.split("/")[0] in ("app", "pipelines", "storage_config")
    ]
    assert len(ours) > 10
    assert [part for part in ours if not list(ROOT.glob(f"{part.rstrip('/')}*"))] == []


def test_shares_are_of_what_was_seen_in_between() -> None:
    assert shares_between({"a": 5, "b": 1}, {"a": 6, "b": 1, "c": 3}) == {"c": 0.75, "a": 0.25}
    assert shares_between({}, {}) == {}
