"""Kinds of faults that people have reported of programs like this one, from the page's file to the answer.

Those whose text a reader alone can show are tests of the readers (`tests/unit/pipelines/readers/test_*_as_seen.py` and
`test_*_odd_pages.py`), of sentences (`tests/unit/pipelines/text`) and of sitemaps. Here the whole way is gone.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Outcome, copy_model, run_here

CORPORA = """
[corpora.guide]
source = { kind = "markdown", path = "guide", flavour = "plain" }
base_url = "https://my.site/guide"

[corpora.built]
source = { kind = "html", path = "built" }
base_url = "https://my.site/built"

[corpora.gone]
source = { kind = "markdown", path = "nothing" }
base_url = "https://my.site/gone"
"""
MOTORS = "\n".join(f"| model-{number:03} | {number * 3} watts | hall {number % 7} |" for number in range(1, 121))
PAGES = {
    "guide/motors.md": f"""# Motors

Each motor has a rated power.

| Motor | Power | Hall |
|---|---|---|
{MOTORS}
""",
    "guide/uploads.md": """# Uploads

The upload limit of the orchard service is max. 10 MB per file incl. its metadata. See Ch. 5 for approx. costs.
""",
    "guide/plans.md": """# Plans

The Free plan costs nothing.

<table>
<tr><th>Plan</th><th>Region</th><th>Seats</th></tr>
<tr><td rowspan=2>Free plan</td><td>Europe</td><td>3 seats</td></tr>
<tr><td>America</td><td>5 seats</td></tr>
</table>
""",
    "guide/secret.md": "+++\ndraft = true\n+++\n# Secret\n\nThe launch code is 4711.\n",
    "built/price.html": """<main><h1>Price</h1>
<p>A licence costs <del>100</del><ins>80</ins> euro, and a page holds 2<sup>10</sup> rows.</p>
<h2 id="q"><button aria-expanded="false">How do I reset my password?</button></h2>
<div hidden="until-found"><p>Use the link in the mail.</p></div></main>""",
    "built/app.html": "<main><div id=root></div></main><script src=/app.js></script>",
    "built/moved.html": "<meta http-equiv=refresh content='0; url=/price.html'><p>moved",
    "built/hidden.html": "<meta name=robots content=noindex><main><p>Not for searches.</p></main>",
    "built/chinese.html": "<meta charset=gb2312><main><h1>朱镕基</h1><p>Name in an old encoding.</p></main>",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("gbk" if "gb2312" in text else "utf-8"))
    (tmp_path / "nothing").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "guide") + b"/caf\xe9.md")).write_text(
        "# Cafe\n\nA name that is no UTF-8.\n"
    )
    (tmp_path / "footnoted.toml").write_text(CORPORA)
    copy_model(tmp_path)
    return tmp_path


def told(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """The report of each corpus by name."""
    reports = [json.loads(line) for line in outcome.out.splitlines() if line.startswith("{")]
    return {report["corpus"]: report for report in reports}


async def test_one_odd_thing_breaks_nothing_else_and_all_that_is_left_out_is_named(site: Path) -> None:
    for _ in range(2):  # the second run says the same
        ended = await run_here(site, "ingest", "--json")
        assert ended.code != 0
        assert "gone" in ended.err
        reports = told(ended)
        assert reports["guide"]["left_out"] == {"draft": 1}
        assert [error["path"] for error in reports["guide"]["errors"]] == ["caf\\xe9.md"]
        assert reports["built"]["left_out"] == {"empty": 1, "noindex": 1, "redirect": 1}
        assert (reports["guide"]["removed"], reports["built"]["removed"]) == (0, 0)
    shown = await run_here(site, "show", "built/price.html", "--json")
    text = json.loads(shown.out)["text"]
    assert "costs 80 euro, and a page holds 2^10 rows" in text
    assert "## How do I reset my password?\n\nUse the link in the mail." in text


@pytest.mark.parametrize(
    ("question", "must", "never"),
    [
        ("What is the power of motor model-090?", "270 watts", "model-001"),
        ("What is the power of motor model-117?", "351 watts", "model-001"),
        ("Which hall is model-050 in?", "| model-050 | 150 watts | hall 1 |", "4711"),
        ("How many seats does the Free plan have in America?", "5 seats", "4711"),
        ("What is the upload limit of the orchard service?", "max. 10 MB per file incl. its metadata.", "4711"),
    ],
)
async def test_answers_quote_what_the_page_says(site: Path, question: str, must: str, never: str) -> None:
    await run_here(site, "ingest", "--corpus", "guide")
    asked = await run_here(site, "ask", "--corpus", "guide", question, "--json")
    answer = json.loads(asked.out)
    assert answer["status"] == "answered", answer
    assert must in answer["text"]
    assert never not in answer["text"]
