"""The benchmark of many readers in short form: nobody gets an error, and every answer is whole."""

from pathlib import Path

import pytest

from tests.load.bench_readers import measure
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
