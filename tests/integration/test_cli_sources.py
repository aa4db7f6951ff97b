"""A corpus of several sources on the command line: one that cannot be read is named by every command that reads it."""

import json
from pathlib import Path

from tests.support.command_line import copy_model, run_here

DECLARED = """
[corpora.handbook]
base_url = "https://my.site/docs"
source = [
  { kind = "markdown", path = "docs" },
  { kind = "openapi", path = "openapi.json", base_url = "https://my.site/api" },
]
"""


async def test_a_source_that_cannot_be_read_is_named_by_plan_ingest_status_and_show(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pumps.md").write_text("# Pumps\n\nA pump is primed with water.\n")
    (tmp_path / "openapi.json").write_text("{")
    (tmp_path / "footnoted.toml").write_text(DECLARED)
    copy_model(tmp_path)
    planned = await run_here(tmp_path, "ingest", "--plan")
    assert planned.code == 3
    assert "openapi.json" in planned.out
    ingested = await run_here(tmp_path, "ingest", "--json")
    assert ingested.code == 3
    report = json.loads(ingested.out)
    assert (report["added"], report["failed"], [error["path"] for error in report["errors"]]) == (
        1,
        1,
        ["openapi.json"],
    )
    shown = await run_here(tmp_path, "status")
    assert "1 pages indexed, 0 pending, 0 failed" in shown.out
    assert "failed: openapi.json: " in shown.out
    page = await run_here(tmp_path, "show", "docs/pumps.md")
    assert (page.code, "primed with water" in page.out) == (0, True)
    nowhere = await run_here(tmp_path, "show", "openapi.json/tag/pumps")
    assert nowhere.code == 2
    assert "handbook: openapi.json: " in nowhere.err
