"""The AI SDK's own chat, which `useChat` is made of, over real conversations: what it sends for a follow-up, an edited
question and a regenerated answer, and where that ends up."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from storage_config.postgres.database import Database
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world, open_server

NODE = Path(__file__).parent / "node"
HEADERS = {"authorization": "Bearer local-token"}
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(not (NODE / "node_modules" / "ai").is_dir(), reason="no npm packages: `make node-packages`"),
]


class Site(World):
    """A served application whose conversations are in the database."""

    url = ""

    def build(self) -> FastAPI:
        return create_app(self.resources.settings, self.resources.open(), listens_on=None)

    async def chat(self, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
        """What the SDK's chat sent and holds after these steps."""
        process = await asyncio.create_subprocess_exec(
            "node", "chat.mjs", cwd=NODE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        asked = {"api": f"{self.url}/api/v1/chat", "headers": HEADERS, "steps": steps, **more}
        try:
            printed, _ = await asyncio.wait_for(process.communicate(json.dumps(asked).encode()), 30)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0
        held: dict[str, Any] = json.loads(printed)
        assert held["errors"] == []
        return held

    async def transcript(self, held: dict[str, Any], **params: str) -> list[dict[str, Any]]:
        """The messages of the conversation that the chat went on in."""
        conversation = held["messages"][-1]["metadata"]["conversation_id"]
        async with httpx.AsyncClient(base_url=self.url, headers=HEADERS) as client:
            read = await client.get(f"/api/v1/conversations/{conversation}", params=params)
        messages: list[dict[str, Any]] = read.json()["messages"]
        return messages

    def asked(self, number: int) -> list[str]:
        """The reader's words that the engine was given with that question, the question last."""
        question = self.engine.questions[number]
        return [turn.text for turn in question.history if turn.role == "user"] + [question.text]


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    site = Site(build_world(answered_script(), database=database).resources)
    async with open_server(site) as url:
        site.url = url
        yield site


def _texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages if message["role"] == "user"]


async def test_an_edited_question_is_a_branch_and_is_gone_on_with(site: Site) -> None:
    held = await site.chat({"send": "One?"}, {"send": "Two?"}, {"edit": 2, "text": "Other?"}, {"send": "Three?"})
    _, second, edited, third = held["sent"]
    assert edited["messageId"] == edited["messages"][-1]["id"] == second["messages"][-1]["id"]
    assert "messageId" not in third
    assert [site.asked(number) for number in range(1, 4)] == [
        ["One?", "Two?"], ["One?", "Other?"], ["One?", "Other?", "Three?"],
    ]  # fmt: skip
    messages = await site.transcript(held)
    assert _texts(messages) == ["One?", "Other?", "Three?"]
    assert [message["id"] for message in messages if message["role"] == "assistant"] == [
        message["id"] for message in held["messages"] if message["role"] == "assistant"
    ]
    (first, _) = messages[2]["siblings"]
    assert _texts(await site.transcript(held, through=first)) == ["One?", "Two?"]


@pytest.mark.parametrize("which", [1, 0, None])
async def test_a_regenerated_answer_stands_beside_the_first(site: Site, which: int | None) -> None:
    """By the id of the answer, of its question, or none: the SDK then means the last answer."""
    held = await site.chat({"send": "One?"}, {"regenerate": which})
    regenerated = held["sent"][1]
    assert regenerated["trigger"] == "regenerate-message"
    assert ("messageId" in regenerated) == (which is not None)
    assert site.asked(1) == ["One?"]
    question, answer = await site.transcript(held)
    assert question["siblings"] == [question["id"]]
    assert len(answer["siblings"]) == 2
    assert answer["siblings"][1] == answer["id"] == held["messages"][-1]["id"]


async def test_an_earlier_answer_is_regenerated(site: Site) -> None:
    held = await site.chat({"send": "One?"}, {"send": "Two?"}, {"regenerate": 1}, {"send": "Three?"})
    assert site.asked(2) == ["One?"]
    messages = await site.transcript(held)
    assert _texts(messages) == ["One?", "Three?"]
    assert _texts(await site.transcript(held, through=messages[1]["siblings"][0])) == ["One?", "Two?"]


async def test_a_chat_goes_on_from_what_was_read(site: Site) -> None:
    """With our ids of questions in place of the client's own."""
    before = await site.chat({"send": "One?"}, {"send": "Two?"})
    read = await site.transcript(before)
    messages = [
        {"id": message["id"], "role": message["role"], "parts": [{"type": "text", "text": message["text"]}]}
        for message in read
    ]
    chat_id = before["messages"][-1]["metadata"]["conversation_id"]
    held = await site.chat(
        {"edit": 2, "text": "Other?"}, {"edit": 2, "text": "Again?"}, {"regenerate": 3},
        messages=messages, chatId=chat_id,
    )  # fmt: skip
    asked, answer = (await site.transcript(held))[2:]
    assert (asked["text"], len(asked["siblings"]), len(answer["siblings"])) == ("Again?", 3, 2)
    assert site.asked(4) == ["One?", "Again?"]


async def test_who_has_no_name_goes_on_with_their_own_chat_only(site: Site) -> None:
    nobody: dict[str, Any] = {"headers": {}, "chatId": "docs"}
    mine = await site.chat({"send": "One?"}, {"send": "Two?"}, **nobody)
    theirs = await site.chat({"send": "Three?"}, **nobody)
    conversations = [held["messages"][-1]["metadata"]["conversation_id"] for held in (mine, theirs)]
    assert len(set(conversations)) == 2
    assert [site.asked(number) for number in (1, 2)] == [["One?", "Two?"], ["Three?"]]
