"""The emulators keep to the vendors' rules: what a client does wrong is answered as the vendor answers it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from pipelines.prompts import condense_messages, judge_messages
from pipelines.types import HistoryMessage
from tests.emulators import cohere, openrouter
from tests.emulators.server import Failure


@pytest.fixture
async def router() -> AsyncIterator[tuple[openrouter.OpenRouterEmulator, httpx.AsyncClient]]:
    headers = {"authorization": f"Bearer {openrouter.API_KEY}"}
    async with (
        openrouter.OpenRouterEmulator() as emulator,
        httpx.AsyncClient(base_url=emulator.base_url, headers=headers) as client,
    ):
        yield emulator, client


@pytest.fixture
async def embedder() -> AsyncIterator[tuple[cohere.CohereEmulator, httpx.AsyncClient]]:
    headers = {"authorization": f"Bearer {cohere.API_KEY}"}
    async with (
        cohere.CohereEmulator() as emulator,
        httpx.AsyncClient(base_url=emulator.url, headers=headers) as client,
    ):
        yield emulator, client


def chat(text: str, **changes: Any) -> dict[str, Any]:
    return {"model": "a/b", "messages": [{"role": "user", "content": text}], **changes}


Router = tuple[openrouter.OpenRouterEmulator, httpx.AsyncClient]
Embedder = tuple[cohere.CohereEmulator, httpx.AsyncClient]


async def test_chat_completion_not_streamed(router: Router) -> None:
    emulator, client = router
    emulator.answers.append("As scripted.")
    answer = (await client.post("/chat/completions", json=chat("Hello"))).json()
    assert answer["choices"][0]["message"]["content"] == "As scripted."
    assert answer["usage"]["cost"] > 0
    assert emulator.calls == 1


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/models", chat("x"), {}, 404),
        ("/chat/completions", chat("x"), {"authorization": "Bearer wrong"}, 401),
        ("/chat/completions", {"model": "a/b"}, {}, 400),
        ("/chat/completions", chat("x", messages=[{"role": "page", "content": "x"}]), {}, 400),
        ("/chat/completions", chat("x"), {"x-emulate": "status:402"}, 402),
    ],
)
async def test_wrong_chats(router: Router, path: str, body: Any, headers: dict[str, str], status: int) -> None:
    response = await router[1].post(path, json=body, headers=headers)
    assert response.status_code == status
    assert response.json()["error"]["code"] == status


async def test_failures_come_in_order_by_model_and_until_further_notice(router: Router) -> None:
    emulator, client = router
    emulator.failures.extend([Failure("status", 500), None])
    emulator.failures_by_model = {"c/d": Failure("status", 404)}
    bodies = [chat("x"), chat("x"), chat("x", model="c/d"), chat("x")]
    statuses = [(await client.post("/chat/completions", json=body)).status_code for body in bodies]
    assert statuses == [500, 200, 404, 200]
    emulator.failing = Failure("status", 429, retry_after="3")
    response = await client.post("/chat/completions", json=chat("x"))
    assert (response.status_code, response.headers["retry-after"]) == (429, "3")


def test_the_emulated_model_condenses_and_judges() -> None:
    def said(messages: list[Any]) -> str:
        return openrouter.model_answer([{"role": m.role.value, "content": m.content} for m in messages])

    assert said(condense_messages("And cats?", [HistoryMessage("user", "Do dogs bark?")])) == "And cats?"
    assert said(judge_messages("Cats purr loudly.", ["All cats purr loudly at night."])) == "supported"
    assert said(judge_messages("Volcanoes erupt.", ["All cats purr loudly at night."])) == "unsupported"


@pytest.mark.parametrize(
    ("path", "changes", "status"),
    [
        ("/v2/embed", {}, 200),
        ("/v2/embed", {"input_type": None}, 400),
        ("/v2/embed", {"texts": ["x"] * 97}, 400),
        ("/v2/embed", {"texts": []}, 400),
        ("/v2/embed", {"model": "embed-v0"}, 400),
        ("/v2/embed", {"output_dimension": 384}, 400),
        ("/v2/embed", {"model": "embed-english-v3.0", "output_dimension": 1024}, 400),
        ("/v2/embed", {"embedding_types": ["int8"]}, 400),
        ("/v1/embed", {}, 404),
        ("/v2/rerank", {"model": "rerank-v3.5", "query": "x", "documents": ["x"]}, 200),
        ("/v2/rerank", {"model": "rerank-v3.5", "query": " ", "documents": ["x"]}, 400),
        ("/v2/rerank", {"model": "rerank-v3.5", "query": "x", "documents": []}, 400),
        ("/v2/rerank", {"model": "rerank-v0", "query": "x", "documents": ["x"]}, 400),
        ("/v2/rerank", {"model": "rerank-v3.5"}, 400),
    ],
)
async def test_cohere_requests(embedder: Embedder, path: str, changes: dict[str, Any], status: int) -> None:
    body = {
        "model": "embed-v4.0",
        "texts": ["x"],
        "input_type": "search_query",
        "embedding_types": ["float"],
        **changes,
    }
    response = await embedder[1].post(path, json=body)
    assert response.status_code == status
    assert status == 200 or "message" in response.json()


def test_vectors_are_the_same_everywhere_and_find_things() -> None:
    query, right, wrong = (cohere.bag_of_words(text, 256) for text in ("due invoices", "the invoice is due", "volcano"))
    assert sum(a * b for a, b in zip(query, right, strict=True)) > 0.5
    assert abs(sum(a * b for a, b in zip(query, wrong, strict=True))) < 0.3
    assert sum(value * value for value in right) == pytest.approx(1, abs=1e-6)
    assert cohere.bag_of_words("", 256)[0] != 0
