"""A whole chat as `useChat` leads it (npm `ai`): questions, follow-ups, edits, further answers, stopping, resuming."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import VendorBusy
from tests.support.fakes import Wait, answered_script
from tests.support.serving import World, build_world, open_server

NODE = Path(__file__).parent / "node"
ANSWER = "🔎 BM25 saturates the weight of a repeated term. [1] It is **twice** as fast. [2]"
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(not (NODE / "node_modules" / "ai").is_dir(), reason="no npm packages: `make node-packages`"),
]


async def lead(url: str, *steps: Any, **options: Any) -> dict[str, Any]:
    """The chat's state after each step, and the bodies that were sent."""
    process = await asyncio.create_subprocess_exec(
        "node", "use_chat.mjs", cwd=NODE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    asked = {"api": f"{url}/api/v1/chat", "id": "5f3c1f0e-7b1a-4c8e-9d55-1a2b3c4d5e6f", "steps": steps, **options}
    try:
        printed, _ = await asyncio.wait_for(process.communicate(json.dumps(asked).encode()), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    read: dict[str, Any] = json.loads(printed)
    return read


async def lead_world(world: World, *steps: Any, **options: Any) -> dict[str, Any]:
    """The same with a server for this one chat."""
    async with open_server(world) as url:
        return await lead(url, *steps, **options)


async def test_a_question_and_a_follow_up() -> None:
    world = build_world(answered_script())
    read = await lead_world(world, ["send", "Why?"], ["send", "And then?"])
    assert [(step["status"], step["error"]) for step in read["after"]] == [("ready", None)] * 2
    assert [message["text"] for message in read["after"][1]["messages"]] == ["Why?", ANSWER, "And then?", ANSWER]
    assert [turn.text for turn in world.engine.questions[1].history] == ["Why?", ANSWER]
    assert read["bodies"][1]["trigger"] == "submit-message"
    (kept,) = world.conversations.exchanges.values()
    assert [message["id"] for message in read["after"][1]["messages"] if message["role"] == "assistant"] == [
        str(exchange.answer_id) for exchange in kept
    ]


async def test_another_answer_replaces_the_one_that_is_shown() -> None:
    world = build_world(answered_script())
    read = await lead_world(world, ["send", "Why?"], ["send", "And then?"], ["regenerate"])
    assert [message["text"] for message in read["after"][2]["messages"]] == ["Why?", ANSWER, "And then?", ANSWER]
    assert read["bodies"][2]["trigger"] == "regenerate-message"
    again = world.engine.questions[2]
    assert (again.text, [turn.text for turn in again.history]) == ("And then?", ["Why?", ANSWER])
    _, second, third = world.conversations.all
    assert second.question_id == third.question_id


async def test_only_the_last_message_may_be_sent() -> None:
    world = build_world(answered_script())
    read = await lead_world(world, ["send", "Why?"], id="0192f0c1-0000-7000-8000-0000000000aa", onlyLast=True)
    assert read["bodies"][0].keys() == {"message", "id"}
    assert (read["after"][0]["status"], read["after"][0]["messages"][1]["text"]) == ("ready", ANSWER)
    assert world.engine.questions[0].text == "Why?"


async def test_stopping_ends_the_engine_and_the_chat_goes_on() -> None:
    world = build_world([*answered_script()[:4], Wait()])
    async with open_server(world) as url:
        read = await lead(url, ["sendAndStop", "Why?"])
        await asyncio.wait_for(world.engine.ended.wait(), 5)
        await asyncio.wait_for(world.conversations.recorded.wait(), 5)
    assert (read["after"][0]["status"], read["after"][0]["error"]) == ("ready", None)
    (exchange,) = world.conversations.all
    assert exchange.answer.status == "interrupted"


async def test_a_failure_is_the_chat_s_error_and_the_problem_can_be_read() -> None:
    read = await lead_world(build_world([VendorBusy("own words", vendor="v", retry_after=7)]), ["send", "Why?"])
    assert read["after"][0]["status"] == "error"
    problem = json.loads(read["after"][0]["error"])
    assert (problem["type"], problem["retry_after"]) == ("urn:footnoted:problem:vendor-busy", 7)


async def test_nothing_is_resumed_where_nothing_is_under_way() -> None:
    read = await lead_world(build_world(answered_script()), ["resume"], ["send", "Why?"], ["resume"])
    assert read["after"][0] == {"status": "ready", "error": None, "messages": []}
    assert [message["text"] for message in read["after"][2]["messages"]] == ["Why?", ANSWER]


async def test_a_page_that_lost_its_connection_and_is_loaded_again_reads_the_whole_answer_once() -> None:
    waits = Wait()
    script = answered_script()
    world = build_world([*script[:4], waits, *script[4:]])
    async with open_server(world) as url:
        leading = asyncio.create_task(lead(url, ["sendAndLose", "Why?"], ["reload"]))
        await asyncio.wait_for(waits.reached.wait(), 30)
        await asyncio.sleep(0.5)  # the client has lost its connection, and comes back
        waits.released.set()
        read = await leading
    lost, resumed = read["after"]
    assert lost["messages"][1]["text"] in ANSWER
    assert lost["messages"][1]["text"] != ANSWER
    assert (resumed["status"], resumed["error"]) == ("ready", None)
    assert [message["text"] for message in resumed["messages"]] == ["Why?", ANSWER]
    (exchange,) = world.conversations.all
    assert (exchange.answer.status, str(exchange.answer_id)) == ("partial", resumed["messages"][1]["id"])
