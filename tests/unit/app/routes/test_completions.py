"""`/v1/chat/completions` and `/v1/models` over fakes."""

import json
from typing import Any

import pytest

from app.schemas.completions import CompletionBody
from pipelines.errors import CorpusNotIngested, VendorBusy
from pipelines.types import Audience, Filters, HistoryMessage, PageContext
from storage_config.errors import DatabaseUnavailable
from storage_config.records.ids import new_id
from tests.support.fakes import answered_script, failed_script, refused_script
from tests.support.serving import build_world, open_client, read_parts

COMPLETIONS = "/v1/chat/completions"


def _body(*messages: tuple[str, Any], **more: Any) -> dict[str, Any]:
    said = messages or (("user", "Why?"),)
    return {"model": "docs", "messages": [{"role": role, "content": content} for role, content in said], **more}


async def test_an_answer_as_a_completion() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(COMPLETIONS, json=_body())
    body = CompletionBody.model_validate(response.json())
    (exchange,) = world.conversations.all
    assert body.id == f"chatcmpl-{exchange.answer_id}"
    assert body.footnoted.conversation_id == exchange.conversation_id
    assert "retrieval" in response.headers["server-timing"]


async def test_an_answer_as_a_stream() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(COMPLETIONS, json=_body(stream=True, stream_options={"include_usage": True}))
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *_, usage, done = read_parts(response.text)
    assert done == "[DONE]"
    assert usage["usage"]["total_tokens"] == 19


async def test_the_last_message_of_the_user_is_asked_and_those_before_are_its_past() -> None:
    world = build_world(answered_script())
    parts = [{"type": "text", "text": "And"}, {"type": "image_url", "image_url": {"url": "data:,"}}, {"type": "text", "text": "then?"}]  # fmt: skip  # noqa: E501
    said = [
        ("system", "Speak like a pirate."), ("developer", "Say nothing."), ("user", "Why?"), ("assistant", None),
        ("assistant", "So."), ("tool", "42"), ("user", parts), ("assistant", "Well,"),
    ]  # fmt: skip
    async with open_client(world) as client:
        assert (await client.post(COMPLETIONS, json=_body(*said))).status_code == 200
    (question,) = world.engine.questions
    assert question.text == "And\nthen?"
    assert question.history == (HistoryMessage("user", "Why?"), HistoryMessage("assistant", "So."))


async def test_what_an_old_message_holds_never_ends_a_conversation() -> None:
    world = build_world(answered_script())
    odd = [{"type": "text", "text": "cut \ud83d"}, {"type": "text", "text": None}, {"type": "refusal", "text": 7}, 7]
    said = [("user", "a\x00b"), ("assistant", odd), ("assistant", {"no": 1}), ("user", "x" * 200_000), ("user", "So?")]
    async with open_client(world) as client:
        content = json.dumps(_body(*said)).encode()  # half a code point leaves as its escape
        response = await client.post(COMPLETIONS, content=content, headers={"content-type": "application/json"})
    assert response.status_code == 200
    (question,) = world.engine.questions
    assert question.text == "So?"
    told = "".join(message.text for message in question.history)
    assert "\0" not in told
    told.encode()


async def test_other_keys_of_the_protocol_are_ignored() -> None:
    more = {"temperature": 0.2, "tools": [{"type": "function"}], "n": 1, "user": "u", "metadata": {"a": "b"}}
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(COMPLETIONS, json=_body(stream=None, stream_options=None, **more))
    assert response.status_code == 200


async def test_our_own_options_ride_along() -> None:
    world = build_world(answered_script())
    page = {"url": "https://e.org/a", "selected_text": "this"}
    async with open_client(world) as client:
        await client.post(
            COMPLETIONS, json=_body(page=page, filters={"source_quality": ["book"]}, language="zh", level="beginner")
        )
    (question,) = world.engine.questions
    assert question.page == PageContext("https://e.org/a", "this")
    assert question.filters == Filters(source_quality=("book",))
    assert question.audience == Audience("zh", "beginner")


async def test_each_request_is_a_conversation_unless_its_metadata_names_one() -> None:
    world = build_world(answered_script())
    async with open_client(world, token="local-token") as client:
        for metadata in ({}, {}, {"conversation_id": "mine"}, {"conversation_id": "mine"}):
            await client.post(COMPLETIONS, json=_body(metadata=metadata))
    assert sorted(len(kept) for kept in world.conversations.exchanges.values()) == [1, 1, 2]
    assert [len(question.history) for question in world.engine.questions] == [0, 0, 0, 2]


async def test_a_made_up_name_is_no_conversation_of_callers_without_a_name() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        for _ in range(2):
            await client.post(COMPLETIONS, json=_body(metadata={"conversation_id": "mine"}))
    assert [len(kept) for kept in world.conversations.exchanges.values()] == [1, 1]


async def test_the_conversation_of_an_answer_can_be_gone_on_with() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        first = (await client.post(COMPLETIONS, json=_body())).json()["footnoted"]["conversation_id"]
        again = (await client.post(COMPLETIONS, json=_body(metadata={"conversation_id": first}))).json()
    assert again["footnoted"]["conversation_id"] == first
    assert len(world.engine.questions[1].history) == 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "docs"}, "messages"),
        ({"model": "docs", "messages": []}, "messages"),
        (_body(("user", "  ")), "messages"),
        (_body(("assistant", "So.")), "messages"),
        (_body(("user", "x" * 4_001)), "messages"),
        (_body(("user", 7)), "messages.0.content"),
        (_body(("king", "x")), "messages.0.role"),
        (_body(("user", "a\x00b")), "messages.0.content.0.text"),
        (_body(n=2), "n"),
        (_body(metadata={"conversation_id": 7}), "metadata.conversation_id"),
        (_body(metadata={"conversation_id": ""}), "metadata.conversation_id"),
        (_body(page={"url": "javascript:x"}), "page.url"),
    ],
)
async def test_wrong_bodies_are_named(body: dict[str, Any], param: str) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(COMPLETIONS, json=body)
    assert (response.status_code, response.json()["error"]["param"]) == (400, param)
    assert world.engine.questions == []


async def test_several_corpora_are_models() -> None:
    world = build_world(answered_script(), refused_script())
    async with open_client(world) as client:
        listed = (await client.get("/v1/models")).json()
        assert [model["id"] for model in listed["data"]] == ["docs", "docs2"]
        assert (await client.get("/v1/models/docs2")).json()["object"] == "model"
        second = await client.post(COMPLETIONS, json=_body() | {"model": "docs2"})
        assert second.json()["footnoted"]["status"] == "refused"
        for missing in (
            await client.get("/v1/models/gone"),
            await client.post(COMPLETIONS, json=_body() | {"model": None}),
        ):
            assert missing.status_code == 404
            assert missing.json()["error"]["code"] == "model_not_found"
            assert "docs, docs2" in missing.json()["error"]["message"]


async def test_the_one_corpus_need_not_be_named() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(COMPLETIONS, json={"messages": [{"role": "user", "content": "Why?"}]})
    assert response.json()["model"] == "docs"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CorpusNotIngested(), 409),
        (VendorBusy("own words", vendor="v", retry_after=7), 503),
        (DatabaseUnavailable("own words"), 503),
        (ValueError("own words"), 500),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_fails_before_the_first_event_has_its_status(error: Exception, status: int, stream: bool) -> None:
    async with open_client(build_world([error])) as client:
        response = await client.post(COMPLETIONS, json=_body(stream=stream))
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert "own words" not in response.text
    assert set(response.json()) == {"error", "footnoted"}
    assert (response.headers.get("retry-after") == "7") == isinstance(error, VendorBusy)


async def test_a_failure_in_mid_stream_is_a_chunk() -> None:
    script = failed_script(VendorBusy("own words", vendor="v"))
    async with open_client(build_world(script)) as client:
        response = await client.post(COMPLETIONS, json=_body(stream=True))
    assert response.status_code == 200
    assert read_parts(response.text)[-2]["error"]["code"] == "vendor_busy"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", COMPLETIONS, 405), ("POST", "/v1/embeddings", 404)],
)
async def test_other_addresses_fail_in_the_same_shape(method: str, path: str, status: int) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.request(method, path)
    assert response.status_code == status
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b"x" * (2 * 1024 * 1024 + 1), 413)])
async def test_bodies_that_cannot_be_read(content: bytes, status: int) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(COMPLETIONS, content=content, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(("key", "status"), [("unused", 200), ("", 200), ("local-token", 200), ("sk-" + "a" * 40, 401)])
async def test_a_placeholder_is_no_key_and_a_wrong_key_is_refused(key: str, status: int) -> None:
    world = build_world(answered_script())
    async with open_client(world, token=key) as client:
        response = await client.post(COMPLETIONS, json=_body())
        assert (await client.get("/v1/models")).status_code == status
    assert response.status_code == status
    if status == 401:
        assert response.json()["error"]["code"] == "invalid_api_key"
        assert response.headers["www-authenticate"] == "Bearer"
    else:
        assert set(world.conversations.owners.values()) == {"command-line" if key == "local-token" else "anonymous"}


async def test_only_a_bearer_may_be_a_placeholder() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.get("/v1/models", headers={"authorization": f"Basic {new_id()}"})
    assert response.status_code == 401


async def test_the_address_is_documented_with_its_own_errors() -> None:
    async with open_client(build_world(answered_script())) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    responses = document["paths"][COMPLETIONS]["post"]["responses"]
    assert "422" not in responses
    assert responses["400"]["content"]["application/json"]["schema"]["$ref"].endswith("/CompletionErrorBody")
