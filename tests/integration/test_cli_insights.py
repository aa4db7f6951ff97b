"""`footnoted insights` alone and while a server owns the data."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from tests.support.command_line import copy_book, run, run_here, serving

QUESTION, IN_VAIN = "How does BM25 limit the weight of a repeated term?", "Who won the football match?"


async def test_insights_are_the_same_with_and_without_a_server(tmp_path: Path) -> None:
    site = copy_book(tmp_path)
    for command in (("ingest",), ("ask", QUESTION), ("ask", IN_VAIN)):
        assert (await run_here(site, *command)).code == 0
    alone = json.loads((await run_here(site, "insights", "--json")).out)
    assert (alone["totals"]["answered"], alone["totals"]["refused"]) == (1, 1)
    assert [cluster["question"] for cluster in alone["unanswered"]["clusters"]] == [IN_VAIN]
    assert alone["cited"][0]["title"]
    never = alone["never_cited"]
    assert 0 < never["pages_uncited"] < never["pages_total"]
    async with serving(site):
        assert json.loads((await run(site, "insights", "--json")).out) == alone
        table = await run_here(site, "insights", "--csv", "unanswered", "--corpus", "handbook")
        digest = await run_here(site, "insights", "--digest")
        shown = await run_here(site, "insights")
        wrong = await run_here(site, "insights", "--since", "2026-02-01", "--until", "2026-01-01")
        assert (wrong.code, "since" in wrong.err) == (2, True)
    assert "### `Who won the football match` (new)" in digest.out
    told = json.loads((await run_here(site, "insights", "--digest", "--json")).out)
    assert (told["this"]["answers"], told["before"]["answers"], told["before"]["answered_share"]) == (2, 0, None)
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(table.out, newline="")))
    assert [(row["question"], row["refused_share"]) for row in rows] == [(IN_VAIN, "1.0")]
    assert IN_VAIN in shown.out
    wrong = await run_here(site, "insights", "--since", "2026-02-01", "--until", "2026-01-01")
    assert (wrong.code, "since" in wrong.err) == (2, True)
    assert (await run_here(site, "insights", "--csv", "subjects")).code == 2
