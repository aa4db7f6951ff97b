"""One process owns the state: while a server runs on a data folder, commands go through it."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from storage_config.state_lock import owner_of
from tests.command_line import SECONDS, copy_book, read_url, run, serving, start
from tests.waiting import eventually

QUESTION = "How does BM25 limit the weight of a repeated term?"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_book(tmp_path_factory.mktemp("my site"))


async def test_commands_say_the_same_with_and_without_a_server(site: Path) -> None:
    words: list[tuple[str, ...]] = [
        ("ingest", "--json"),
        ("ask", QUESTION, "--json"),
        ("ingest", "--plan", "--json"),
    ]
    assert (await run(site, *words[0])).code == 0
    alone = [await run(site, *command) for command in words]
    async with serving(site) as (url, server):
        through = [await run(site, *command) for command in words]
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        assert (owner.pid, owner.url, owner.command) == (server.pid, url, "footnoted serve")
        second = await run(site, "serve", "--port", "0")
        assert second.code == 4
        assert str(server.pid) in second.err
        assert url in second.err
        assert "QDRANT_URL" in second.err
        page = site / "book" / "02-search" / "02-bm25.md"
        page.write_text(page.read_text(encoding="utf-8") + "\n\nOne more paragraph.\n", encoding="utf-8")
        changed = json.loads((await run(site, "ingest", "--json")).out)
        assert (changed["changed"], changed["removed"]) == (1, 0)
        assert 0 < changed["nodes_embedded"] <= 3
        unknown = await run(site, "ask", "Anything?", "--corpus", "gone")
        assert (unknown.code, "handbook" in unknown.err) == (2, True)
        status = json.loads((await run(site, "status", "--json")).out)
        assert status["corpora"][0]["last_run"]["report"] == changed
    assert [outcome.code for outcome in through] == [outcome.code for outcome in alone] == [0, 0, 0]
    for one, other in zip(alone, through, strict=True):
        assert _steady(json.loads(one.out)) == _steady(json.loads(other.out))


def _steady(body: Any) -> Any:
    """Without what two runs of the same never share: ids, times, sizes on disk."""
    if isinstance(body, dict):
        varying = {"id", "conversation_id", "timings", "seconds", "started_at", "finished_at", "bytes"}
        return {key: _steady(value) for key, value in body.items() if key not in varying}
    return [_steady(item) for item in body] if isinstance(body, list) else body


async def test_a_changed_corpus_file_asks_for_a_restart(site: Path) -> None:
    corpus_file = site / "footnoted.toml"
    before = corpus_file.read_text(encoding="utf-8")
    async with serving(site):
        corpus_file.write_text(before.replace("[corpora.handbook]", '[corpora.handbook]\nlanguage = "german"'))
        try:
            outcome = await run(site, "ingest", "--json")
        finally:
            corpus_file.write_text(before)
    assert outcome.code == 2
    assert "Restart the server" in outcome.err
    assert outcome.out == ""


async def test_a_server_that_hangs_or_starts_hangs_no_command(site: Path) -> None:
    async with serving(site) as (url, server):
        os.kill(server.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            outcome = await run(site, "ask", QUESTION)
            assert time.monotonic() - began < SECONDS / 2
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert outcome.code == 5
        assert url in outcome.err
        assert str(server.pid) in outcome.err
    starting = await start(site, "serve", "--port", "0")
    try:
        await eventually(lambda: owner_of(site / ".footnoted") is not None, SECONDS)
        asked = await run(site, "ask", QUESTION, "--json")  # waits until it serves
        assert asked.code == 0, asked.err
        url = await read_url(starting)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{url}/api/v1/health")).status_code == 200
    finally:
        starting.terminate()
        await asyncio.wait_for(starting.communicate(), SECONDS)


async def test_an_ingestion_never_starves_chat_and_ctrl_c_stops_it(site: Path) -> None:
    """The ingestion embeds for seconds in the server's process; questions are answered meanwhile."""
    more = site / "book" / "more"
    more.mkdir()
    for number in range(60):
        lines = "\n\n".join(f"Sentence {number} {line} about the weather of day {line * number}." for line in range(40))
        (more / f"page{number}.md").write_text(f"# Page {number}\n\n{lines}\n", encoding="utf-8")
    async with serving(site) as (url, _), httpx.AsyncClient(base_url=url, timeout=60) as client:
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        client.headers["authorization"] = f"Bearer {owner.token}"

        async def ask(number: int) -> float:
            began = time.perf_counter()
            question = {"question": f"What is rule number {number} of reciprocal rank fusion?", "stream": False}
            answer = await client.post("/api/v1/chat", json=question)
            assert answer.json()["status"] in ("answered", "refused"), answer.text
            return time.perf_counter() - began

        alone = sorted([await ask(number) for number in range(12)])
        ingesting = await start(site, "ingest", "--json")

        async def last_run() -> dict[str, Any]:
            listed = (await client.get("/api/v1/ingestions")).json()
            return dict(listed["items"][0])

        async def is_embedding() -> bool:
            run = await last_run()
            return run["status"] == "running" and bool(run["progress"])

        await eventually(is_embedding, SECONDS)
        busy = sorted([await ask(number) for number in range(12, 24)])
        assert (await last_run())["status"] == "running", "the questions were asked while it ran"
        again = await run(site, "ingest")
        assert again.code == 4
        assert "is running" in again.err
        ingesting.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(ingesting.communicate(), SECONDS)
        assert (ingesting.returncode, out) == (130, b"")
        assert b"kept" in err
        stopped = await last_run()
        assert stopped["failure"]["type"] == "urn:footnoted:problem:interrupted"
    print(f"median answer {alone[6] * 1e3:.0f} ms alone, {busy[6] * 1e3:.0f} ms while ingesting")  # noqa: T201
    # A question waits for one text that is being embedded and shares its core: a small multiple, never the whole run.
    assert busy[6] < 20 * alone[6] + 1.0


async def test_watching_ingests_every_change_with_and_without_a_server(site: Path) -> None:
    watching = await start(site, "ingest", "--watch", "--json")
    assert watching.stdout is not None
    output = watching.stdout

    async def next_report() -> Any:
        return json.loads(await asyncio.wait_for(output.readline(), SECONDS))

    try:
        await next_report()
        page = site / "book" / "watched.md"
        page.write_text("# Watched\n\nA page about lanterns.\n", encoding="utf-8")
        assert (await next_report())["added"] == 1
        async with serving(site):
            page.write_text("# Watched\n\nA page about candles.\n", encoding="utf-8")
            assert (await next_report())["changed"] == 1
            page.write_bytes(b"\xff\xfe broken")
            assert (await next_report())["failed"] == 1, "a page that fails does not end the watch"
        page.unlink()
        assert (await next_report())["removed"] == 1
    finally:
        watching.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(watching.communicate(), SECONDS)
    assert watching.returncode == 130
    assert b"Traceback" not in err
