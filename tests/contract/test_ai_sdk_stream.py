"""Our stream as the AI SDK itself (npm `ai`) reads it: its transport, its schema of parts, its message parser."""

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import VendorBusy
from pipelines.events import Event, TextDelta
from storage_config.records.ids import new_id
from tests.support.fakes import Wait, answered_script, failed_script, refused_script
from tests.support.serving import World, build_world, open_server

NODE = Path(__file__).parent / "node"
QUESTION = {"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(not (NODE / "node_modules" / "ai").is_dir(), reason="no npm packages: `make node-packages`"),
]


async def ask(url: str, **asked: Any) -> dict[str, Any]:
    """What the AI SDK makes of the answer."""
    process = await asyncio.create_subprocess_exec(
        "node", "ai_sdk.mjs", cwd=NODE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    body = {"api": f"{url}/api/v1/chat", "messages": [QUESTION], **asked}
    try:
        printed, _ = await asyncio.wait_for(process.communicate(json.dumps(body).encode()), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    read: dict[str, Any] = json.loads(printed)
    return read


async def ask_world(world: World, **asked: Any) -> dict[str, Any]:
    """The same with a server for this one question."""
    async with open_server(world) as url:
        return await ask(url, **asked)


def parts_of(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The message's parts of one type."""
    return [part for part in message["parts"] if part["type"] == kind]


async def test_an_answer_becomes_a_message() -> None:
    world = build_world(answered_script())
    read = await ask_world(world)
    assert (read["failure"], read["errors"]) == (None, [])
    message, (exchange,) = read["message"], world.conversations.all
    assert message["id"] == str(exchange.answer_id)
    (told,) = parts_of(message, "text")
    assert (told["text"], told["state"]) == (exchange.answer.text, "done")
    assert message["metadata"]["status"] == "partial"
    assert message["metadata"]["conversation_id"] == str(exchange.conversation_id)
    assert read["chunks"][-1] == {"type": "finish", "finishReason": "stop"}


async def test_sources_are_parts_of_the_message() -> None:
    message = (await ask_world(build_world(answered_script())))["message"]
    cited = [(part["sourceId"], part["url"], part["title"]) for part in parts_of(message, "source-url")]
    assert cited == [(number, f"https://example.org/docs/ranking#part-{number}", "Ranking") for number in ("1", "2")]


async def test_data_parts_are_updated_in_place() -> None:
    read = await ask_world(build_world(answered_script()))
    claims = parts_of(read["message"], "data-claim")
    assert [claim["data"]["status"] for claim in claims] == ["supported", "unsupported"]
    assert ["supported", "not_evaluated"] in [state["claims"] for state in read["seen"]]
    (sources,) = parts_of(read["message"], "data-sources")
    assert [source["id"] for source in sources["data"]] == ["1", "2"]
    assert len([chunk for chunk in read["chunks"] if chunk["type"] == "data-sources"]) == 2


async def test_progress_is_seen_and_not_kept() -> None:
    read = await ask_world(build_world(answered_script()))
    assert "data-progress" in [chunk["type"] for chunk in read["chunks"]]
    assert parts_of(read["message"], "data-progress") == []


async def test_a_refusal_is_a_message_with_the_nearest_sections() -> None:
    message = (await ask_world(build_world(refused_script())))["message"]
    (refusal,) = parts_of(message, "data-refusal")
    assert refusal["data"]["closest"][0]["title"] == "Ranking"
    assert parts_of(message, "source-url") == []
    assert message["metadata"]["status"] == "refused"


async def test_a_failure_in_mid_stream_is_an_error_after_what_was_said() -> None:
    read = await ask_world(build_world(failed_script(VendorBusy("own words", vendor="openrouter"))))
    (error,) = read["errors"]
    assert json.loads(error)["type"] == "urn:footnoted:problem:vendor-busy"
    assert parts_of(read["message"], "text")[0]["text"] == "BM25 "


async def test_a_failure_before_the_stream_is_an_error_with_the_same_document() -> None:
    read = await ask_world(build_world([VendorBusy("own words", vendor="openrouter")]))
    assert read["message"] is None
    assert json.loads(read["failure"]["message"])["type"] == "urn:footnoted:problem:vendor-busy"


async def test_a_reader_who_aborts_ends_the_engine_and_is_recorded() -> None:
    world = build_world([*answered_script()[:5], Wait()])
    async with open_server(world) as url:
        read = await ask(url, abortAfter="term. [1]")
        await asyncio.wait_for(world.engine.ended.wait(), 5)
        await asyncio.wait_for(world.conversations.recorded.wait(), 5)
    assert "finish" not in [chunk["type"] for chunk in read["chunks"]]
    assert read["errors"] == ["This operation was aborted"]
    (exchange,) = world.conversations.all
    assert exchange.answer.status == "interrupted"
    assert exchange.answer.text == parts_of(read["message"], "text")[0]["text"]


async def test_an_answer_that_the_model_cut_off_is_an_abort() -> None:
    script = answered_script()
    script[-1] = _interrupted(script)
    read = await ask_world(build_world(script))
    assert (read["failure"], read["errors"]) == (None, [])
    assert read["chunks"][-1] == {"type": "abort"}
    assert read["message"]["metadata"]["status"] == "interrupted"


def _interrupted(script: list[Any]) -> Event:
    finished = script[-1]
    event: Event = replace(finished, answer=replace(finished.answer, status="interrupted"))
    return event


async def test_a_chat_goes_on_with_the_messages_that_the_sdk_keeps() -> None:
    world, chat_id = build_world(answered_script()), str(new_id())
    async with open_server(world) as url:
        first = (await ask(url, chatId=chat_id))["message"]
        follow_up = {"id": "m2", "role": "user", "parts": [{"type": "text", "text": "And then?"}]}
        second = await ask(url, chatId=chat_id, messages=[QUESTION, first, follow_up])
    assert second["failure"] is None
    assert [turn.text for turn in world.engine.questions[1].history] == ["Why?", parts_of(first, "text")[0]["text"]]
    assert len(world.conversations.exchanges) == 1


async def test_our_options_ride_in_the_transport_s_body() -> None:
    world = build_world(answered_script(), refused_script())
    read = await ask_world(world, chatId=str(new_id()), body={"corpus": "docs2", "anything": {"else": True}})
    assert read["message"]["metadata"]["corpus"] == "docs2"


async def test_a_long_answer_in_many_small_parts_arrives_whole() -> None:
    words = [f"wörd{number} 🔎 " for number in range(2_000)]
    script = [*answered_script()[:1], *(TextDelta(word) for word in words), answered_script()[-1]]
    read = await ask_world(build_world(script))
    assert parts_of(read["message"], "text")[0]["text"] == "".join(words)
