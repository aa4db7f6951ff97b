"""The tools as the `mcp` package's own client calls them: over HTTP in both eras of the protocol, and over stdio."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent

from pipelines.errors import VendorBusy
from storage_config.postgres.database import Database
from storage_config.state_lock import owner_of
from tests.conftest import ROOT
from tests.integration.test_routes_documents import world as filled_world
from tests.support.command_line import copy_book, invoke
from tests.support.fakes import Wait, answered_script
from tests.support.serving import World, build_world, open_server

ERAS = ["legacy", "auto"]
BOOK = ROOT / "notebooks" / "data"
SATURATES = "https://example.org/handbook/search/bm25#term-frequency-saturates"


@asynccontextmanager
async def client_of(world: World, era: str = "auto", token: str | None = None) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"} if token else None
    async with (
        open_server(world) as url,
        create_mcp_http_client(headers=headers) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=era) as client,
    ):
        yield client


def words(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.mark.parametrize("era", ERAS)
async def test_tools_are_listed_and_called(era: str) -> None:
    world = build_world(answered_script())
    async with client_of(world, era) as client:
        assert client.server_info is not None
        assert client.server_info.name == "footnoted"
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        found = await client.call_tool("search_docs", {"query": "weights", "limit": 2})
        answered = await client.call_tool("ask_docs", {"question": "Why?", "corpus": "docs"})
    assert set(tools) == {"search_docs", "ask_docs", "read_section"}
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
    for name, result in (("search_docs", found), ("ask_docs", answered)):
        schema: Any = tools[name].output_schema
        validate(result.structured_content, schema)
    assert answered.structured_content is not None
    assert answered.structured_content["claims"][0]["citations"][0]["source"] == "1"
    assert len(world.conversations.all) == 1


@pytest.mark.parametrize("era", ERAS)
async def test_failures_are_results_that_a_model_can_read(era: str) -> None:
    async with client_of(build_world([VendorBusy("own words", vendor="v")]), era) as client:
        busy = await client.call_tool("ask_docs", {"question": "Why?"})
        wrong = await client.call_tool("search_docs", {"query": "x", "limit": 99})
        with pytest.raises(MCPError, match="search_docs, ask_docs, read_section"):
            await client.call_tool("drop_docs", {})
    assert busy.is_error
    assert words(busy) == "A service behind the answers is busy. Please try again in a moment."
    assert wrong.is_error
    assert words(wrong).startswith("limit: ")


async def test_the_caller_s_credential_counts() -> None:
    world = build_world(answered_script())
    async with client_of(world, token="local-token") as client:
        await client.call_tool("ask_docs", {"question": "Why?"})
    assert [exchange.owner for exchange in world.conversations.all] == ["command-line"]


async def test_an_agent_that_gives_up_a_call_ends_the_engine() -> None:
    waiting = Wait()
    world = build_world([*answered_script()[:3], waiting])
    async with client_of(world) as client:
        asking = asyncio.create_task(client.call_tool("ask_docs", {"question": "Why?"}))
        await asyncio.wait_for(waiting.reached.wait(), 5)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.wait_for(world.engine.ended.wait(), 5)
    assert world.engine.closed == 1


async def test_an_agent_of_the_older_era_ends_the_engine_by_leaving() -> None:
    waiting = Wait()  # it gives up a call by a message of its own, which no process could match without sessions
    world = build_world([*answered_script()[:3], waiting])
    async with open_server(world) as url:
        async with Client(f"{url}/mcp", mode="legacy") as client:
            asking = asyncio.create_task(client.call_tool("ask_docs", {"question": "Why?"}))
            await asyncio.wait_for(waiting.reached.wait(), 5)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await asyncio.wait_for(world.engine.ended.wait(), 5)
    assert world.engine.closed == 1


async def test_several_agents_at_once() -> None:
    world = build_world(answered_script())
    async with open_server(world) as url:

        async def ask() -> CallToolResult:
            async with Client(f"{url}/mcp") as client:
                return await client.call_tool("ask_docs", {"question": "Why?"})

        results = await asyncio.gather(*(ask() for _ in range(10)))
    assert [result.is_error for result in results] == [False] * 10


world = filled_world


async def test_a_section_is_read_from_the_records(world: World, database: Database) -> None:
    async with client_of(world) as client:
        section = await client.call_tool("read_section", {"url": "https://example.org/docs/a#weights"})
        page = await client.call_tool("read_section", {"url": "https://example.org/docs/a/?from=x"})
        unknown = await client.call_tool("read_section", {"url": "https://example.org/docs/aa"})
        gone = await client.call_tool("read_section", {"url": "https://example.org/docs/z"})
    assert section.structured_content is not None
    assert section.structured_content["text"] == "## Weights\n\nBM25 saturates."
    assert page.structured_content is not None
    assert page.structured_content["text"].startswith("🔎 Ranking")
    assert words(unknown).startswith("There is no section at that url. Closest: https://example.org/docs/a, ")
    assert gone.is_error  # of a corpus that is declared no more


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book, ingested by the command line."""
    folder = copy_book(tmp_path_factory.mktemp("agent's site"))
    ingested = invoke(folder, "ingest")
    assert ingested.code == 0, ingested.err
    return folder


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _agent(folder: Path) -> Client:
    command, *args = _command("mcp")
    return Client(StdioServerParameters(command=command, args=args, env=_environment(), cwd=folder))


async def _use(client: Client) -> None:
    found = await client.call_tool("search_docs", {"query": "repeated term", "limit": 3})
    assert found.structured_content is not None
    assert SATURATES in [one["url"] for one in found.structured_content["results"]]
    section = await client.call_tool("read_section", {"url": SATURATES})
    assert section.structured_content is not None
    assert section.structured_content["text"].startswith("## Term frequency saturates")
    answer = await client.call_tool("ask_docs", {"question": "How does BM25 limit the weight of a repeated term?"})
    assert answer.structured_content is not None
    assert answer.structured_content["sources"][0]["url"] == SATURATES


async def test_over_stdio_it_opens_the_book_itself(book: Path) -> None:
    async with _agent(book) as client:
        await _use(client)
        unknown = await client.call_tool("read_section", {"url": "https://example.org/handbook/search/bm26"})
        assert "https://example.org/handbook/search/bm25" in words(unknown)


async def test_over_stdio_it_asks_the_server_that_owns_the_book(book: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        *_command("serve", "--port", "0"), cwd=book, env=_environment(), stderr=asyncio.subprocess.PIPE
    )
    try:
        assert server.stderr is not None
        async with asyncio.timeout(120):
            while b"answers on" not in await server.stderr.readline():
                assert server.returncode is None
        async with _agent(book) as client:
            await _use(client)
            owner = owner_of(book / ".footnoted")
            assert owner is not None
            assert owner.pid == server.pid
    finally:
        server.terminate()
        await asyncio.wait_for(server.communicate(), 30)


async def test_stdout_carries_nothing_but_the_protocol(book: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *_command("mcp"), cwd=book, env=_environment(), stdin=-1, stdout=-1, stderr=-1
    )
    lines = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\nnot json\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n'
    out, _ = await asyncio.wait_for(process.communicate(lines), 60)
    assert process.returncode == 0
    assert all(line.startswith(b'{"jsonrpc":"2.0"') for line in out.splitlines())
