"""A site over HTTP from the command line, and what CI is told when it is down."""

import json
from pathlib import Path

from tests.support.command_line import copy_model, run_here
from tests.support.loopback_site import open_loopback_site


async def test_one_corpus_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    copy_model(tmp_path)
    for name in ("good", "last"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("# Tides\n\nTides rise because the moon pulls on the sea.\n")
    (tmp_path / "empty").mkdir()
    sources = {
        "empty": '{ kind = "markdown", path = "empty" }',
        "gone": '{ kind = "markdown", path = "nowhere" }',
        "good": '{ kind = "markdown", path = "good" }',
        "dead": '{ kind = "sitemap", url = "http://127.0.0.1:9/sitemap.xml" }',
        "last": '{ kind = "markdown", path = "last" }',
    }
    declared = [
        f'[corpora.{name}]\nsource = {source}\nbase_url = "https://x.org"\n' for name, source in sources.items()
    ]
    (tmp_path / "footnoted.toml").write_text("\n".join(declared))
    ingested = await run_here(tmp_path, "ingest", "--json")
    lines = [json.loads(line) for line in ingested.out.splitlines()]
    assert [(line["corpus"], line.get("added"), "failure" in line) for line in lines] == [
        ("empty", None, True), ("gone", None, True), ("good", 1, False), ("dead", None, True), ("last", 1, False),
    ]  # fmt: skip
    assert ingested.code == 5, ingested.err  # the worst: the dead site
    for message in ("empty: no page in", "gone: no folder at", "dead: http://127.0.0.1:9/sitemap.xml cannot be read"):
        assert message in ingested.err


async def test_a_declared_site_is_ingested_and_an_unchanged_one_is_not_downloaded(tmp_path: Path) -> None:
    copy_model(tmp_path)
    with open_loopback_site() as site:
        site.write("tides", "Tides rise because the moon pulls on the sea.", "A spring tide follows a full moon.")
        site.write("winds", "Winds blow from high pressure to low pressure.")
        source = f'{{ kind = "sitemap", url = "{site.address}/sitemap.xml" }}'
        (tmp_path / "footnoted.toml").write_text(f'[corpora.sea]\nsource = {source}\nbase_url = "{site.address}"\n')
        ingested = await run_here(tmp_path, "ingest", "--json")
        assert ingested.code == 0, ingested.err
        assert json.loads(ingested.out)["added"] == 2
        assert "sea: 2 of 2 pages, 3 chunks embedded" in ingested.err
        assert sorted(site.bodies()) == ["/tides", "/winds"]

        planned = json.loads((await run_here(tmp_path, "ingest", "--plan", "--json")).out)
        assert (planned["unchanged"], planned["nodes_to_embed"], site.bodies()) == (2, 0, [])

        site.failing = 503
        down = await run_here(tmp_path, "ingest", "--json", "--allow-removals")
        assert (down.code, down.out) == (5, "")
        assert "answered 503" in down.err
        assert "Traceback" not in down.err
