"""Where an agent's process has its tools called: in a server, or in itself for as long as it is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from app.cli.local_tools import LocalTools
from app.cli.stdio_tools import StdioTools
from app.conversations.use_cases import open_use_cases
from app.mcp.tools import Tools
from storage_config.errors import ConfigurationError, StateInUse
from storage_config.settings import Settings
from storage_config.state_lock import hold_state
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world, open_server

QUERY = {"query": "weights", "limit": 1}


class Opener:
    """Opens a world's resources and counts how often; `failures` come first."""

    def __init__(self, world: World, *failures: Exception) -> None:
        self.world = world
        self.failures = list(failures)
        self.opened = self.closed = 0
        self.let_go = asyncio.Event()

    @asynccontextmanager
    async def __call__(self, settings: Settings) -> AsyncIterator[LocalTools]:
        if self.failures:
            raise self.failures.pop(0)
        self.opened += 1
        resources, conversations = self.world.resources.typed, self.world.conversations
        async with open_use_cases(resources, build_conversations=lambda database: conversations) as use_cases:
            yield LocalTools(
                Tools(use_cases.chat, use_cases.searches, use_cases.library, resources.settings.max_question_chars)
            )
        self.closed += 1
        self.let_go.set()


def _tools(opener: Opener, folder: Path, **options: Any) -> StdioTools:
    settings = Settings(_env_file=None, data_dir=folder)
    return StdioTools(settings, opener, **{"idle_seconds": 30, "patience_seconds": 5, **options})


def _corpus(result: Any) -> str:
    assert not result.is_error
    return str(result.structured_content["corpus"])


async def test_calls_share_what_is_opened_for_the_first(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()))
    tools = _tools(opener, tmp_path)
    results = await asyncio.gather(*(tools.call("search_docs", QUERY) for _ in range(3)))
    assert [_corpus(result) for result in results] == ["docs"] * 3
    assert (opener.opened, opener.closed) == (1, 0)
    await tools.close()
    assert (opener.opened, opener.closed) == (1, 1)


async def test_what_nobody_asks_is_let_go_and_opened_again(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()))
    tools = _tools(opener, tmp_path, idle_seconds=0.05)
    for _ in range(2):
        opener.let_go.clear()
        assert _corpus(await tools.call("search_docs", QUERY)) == "docs"
        await asyncio.wait_for(opener.let_go.wait(), 5)
    assert opener.opened == 2
    await tools.close()


async def test_a_call_that_comes_while_it_is_let_go_is_answered(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()))
    tools = _tools(opener, tmp_path, idle_seconds=0)
    for _ in range(30):
        assert _corpus(await tools.call("search_docs", QUERY)) == "docs"
        await asyncio.sleep(0)
    await tools.close()
    assert opener.opened == opener.closed


async def test_nobody_asked_is_nothing_opened(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()))
    await _tools(opener, tmp_path).close()
    assert opener.opened == 0


async def test_a_folder_that_is_taken_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()), StateInUse("in use by process 7", owner_pid=7))
    tools = _tools(opener, tmp_path)
    assert _corpus(await tools.call("search_docs", QUERY)) == "docs"
    await tools.close()


@pytest.mark.parametrize("error", [StateInUse("in use by process 7", owner_pid=7), ConfigurationError("X is not set")])
async def test_what_cannot_be_opened_is_told(tmp_path: Path, error: Exception) -> None:
    tools = _tools(Opener(build_world(answered_script()), error), tmp_path, patience_seconds=0)
    result = await tools.call("search_docs", QUERY)
    assert result.is_error
    assert str(error) in result.content[0].model_dump_json()
    assert _corpus(await tools.call("search_docs", QUERY)) == "docs"
    await tools.close()


async def test_a_server_that_owns_the_folder_is_asked_as_its_operator(tmp_path: Path) -> None:
    opener = Opener(build_world(answered_script()))
    with hold_state(tmp_path) as state:
        served = build_world(answered_script(), local_token=state.token)
        async with open_server(served) as url:
            state.publish(url)
            tools = _tools(opener, tmp_path)
            answered = await tools.call("ask_docs", {"question": "Why?"})
            wrong = await tools.call("search_docs", {})
            with pytest.raises(MCPError, match="search_docs, ask_docs, read_section"):
                await tools.call("drop_docs", {})
    assert answered.structured_content is not None
    assert answered.structured_content["status"] == "partial"
    assert [exchange.owner for exchange in served.conversations.all] == ["command-line"]
    assert wrong.is_error
    assert opener.opened == 0


async def test_a_server_that_refuses_is_told(tmp_path: Path) -> None:
    with hold_state(tmp_path) as state:
        async with open_server(build_world(answered_script(), local_token="another")) as url:
            state.publish(url)
            result = await _tools(Opener(build_world(answered_script())), tmp_path).call("search_docs", QUERY)
    assert "Sign in" in result.content[0].model_dump_json()


async def test_a_server_that_hangs_up_is_told(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        with hold_state(tmp_path) as state:
            state.publish(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            result = await _tools(Opener(build_world(answered_script())), tmp_path).call("search_docs", QUERY)
    assert result.is_error
    assert "broke off" in result.content[0].model_dump_json()


async def test_a_server_that_is_gone_is_waited_for_and_told(tmp_path: Path) -> None:
    with hold_state(tmp_path) as state:
        state.publish("http://127.0.0.1:9")  # discard: nobody listens
        result = await _tools(Opener(build_world(answered_script())), tmp_path, patience_seconds=0).call(
            "search_docs", QUERY
        )
    assert result.is_error
