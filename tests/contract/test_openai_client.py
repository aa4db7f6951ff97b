"""Our OpenAI wire as the `openai` package itself reads it, async and sync."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.chat.chat_completion_message import Annotation

from pipelines.errors import VendorBusy, VendorError
from pipelines.events import TextDelta
from tests.support.fakes import Wait, answered_script, failed_script, refused_script
from tests.support.serving import World, build_world, open_server

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Why?"}]
ANSWER = "🔎 BM25 saturates the weight of a repeated term. [1] It is **twice** as fast. [2]"


@asynccontextmanager
async def client_of(world: World, *, key: str = "unused", **options: Any) -> AsyncIterator[openai.AsyncOpenAI]:
    async with (
        open_server(world) as url,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=20, **options) as client,
    ):
        yield client


def marks(content: str | None, annotations: list[Annotation] | None) -> list[tuple[str, str]]:
    """What each annotation covers, with the url behind it."""
    cited = [annotation.url_citation for annotation in annotations or []]
    return [((content or "")[one.start_index : one.end_index], one.url) for one in cited]


CITED = [("[1]", "https://example.org/docs/ranking#part-1"), ("[2]", "https://example.org/docs/ranking#part-2")]


async def test_a_completion_with_annotations_usage_and_verdicts() -> None:
    async with client_of(build_world(answered_script())) as client:
        read = await client.chat.completions.create(model="docs", messages=ASKED)
    (choice,) = read.choices
    assert (choice.message.content, choice.finish_reason, choice.message.refusal) == (ANSWER, "stop", None)
    assert marks(choice.message.content, choice.message.annotations) == CITED
    assert read.usage is not None
    assert (read.usage.prompt_tokens, read.usage.completion_tokens, read.usage.total_tokens) == (12, 7, 19)
    ours = (read.model_extra or {})["footnoted"]
    assert [claim["status"] for claim in ours["claims"]] == ["supported", "unsupported"]
    first = ours["claims"][0]
    assert ANSWER[first["start"] : first["end"]] == "BM25 saturates the weight of a repeated term."


async def test_the_sync_client_reads_the_same() -> None:
    async with open_server(build_world(answered_script())) as url:

        def ask() -> tuple[ChatCompletion, list[ChatCompletionChunk], list[str]]:
            with openai.OpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0, timeout=20) as client:
                whole = client.chat.completions.create(model="docs", messages=ASKED)
                chunks = list(client.chat.completions.create(model="docs", messages=ASKED, stream=True))
                return whole, chunks, [model.id for model in client.models.list()]

        whole, chunks, models = await asyncio.to_thread(ask)
    assert whole.choices[0].message.content == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert models == ["docs"]


async def test_a_stream_with_usage_and_annotations() -> None:
    async with client_of(build_world(answered_script())) as client:
        stream = await client.chat.completions.create(
            model="docs", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    *told, finish, usage = chunks
    assert "".join(chunk.choices[0].delta.content or "" for chunk in told) == ANSWER
    assert told[0].choices[0].delta.role == "assistant"
    assert {chunk.usage for chunk in (*told, finish)} == {None}
    assert (usage.choices, usage.usage and usage.usage.total_tokens) == ([], 19)
    assert finish.choices[0].finish_reason == "stop"
    extra = finish.choices[0].delta.model_extra or {}
    assert marks(ANSWER, [Annotation.model_validate(one) for one in extra["annotations"]]) == CITED
    assert (finish.model_extra or {})["footnoted"]["flags"] == ["not_peer_reviewed"]


async def test_the_clients_own_accumulator_takes_the_stream() -> None:
    async with (
        client_of(build_world(answered_script())) as client,
        client.chat.completions.stream(model="docs", messages=ASKED, stream_options={"include_usage": True}) as stream,
    ):
        events = [event.type async for event in stream]
        whole = await stream.get_final_completion()
    assert "content.done" in events
    message = whole.choices[0].message
    assert message.content == ANSWER
    assert marks(message.content, [Annotation.model_validate(dict(one)) for one in message.annotations or []]) == CITED
    assert whole.usage is not None
    assert whole.usage.total_tokens == 19


async def test_a_refusal_is_a_message() -> None:
    async with client_of(build_world(refused_script())) as client:
        read = await client.chat.completions.create(model="docs", messages=ASKED)
    content = read.choices[0].message.content or ""
    assert content.startswith("These pages do not answer that.\n\n- [Ranking › Term weights](https://")
    assert read.choices[0].message.annotations == []
    assert (read.model_extra or {})["footnoted"]["closest"][0]["title"] == "Ranking"


async def test_models_are_corpora() -> None:
    async with client_of(build_world(answered_script(), refused_script())) as client:
        assert [model.id async for model in client.models.list()] == ["docs", "docs2"]
        assert (await client.models.retrieve("docs2")).owned_by == "footnoted"
        with pytest.raises(openai.NotFoundError) as missing:
            await client.models.retrieve("gpt-4o")
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")


async def test_a_conversation_goes_on_by_its_id() -> None:
    world = build_world(answered_script())
    async with client_of(world) as client:
        first = await client.chat.completions.create(model="docs", messages=ASKED)
        named = (first.model_extra or {})["footnoted"]["conversation_id"]
        await client.chat.completions.create(model="docs", messages=ASKED, metadata={"conversation_id": named})
    assert [turn.text for turn in world.engine.questions[1].history] == ["Why?", ANSWER]


async def test_wrong_requests() -> None:
    async with client_of(build_world(answered_script())) as client:
        with pytest.raises(openai.BadRequestError) as several:
            await client.chat.completions.create(model="docs", messages=ASKED, n=2)
        with pytest.raises(openai.BadRequestError) as silent:
            await client.chat.completions.create(model="docs", messages=[])
        with pytest.raises(openai.NotFoundError) as unknown:
            await client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert (several.value.param, several.value.type) == ("n", "invalid_request_error")
    assert silent.value.param == "messages"
    assert unknown.value.code == "model_not_found"


async def test_a_wrong_key() -> None:
    async with client_of(build_world(answered_script()), key="sk-" + "a" * 40) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            await client.chat.completions.create(model="docs", messages=ASKED)
    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_vendor_that_fails_before_the_first_word(stream: bool) -> None:
    async with client_of(build_world([VendorBusy("own words", vendor="v", retry_after=9)])) as client:
        with pytest.raises(openai.InternalServerError) as busy:
            await client.chat.completions.create(model="docs", messages=ASKED, stream=stream)
    assert (busy.value.status_code, busy.value.code) == (503, "vendor_busy")
    assert busy.value.response.headers["retry-after"] == "9"
    assert "own words" not in str(busy.value)


async def test_a_vendor_that_fails_in_mid_stream() -> None:
    async with client_of(build_world(failed_script(VendorError("own words", vendor="v")))) as client:
        stream = await client.chat.completions.create(model="docs", messages=ASKED, stream=True)
        told = []

        async def read() -> None:
            async for chunk in stream:
                told.append(chunk.choices[0].delta.content)

        with pytest.raises(openai.APIError) as failed:
            await read()
    assert told == ["", "BM25 "]
    assert failed.value.code == "vendor_failed"


async def test_a_reader_who_leaves_ends_the_engine_and_is_recorded() -> None:
    world = build_world([*answered_script()[:5], Wait()])
    async with client_of(world) as client:
        stream = await client.chat.completions.create(model="docs", messages=ASKED, stream=True)
        async for chunk in stream:
            if "term. [1]" in (chunk.choices[0].delta.content or ""):
                break
        await stream.close()
        await asyncio.wait_for(world.engine.ended.wait(), 5)
        await asyncio.wait_for(world.conversations.recorded.wait(), 5)
    (exchange,) = world.conversations.all
    assert exchange.answer.status == "interrupted"


async def test_a_reader_who_does_not_wait_for_the_whole_answer_ends_the_engine() -> None:
    waiting = Wait()
    world = build_world([*answered_script()[:3], waiting])
    async with client_of(world) as client:
        asking = asyncio.create_task(client.chat.completions.create(model="docs", messages=ASKED))
        await asyncio.wait_for(waiting.reached.wait(), 5)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.wait_for(world.engine.ended.wait(), 5)
    assert world.engine.closed == 1


async def test_reminders_on_a_silent_stream_are_no_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.wires.streaming._KEEP_ALIVE_SECONDS", 0.05)
    waiting = Wait()
    world = build_world([*answered_script()[:4], waiting, *answered_script()[4:]])
    async with client_of(world) as client:
        asking = await client.chat.completions.create(model="docs", messages=ASKED, stream=True)
        asyncio.get_running_loop().call_later(0.4, waiting.released.set)
        told = "".join([chunk.choices[0].delta.content or "" async for chunk in asking])
    assert told == ANSWER


async def test_a_long_answer_in_many_small_parts_arrives_whole() -> None:
    words = [f"wörd{number} 🔎 " for number in range(2_000)]
    script = [*answered_script()[:1], *(TextDelta(word) for word in words), answered_script()[-1]]
    async with client_of(build_world(script)) as client:
        stream = await client.chat.completions.create(model="docs", messages=ASKED, stream=True)
        assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "".join(words)


async def test_a_refusal_in_a_stream_says_the_same() -> None:
    async with client_of(build_world(refused_script())) as client:
        whole = await client.chat.completions.create(model="docs", messages=ASKED)
        chunks = [
            chunk async for chunk in await client.chat.completions.create(model="docs", messages=ASKED, stream=True)
        ]
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
