"""The command line as a person and as CI use it: real processes on the sample book."""

import asyncio
import json
import shutil
from pathlib import Path

import httpx
import pytest

from storage_config.state_lock import owner_of
from tests.support.command_line import SECONDS, copy_book, copy_model, invoke, read_url, run, run_here, start


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample book, its corpus file and the quantised model, ingested."""
    folder = copy_book(tmp_path_factory.mktemp("my site"))
    ingested = invoke(folder, "ingest")
    assert ingested.code == 0, ingested.err
    return folder


async def test_ingest_ask_and_what_a_second_process_is_told(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "my site")
    ingested = await run(site, "ingest", "--json")
    assert ingested.code == 0, ingested.err
    (report,) = [json.loads(line) for line in ingested.out.splitlines()]
    assert report.keys() == {
        "corpus", "added", "changed", "unchanged", "removed", "failed", "nodes_total", "nodes_embedded", "seconds",
        "errors", "left_out", "left_out_pages", "warnings",
    }  # fmt: skip
    assert report["added"] == len([*(site / "book").rglob("*.md"), *(site / "book").rglob("*.mdx")])
    assert report["nodes_total"] == report["nodes_embedded"] > 30

    planned = await run_here(site, "ingest", "--plan", "--json")
    assert json.loads(planned.out)["nodes_to_embed"] == 0
    assert json.loads(planned.out)["unchanged"] == report["added"]

    asked = await run(site, "ask", "How does BM25 limit the weight of a repeated term?", "--json")
    assert asked.code == 0, asked.err
    answer = json.loads(asked.out)
    assert answer["status"] == "answered"
    assert answer["sources"][0]["url"] == "https://example.org/handbook/search/bm25#term-frequency-saturates"
    for claim in answer["claims"]:
        assert claim["status"] in ("supported", "not_checkable")

    replayed = await run_here(site, "replay", answer["id"])
    assert (replayed.code, "The same answer" in replayed.out) == (0, True), replayed.err
    unknown = await run_here(site, "replay", "0192f0c1-0000-7000-8000-000000000001")
    assert (unknown.code, "no recorded answer" in unknown.err) == (2, True)

    shown = await run_here(site, "ask", "How does BM25 limit the weight of a repeated term?")
    assert "[1] Ranking with BM25 › Term frequency saturates" in shown.out
    assert "✓" in shown.out

    refused = await run_here(site, "ask", "Who won the football world cup in 1998?", "--json")
    assert refused.code == 0
    assert json.loads(refused.out)["status"] == "refused"
    assert json.loads(refused.out)["sources"] == []
    assert json.loads(refused.out)["closest"]


async def test_a_page_is_shown_without_any_index(tmp_path: Path) -> None:
    site = copy_book(tmp_path)
    shown = await run_here(site, "show", "https://example.org/handbook/search/bm25#the-parameter-k1", "--json")
    assert shown.code == 0, shown.err
    page = json.loads(shown.out)
    assert (page["title"], page["quality"]) == ("Ranking with BM25", "book")
    assert [section["anchor"] for section in page["sections"]] == ["the-parameter-k1"]
    assert [unit["text"] for unit in page["units"]][-1] == "Values between 1.2 and 2.0 are usual."
    for_people = await run_here(site, "show", str(site / "book" / "02-search" / "02-bm25.md"), "--corpus", "handbook")
    assert (for_people.code, "#term-frequency-saturates" in for_people.out) == (0, True), for_people.err
    unknown = await run_here(site, "show", "search/bm26")
    assert (unknown.code, "The closest: " in unknown.err) == (2, True)
    assert not (site / ".footnoted" / "postgres").exists()


async def test_serve_answers_and_owns_its_state(site: Path) -> None:
    server = await start(site, "serve", "--port", "0")
    try:
        url = await read_url(server)
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            assert (await client.get("/api/v1/health")).json()["status"] == "ok"
            owner = owner_of(site / ".footnoted")
            assert owner is not None
            assert (owner.pid, owner.url) == (server.pid, url)
            shown = {"authorization": f"Bearer {owner.token}"}
            deep = (await client.get("/api/v1/health", params={"deep": "1"}, headers=shown)).json()
            assert {"database", "vectors"} <= deep["dependencies"].keys()
            body = {"question": "What is reciprocal rank fusion?", "stream": False}
            answer = (await client.post("/api/v1/chat", json=body)).json()
            assert answer["status"] == "answered"
            for claim in answer["claims"]:
                for citation in claim["citations"]:
                    source = next(s for s in answer["sources"] if s["id"] == citation["source"])
                    page = (await client.get(f"/api/v1/documents/{source['document_id']}")).json()
                    assert page["text"][citation["start"] : citation["end"]] == citation["quote"]
            assert "Footnoted" in (await client.get("/")).text
        replayed = await run(site, "replay", answer["id"], "--json")
        assert replayed.code == 0, replayed.err
        assert json.loads(replayed.out)["same"] is True
    finally:
        server.terminate()
        await asyncio.wait_for(server.communicate(), SECONDS)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (None, ["footnoted.toml", "footnoted init"]),
        (
            '[corpora.x]\nbase_url = "https://x"\nsource = { kind = "markdown", path = "gone" }',
            ["x: no folder at", "gone"],
        ),
        (
            '[corpora.x]\nbase_url = "https://x"\nsource = { kind = "html", path = "gone", build = ["make"] }',
            ["x: not built yet", "footnoted ingest --build"],
        ),
        ('[corpora.x]\nbase_urls = "https://x"', ["base_urls", "base_url"]),
    ],
)
async def test_a_wrong_configuration_is_named(tmp_path: Path, text: str | None, named: list[str]) -> None:
    if text is not None:
        (tmp_path / "footnoted.toml").write_text(text)
    outcome = await run_here(tmp_path, "ingest", "--json")
    assert outcome.code == 2
    assert outcome.out == ""
    assert all(part in outcome.err for part in named)
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("question", ["", "   ", "x" * 5_000])
async def test_a_question_without_bounds_is_refused(tmp_path: Path, question: str) -> None:
    (tmp_path / "footnoted.toml").write_text(
        '[corpora.x]\nbase_url = "https://x"\nsource = { kind = "markdown", path = "gone" }'
    )
    outcome = await run_here(tmp_path, "ask", question)
    assert outcome.code == 2
    assert "1 to 4000 characters" in outcome.err


async def test_asking_before_ingesting_names_the_command(tmp_path: Path, site: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("# Page\n\nSome words.\n")
    copy_model(tmp_path)
    assert (await run(tmp_path, "init")).code == 0
    shutil.rmtree(tmp_path / "docs")  # asking needs no pages
    outcome = await run_here(tmp_path, "ask", "Anything?")
    assert outcome.err.strip().count("footnoted ingest") == 1
    assert outcome.code == 2


async def test_several_corpora_must_be_named(tmp_path: Path, site: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("# Page\n\nSome words.\n")
    one = 'source = { kind = "markdown", path = "docs" }\nbase_url = "https://example.org"\n'
    (tmp_path / "footnoted.toml").write_text(f"[corpora.a]\n{one}[corpora.b]\n{one}")
    copy_model(tmp_path)
    outcome = await run_here(tmp_path, "ask", "Anything?")
    assert outcome.code == 2
    assert "a, b" in outcome.err
