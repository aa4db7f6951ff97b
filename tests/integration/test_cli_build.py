"""`footnoted ingest --build`: pages that a generator makes are ingested as it made them, or not at all."""

import json
import sys
from pathlib import Path

from tests.support.command_line import copy_model, run_here

MAKES = """
import pathlib
folder = pathlib.Path("out")
folder.mkdir()
(folder / "index.html").write_text("<main><h1>Pumps</h1><p>A pump is primed.")
"""


def declare(folder: Path, **builds: str) -> None:
    lines = [
        f"[corpora.{name}]\nbase_url = 'https://my.site'\n[corpora.{name}.source]\nkind = 'html'\npath = 'out'\n"
        f"build = {json.dumps([sys.executable, '-c', code])}\n"
        for name, code in builds.items()
    ]
    (folder / "footnoted.toml").write_text("\n".join(lines))
    copy_model(folder)


async def test_pages_are_built_and_ingested_and_a_failing_build_costs_its_corpus_alone(tmp_path: Path) -> None:
    declare(tmp_path, broken="raise SystemExit(3)", works=MAKES)
    ended = await run_here(tmp_path, "ingest", "--build", "--json")
    assert ended.code == 5
    broken, works = (json.loads(line) for line in ended.out.splitlines())
    assert broken["corpus"] == "broken"
    assert "exit code 3" in broken["failure"]["message"]
    assert works["added"] == 1
    # The folder is there now, and the command would fail, since it makes it anew: without --build it does not run.
    again = await run_here(tmp_path, "ingest", "--corpus", "works", "--json")
    assert (again.code, json.loads(again.out)["unchanged"]) == (0, 1)
    failed = await run_here(tmp_path, "ingest", "--corpus", "works", "--build")
    assert failed.code == 5
    assert "nothing was ingested" in failed.err


async def test_a_build_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "footnoted.toml").write_text(
        "[corpora.docs]\nsource = { kind = 'markdown', path = 'docs' }\nbase_url = 'https://my.site'\n"
    )
    for words, said in ((("--build",), "declares a build"), (("--build", "--watch"), "--watch")):
        ended = await run_here(tmp_path, "ingest", *words)
        assert ended.code == 2
        assert said in ended.err


async def test_a_build_is_a_list_of_words(tmp_path: Path) -> None:
    (tmp_path / "footnoted.toml").write_text(
        "[corpora.docs]\nsource = { kind = 'html', path = 'out', build = 'make html' }\nbase_url = 'https://my.site'\n"
    )
    ended = await run_here(tmp_path, "ingest", "--build")
    assert ended.code == 2
    assert "corpora.docs.source.build" in ended.err
