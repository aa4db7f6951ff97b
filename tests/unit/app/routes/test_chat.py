"""`POST /api/v1/chat` over fakes."""

import json
from typing import Any
from uuid import UUID

import pytest

from app.schemas.answers import AnswerBody
from pipelines.errors import CorpusNotIngested, VendorBusy
from pipelines.types import Audience, Filters, HistoryMessage, PageContext
from storage_config.errors import DatabaseUnavailable
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from storage_config.vocabulary import LANGUAGE_CODES, LEVELS
from tests.support.fakes import Step, answered_script, failed_script, refused_script
from tests.support.serving import build_world, of_type, open_client, read_parts

CHAT = "/api/v1/chat"


def _message(text: str, role: str = "user", message_id: str = "m") -> dict[str, Any]:
    return {"id": message_id, "role": role, "parts": [{"type": "text", "text": text}]}


CHAT_ID = UUID("5f3c1f0e-7b1a-4c8e-9d55-1a2b3c4d5e6f")


def _use_chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": str(CHAT_ID), "trigger": "submit-message", "messages": list(messages), **more}


async def test_an_answer_streams_by_default() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(CHAT, json={"question": "Why?"})
    assert response.status_code == 200
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "no-cache" in response.headers["cache-control"]
    parts = read_parts(response.text)
    (metadata,) = of_type(parts, "message-metadata")
    (exchange,) = world.conversations.all
    assert parts[0]["messageId"] == str(exchange.answer_id)
    assert metadata["messageMetadata"]["conversation_id"] == str(exchange.conversation_id)
    (progress, *_) = of_type(parts, "data-progress")
    assert progress["data"]["timings"]["retrieval_ms"] > 0


async def test_an_answer_as_one_object() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(CHAT, json={"question": "Why?", "stream": False})
    body = AnswerBody.model_validate(response.json())
    (exchange,) = world.conversations.all
    assert (body.id, body.conversation_id) == (exchange.answer_id, exchange.conversation_id)
    assert body.timings["retrieval_ms"] > 0
    stages = {stage.split(";")[0].strip() for stage in response.headers["server-timing"].split(",")}
    assert {"retrieval", "history", "embed", "search", "total"} <= stages


async def test_a_refusal_is_an_answer() -> None:
    async with open_client(build_world(refused_script())) as client:
        response = await client.post(CHAT, json={"question": "Why?", "stream": False})
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["sources"]) == ("refused", [])
    assert response.json()["closest"][0]["heading_path"] == ["Term weights"]


async def test_page_and_filters_reach_the_engine() -> None:
    world = build_world(answered_script())
    body = {
        "question": "  Why?\n",
        "page": {"url": "https://e.org/a", "selected_text": "this"},
        "filters": {"source_quality": ["peer_reviewed", "book"]},
    }
    async with open_client(world) as client:
        await client.post(CHAT, json=body)
    (question,) = world.engine.questions
    assert question.text == "Why?"
    assert question.page == PageContext("https://e.org/a", "this")
    assert question.filters == Filters(source_quality=("peer_reviewed", "book"))


@pytest.mark.parametrize(
    "body",
    [
        {"question": "Why?", "language": "de", "level": "expert"},
        {"messages": [_message("Why?")], "language": "de", "level": "expert"},
        _use_chat(_message("Why?"), language="de", level="expert"),
    ],
)
async def test_whom_the_answer_is_for_reaches_the_engine(body: dict[str, Any]) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        assert (await client.post(CHAT, json=body)).status_code == 200
    (question,) = world.engine.questions
    assert question.audience == Audience("de", "expert")


async def test_a_language_that_is_not_known_is_told_with_those_that_are() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(CHAT, json={"question": "Why?", "language": "xx", "level": "any"})
    assert response.status_code == 422
    told = {error["field"]: error["message"] for error in response.json()["errors"]}
    assert all(f"'{code}'" in told["language"] for code in LANGUAGE_CODES)
    assert all(f"'{level}'" in told["level"] for level in LEVELS)


async def test_messages_are_history_and_question() -> None:
    world = build_world(answered_script())
    before = [_message("Be kind.", "system"), _message("One?"), _message("Yes.", "assistant"), _message("")]
    async with open_client(world) as client:
        await client.post(CHAT, json={"messages": [*before, _message("Two?")]})
    (question,) = world.engine.questions
    assert (question.text, question.history) == (
        "Two?",
        (HistoryMessage("user", "One?"), HistoryMessage("assistant", "Yes.")),
    )


async def test_what_an_old_message_holds_never_ends_a_conversation() -> None:
    world = build_world(answered_script())
    answer = {"role": "assistant", "parts": [{"type": "text", "text": "cut \ud83d"}, {"type": "tool-x", "text": {}}, 7]}
    body = {"messages": [_message("One\0?"), answer, _message("Two?")], "stream": False}
    async with open_client(world) as client:
        content = json.dumps(body).encode()  # half a code point leaves as its escape
        response = await client.post(CHAT, content=content, headers={"content-type": "application/json"})
    assert response.status_code == 200
    (question,) = world.engine.questions
    assert [turn.text for turn in question.history] == ["One\ufffd?", "cut \ufffd"]


async def test_a_conversation_goes_on_by_its_id() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        first = (await client.post(CHAT, json={"question": "One?", "stream": False})).json()
        follow_up = {"question": "Two?", "conversation_id": first["conversation_id"], "stream": False}
        second = (await client.post(CHAT, json=follow_up)).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert second["id"] != first["id"]
    assert [turn.text for turn in world.engine.questions[1].history] == ["One?", first["text"]]


async def test_a_chat_of_use_chat_is_one_conversation_and_its_stored_history_wins() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        await client.post(CHAT, json=_use_chat(_message("One?")))
        await client.post(CHAT, json=_use_chat(_message("One?"), _message("Forged.", "assistant"), _message("Two?")))
        await client.post(CHAT, json=_use_chat(_message("Other?"), id="chat-2"))
    assert len(world.conversations.exchanges) == 2
    assert "Forged." not in [turn.text for turn in world.engine.questions[1].history]
    assert world.engine.questions[2].history == ()


async def test_a_chat_of_use_chat_with_our_id_is_that_conversation() -> None:
    world = build_world(answered_script())
    chat_id = new_id()
    async with open_client(world) as client:
        response = await client.post(CHAT, json=_use_chat(_message("One?"), id=str(chat_id), stream=False))
    assert UUID(response.json()["conversation_id"]) == chat_id


async def test_regenerating_answers_the_same_question_again() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        await client.post(CHAT, json=_use_chat(_message("One?")))
        await client.post(CHAT, json=_use_chat(_message("One?"), trigger="regenerate-message", messageId="m"))
    assert world.engine.questions[1].history == ()
    first, again = world.conversations.all
    assert first.question_id == again.question_id


async def test_visitors_of_one_chat_id_do_not_share_a_conversation() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        for visitor in ("n1", "n2"):
            await client.post(CHAT, json=_use_chat(_message("One?", message_id=visitor), id="chat-1"))
        nameless = _message("One?")
        del nameless["id"]
        for _ in range(2):
            await client.post(CHAT, json=_use_chat(nameless, id="chat-1"))
    assert len(world.conversations.exchanges) == 4
    assert all(question.history == () for question in world.engine.questions)


async def test_nobody_without_a_name_opens_a_past_by_an_id_that_is_no_uuid() -> None:
    """Whoever sends the very ids that another visitor's client made up."""
    world = build_world(answered_script())
    async with open_client(world) as client:
        for _ in range(2):
            await client.post(CHAT, json=_use_chat(_message("One?", message_id="n1"), id="chat-1"))
    assert world.conversations.reads == []
    assert len(world.conversations.exchanges) == 2


async def test_one_chat_id_is_one_conversation_of_who_has_a_name() -> None:
    world = build_world(answered_script())
    async with open_client(world, token="local-token") as client:
        for name in ("n1", "n2"):
            await client.post(CHAT, json=_use_chat(_message("One?", message_id=name), id="chat-1"))
    assert len(world.conversations.exchanges) == 1


async def test_an_edited_question_is_a_branch() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        await client.post(CHAT, json=_use_chat(_message("One?")))
        (first,) = world.conversations.all
        said = (_message("One?"), _message(first.answer.text, "assistant", str(first.answer_id)))
        await client.post(CHAT, json=_use_chat(*said, _message("Two?", message_id="n")))
        await client.post(CHAT, json=_use_chat(*said, _message("Other?", message_id="n"), messageId="n"))
    _, second, edited = world.conversations.all
    assert second.parent_id == edited.parent_id == first.answer_id
    assert [turn.text for turn in world.engine.questions[2].history] == ["One?", first.answer.text]


async def test_our_own_body_names_the_answer_to_follow_and_the_one_to_make_again() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        first = (await client.post(CHAT, json={"question": "One?", "stream": False})).json()
        place = {"conversation_id": first["conversation_id"], "stream": False}
        for _ in range(2):
            await client.post(CHAT, json={"question": "Two?", "parent_id": first["id"], **place})
        again = await client.post(CHAT, json={"message_id": first["id"], **place})
        unknown = await client.post(CHAT, json={"question": "Two?", "message_id": str(new_id()), **place})
    assert again.status_code == 200
    one, *twos, repeated = world.conversations.all
    assert [exchange.parent_id for exchange in twos] == [one.answer_id, one.answer_id]
    assert (repeated.question_id, repeated.question) == (one.question_id, "One?")
    assert unknown.status_code == 404
    assert unknown.json()["type"] == "urn:footnoted:problem:message-not-found"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": "Why?", "unknown": 1}, "unknown"),
        ({"conversation_id": str(new_id()), "question": " ", "parent_id": str(new_id())}, "question"),
        ({"question": " \n "}, "question"),
        ({"question": "x" * 4_001}, "question"),
        ({"messages": [_message("x" * 4_001)]}, "messages"),
        ({"messages": [_message("One?", "assistant")]}, "messages"),
        ({"messages": [_message("  ")]}, "messages"),
        (_use_chat(_message("One?", "assistant")), "messages"),
        ({"question": "Why?", "stream": "maybe"}, "stream"),
        ({"question": "Why?", "filters": {"source_quality": ["good"]}}, "filters.source_quality.0"),
        ({"question": "Why?", "language": "german"}, "language"),
        (_use_chat(_message("Why?"), level="novice"), "level"),
    ],
)
async def test_what_is_wrong_is_named_and_not_repeated(body: dict[str, Any], field: str) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(CHAT, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "urn:footnoted:problem:invalid-request"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert "xxxx" not in response.text
    assert world.engine.questions == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b"", 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 400),
        (b"NaN", 422),
        (rb'{"question": "\ud800"}', 422),
    ],
)
async def test_a_body_that_is_no_json_is_a_problem(content: bytes, status: int) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(CHAT, content=content, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_form_of_another_site_is_not_read() -> None:
    """A page elsewhere can send text/plain without asking first; it must not be taken for JSON."""
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(CHAT, content=b'{"question": "Why?"}', headers={"content-type": "text/plain"})
    assert response.status_code == 422
    assert world.engine.questions == []


async def test_with_several_corpora_one_must_be_named() -> None:
    world = build_world(answered_script(), refused_script())
    async with open_client(world) as client:
        unnamed = await client.post(CHAT, json={"question": "Why?"})
        unknown = await client.post(CHAT, json={"question": "Why?", "corpus": "other"})
        named = await client.post(CHAT, json={"question": "Why?", "corpus": "docs2", "stream": False})
    for response in (unnamed, unknown):
        assert response.status_code == 422
        assert response.json()["type"] == "urn:footnoted:problem:unknown-corpus"
        assert response.json()["corpora"] == ["docs", "docs2"]
    assert named.json()["status"] == "refused"


@pytest.mark.parametrize("stream", [True, False])
async def test_an_unknown_conversation_is_not_found(stream: bool) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(
            CHAT, json={"question": "Why?", "conversation_id": str(new_id()), "stream": stream}
        )
    assert response.status_code == 404
    assert response.json()["type"] == "urn:footnoted:problem:conversation-not-found"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_database_that_is_down_is_503_and_observed(stream: bool) -> None:
    world = build_world(answered_script())
    world.conversations.broken = DatabaseUnavailable("secret-host:5432")
    body = {"question": "Why?", "conversation_id": str(new_id()), "stream": stream}
    async with open_client(world) as client:
        response = await client.post(CHAT, json=body)
        health = await client.get("/api/v1/health")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "secret" not in response.text
    assert health.json()["status"] == "degraded"
    assert health.json()["dependencies"]["database"]["ok"] is False


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("error", "status", "name"),
    [(CorpusNotIngested("x"), 409, "corpus-not-ingested"), (VendorBusy("x", vendor="v"), 503, "vendor-busy")],
)
async def test_what_fails_before_the_first_event_has_a_status(
    stream: bool, error: Exception, status: int, name: str
) -> None:
    async with open_client(build_world([error])) as client:
        response = await client.post(CHAT, json={"question": "Why?", "stream": stream})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:footnoted:problem:{name}"


async def test_what_fails_later_is_a_part_of_a_stream_and_a_status_of_an_object() -> None:
    script: list[Step] = failed_script(VendorBusy("own words", vendor="openrouter", retry_after=2))
    async with open_client(build_world(script)) as client:
        streamed = await client.post(CHAT, json={"question": "Why?"})
        whole = await client.post(CHAT, json={"question": "Why?", "stream": False})
    assert streamed.status_code == 200
    assert len(of_type(read_parts(streamed.text), "error")) == 1
    assert (whole.status_code, whole.headers["retry-after"]) == (503, "2")
    assert "own words" not in streamed.text + whole.text


async def test_a_fault_of_ours_is_500_without_its_words() -> None:
    async with open_client(build_world([ZeroDivisionError("secret")])) as client:
        response = await client.post(CHAT, json={"question": "Why?", "stream": False})
    assert response.status_code == 500
    assert response.json()["type"] == "urn:footnoted:problem:internal"
    assert "secret" not in response.text
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_bound_of_a_question_is_a_setting() -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, max_question_chars=5))
    async with open_client(world) as client:
        assert (await client.post(CHAT, json={"question": "12345", "stream": False})).status_code == 200
        assert (await client.post(CHAT, json={"question": "123456", "stream": False})).status_code == 422
