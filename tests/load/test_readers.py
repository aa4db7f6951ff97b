"""The benchmark of many readers in short form: nobody gets an error, and every answer is whole."""

from pathlib import Path

import pytest

from tests.load.bench_readers import measure, serving, vendors, write_site
from tests.load.readers import Load, shuffled


@pytest.mark.shared_data
async def test_readers_at_once_all_get_whole_answers(tmp_path: Path, shared_data: Path) -> None:
    asked = shuffled(write_site(tmp_path, shared_data, articles=2))
    fast = ("--embed-seconds", "0.01", "--first-token-seconds", "0.02", "--tokens", "20", "--tokens-per-second", "200")
    async with vendors(*fast) as environment, serving(tmp_path, environment) as server:
        row, seen = await measure(server, asked, Load(readers=30, seconds=4, think_seconds=1))
    assert seen.errors == []
    assert row["answers"] > 30
    assert row["server_cpu_ms_an_answer"] > 0
    assert all(first > retrieved > 0 for first, retrieved in zip(seen.first_text, seen.retrieved, strict=True))
