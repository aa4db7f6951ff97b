"""One process owns the state: while a server runs on a data folder, commands go through it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from storage_config.state_lock import StateOwner, owner_of
from tests.support.command_line import SECONDS, copy_book, invoke, read_url, run, run_here, serving, start
from tests.support.raw_http import status_of_hosts
from tests.support.waiting import eventually

QUESTION = "How does BM25 limit the weight of a repeated term?"
COMMANDS: list[tuple[str, ...]] = [
    ("ingest", "--json"),
    ("ask", QUESTION, "--json"),
    ("ingest", "--plan", "--json"),
    ("status", "--json"),
]

# One server for all that only asks it something: a process takes seconds to load the models' libraries.
in_one_loop = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Served:
    """A server on the sample book, and what the same commands said before it came."""

    folder: Path
    owner: StateOwner
    alone: list[str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_book(tmp_path_factory.mktemp("my site"))


@pytest.fixture(scope="module")
def alone(site: Path) -> list[str]:
    """The commands that own the state themselves."""
    said = []
    for command in (("ingest", "--json"), *COMMANDS):
        ended = invoke(site, *command)
        assert ended.code == 0, ended.err
        said.append(ended.out)
    return said[1:]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(site: Path, alone: list[str]) -> AsyncIterator[Served]:
    async with serving(site) as (url, server):
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        assert (owner.pid, owner.url, owner.command) == (server.pid, url, "footnoted serve")
        yield Served(site, owner, alone)


@in_one_loop
async def test_commands_say_the_same_with_and_without_a_server(served: Served) -> None:
    for command, before in zip(COMMANDS, served.alone, strict=True):
        through = await run(served.folder, *command)
        assert through.code == 0, through.err
        assert _steady(json.loads(through.out)) == _steady(json.loads(before)), command


def _steady(body: Any) -> Any:
    """Without what two runs of the same never share: ids, times, sizes on disk."""
    if isinstance(body, dict):
        varying = {"id", "conversation_id", "timings", "seconds", "started_at", "finished_at", "bytes"}
        return {key: _steady(value) for key, value in body.items() if key not in varying}
    return [_steady(item) for item in body] if isinstance(body, list) else body


@in_one_loop
async def test_a_server_answers_to_its_own_names_only(served: Served) -> None:
    url = str(served.owner.url)
    assert await status_of_hosts(url, "localhost") == 200
    assert await status_of_hosts(url, "evil.example") == 421
    assert await status_of_hosts(url, "localhost", "localhost") == 400
    assert await status_of_hosts(url) == 400


@in_one_loop
async def test_a_second_server_is_told_who_has_the_data(served: Served) -> None:
    second = await run(served.folder, "serve", "--port", "0")
    assert second.code == 4
    for told in (str(served.owner.pid), str(served.owner.url), "QDRANT_URL"):
        assert told in second.err


@in_one_loop
async def test_a_change_is_ingested_by_the_server_and_costs_what_changed(served: Served) -> None:
    page = served.folder / "book" / "02-search" / "02-bm25.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n\nOne more paragraph.\n", encoding="utf-8")
    changed = json.loads((await run(served.folder, "ingest", "--json")).out)
    assert (changed["changed"], changed["removed"]) == (1, 0)
    assert 0 < changed["nodes_embedded"] <= 3
    status = json.loads((await run_here(served.folder, "status", "--json")).out)
    assert status["corpora"][0]["last_run"]["report"] == changed
    unknown = await run_here(served.folder, "ask", "Anything?", "--corpus", "gone")
    assert (unknown.code, "handbook" in unknown.err) == (2, True)


@in_one_loop
async def test_a_changed_corpus_file_asks_for_a_restart(served: Served) -> None:
    corpus_file = served.folder / "footnoted.toml"
    before = corpus_file.read_text(encoding="utf-8")
    corpus_file.write_text(before.replace("[corpora.handbook]", '[corpora.handbook]\nlanguage = "german"'))
    try:
        outcome = await run_here(served.folder, "ingest", "--json")
    finally:
        corpus_file.write_text(before)
    assert outcome.code == 2
    assert "Restart the server" in outcome.err
    assert outcome.out == ""


@in_one_loop
async def test_a_server_that_hangs_hangs_no_command(served: Served) -> None:
    pid = served.owner.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        outcome = await run(served.folder, "ask", QUESTION)  # with a bound of its own
    finally:
        os.kill(pid, signal.SIGCONT)
    assert outcome.code == 5
    assert str(served.owner.url) in outcome.err
    assert str(pid) in outcome.err


@in_one_loop
async def test_an_ingestion_lets_chat_through_refuses_another_and_ends_by_ctrl_c(served: Served) -> None:
    _write_many(served.folder / "book" / "more")
    headers = {"authorization": f"Bearer {served.owner.token}"}
    async with httpx.AsyncClient(base_url=str(served.owner.url), headers=headers, timeout=60) as client:

        async def last_run() -> dict[str, Any]:
            return dict((await client.get("/api/v1/ingestions")).json()["items"][0])

        async def is_embedding() -> bool:
            run = await last_run()
            return run["status"] == "running" and bool(run["progress"])

        ingesting = await start(served.folder, "ingest", "--json")
        await eventually(is_embedding, SECONDS)
        asked = {"question": "What is rule number 12 of reciprocal rank fusion?", "stream": False}
        answer = await client.post("/api/v1/chat", json=asked)
        assert answer.json()["status"] in ("answered", "refused"), answer.text
        again = await run(served.folder, "ingest")
        assert again.code == 4
        assert "is running" in again.err
        assert (await last_run())["status"] == "running", "all this was while it ran"
        ingesting.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(ingesting.communicate(), SECONDS)
        assert (ingesting.returncode, out) == (130, b"")
        assert b"Interrupted" in err
        stopped = await last_run()
        assert stopped["failure"]["type"] == "urn:footnoted:problem:interrupted"


def _write_many(folder: Path) -> None:
    """Pages that take the local model half a minute."""
    folder.mkdir()
    for number in range(60):
        lines = "\n\n".join(f"Sentence {number} {line} about the weather of day {line * number}." for line in range(40))
        (folder / f"page{number}.md").write_text(f"# Page {number}\n\n{lines}\n", encoding="utf-8")


async def test_watching_ingests_every_change_while_servers_come_and_go(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    watching = await start(site, "ingest", "--watch", "--json")
    assert watching.stdout is not None
    output = watching.stdout

    async def next_report() -> Any:
        return json.loads(await asyncio.wait_for(output.readline(), SECONDS))

    try:
        assert (await next_report())["added"] == 12
        page = site / "book" / "watched.md"
        _put(page, b"# Watched\n\nA page about lanterns.\n")
        assert (await next_report())["added"] == 1
        server = await start(site, "serve", "--port", "0")
        try:
            await eventually(lambda: _owns(site, server.pid), SECONDS)
            asked = await run(site, "ask", "What is the watched page about?", "--json")  # waits until it serves
            assert asked.code == 0, asked.err
            await read_url(server)
            _put(page, b"# Watched\n\nA page about candles.\n")
            assert (await next_report())["changed"] == 1
            _put(page, b"\xff\xfe broken")
            assert (await next_report())["failed"] == 1, "a page that fails does not end the watch"
        finally:
            server.terminate()
            await asyncio.wait_for(server.communicate(), SECONDS)
        page.unlink()
        assert (await next_report())["removed"] == 1
    finally:
        watching.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(watching.communicate(), SECONDS)
    assert watching.returncode == 130
    assert b"Traceback" not in err


def _put(page: Path, content: bytes) -> None:
    """The page at once: one that is written in place is empty for a moment, and might be ingested so."""
    beside = page.parents[2] / page.name
    beside.write_bytes(content)
    beside.replace(page)


def _owns(site: Path, pid: int) -> bool:
    owner = owner_of(site / ".footnoted")
    return owner is not None and owner.pid == pid
