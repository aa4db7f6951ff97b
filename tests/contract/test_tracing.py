"""Spans of a question, from the request to its record, over the emulated model."""

import json
from collections.abc import AsyncIterator

import pytest
from opentelemetry.trace import StatusCode

from pipelines.errors import VendorError
from pipelines.providers.openrouter import OpenRouterLLM
from pipelines.tracing import stage
from pipelines.types import Question
from storage_config.settings import Settings
from tests.emulators.openrouter import API_KEY, OpenRouterEmulator
from tests.emulators.server import Failure
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client
from tests.support.tracing import recorded_spans
from tests.unit.pipelines.answering.test_chat_engine import GENERATED, RIGHT, ScriptedAnswerer, build_engine, play
from tests.unit.pipelines.retrieval.test_retriever import ReversingReranker, dense, retriever

QUESTION = "How does a very secret reader ask?"


@pytest.fixture
async def emulator() -> AsyncIterator[OpenRouterEmulator]:
    async with OpenRouterEmulator() as running:
        yield running


async def test_a_call_of_a_model_is_a_span_of_its_conventions(emulator: OpenRouterEmulator) -> None:
    llm = OpenRouterLLM(("vendor/model",), api_key=API_KEY, api_base=emulator.base_url)
    with recorded_spans() as spans:
        await llm.acomplete(QUESTION)
    await llm.aclose()
    (call,) = spans.named("chat vendor/model")
    assert call.kind.name == "CLIENT"
    assert call.attributes is not None
    said = dict(call.attributes)
    assert said["gen_ai.operation.name"] == "chat"
    assert said["gen_ai.provider.name"] == "openrouter"
    assert said["gen_ai.request.model"] == said["gen_ai.response.model"] == "vendor/model"
    assert said["gen_ai.response.finish_reasons"] == ("stop",)
    assert int(str(said["gen_ai.usage.input_tokens"])) > 0
    assert float(str(said["gen_ai.response.time_to_first_chunk"])) > 0
    assert "secret" not in call.to_json()


async def test_a_call_that_fails_says_how(emulator: OpenRouterEmulator) -> None:
    emulator.failing = Failure("status", status=500)
    llm = OpenRouterLLM(("vendor/model",), api_key=API_KEY, api_base=emulator.base_url)
    with recorded_spans() as spans, pytest.raises(VendorError):
        await llm.acomplete(QUESTION)
    await llm.aclose()
    failed = spans.named("chat vendor/model")
    assert failed
    assert all(span.status.status_code is StatusCode.ERROR for span in failed)
    assert {span.attributes["error.type"] for span in failed if span.attributes} == {"VendorBroken"}
    assert not any(span.events for span in failed)


async def test_each_stage_of_an_answer_is_a_span() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    with recorded_spans() as spans:
        await play(engine, Question(QUESTION))
    assert [span.name for span in spans.all()] == ["condense", "refuse", "verify", "generate"]
    (generate,) = spans.named("generate")
    assert generate.attributes is not None
    assert generate.attributes["footnoted.status"] == "answered"
    assert generate.attributes["gen_ai.usage.output_tokens"] == 5
    assert float(str(generate.attributes["footnoted.first_token_ms"])) > 0
    assert "secret" not in "".join(span.to_json() for span in spans.all())


async def test_each_stage_of_retrieval_is_a_span() -> None:
    searching = retriever({QUESTION: dense(("a", 0.9), ("b", 0.8))}, reranker=ReversingReranker())
    with recorded_spans() as spans:
        await searching.retrieve_passages([QUESTION])
    assert [span.name for span in spans.all()] == ["embed", "search", "fuse", "rerank"]
    assert "secret" not in "".join(span.to_json() for span in spans.all())


async def test_a_request_is_the_root_of_its_trace() -> None:
    with recorded_spans() as spans:
        async with open_client(build_world(answered_script())) as client:
            await client.post(
                f"/api/v1/chat?q={QUESTION}",
                json={"question": QUESTION, "stream": False},
                headers={"x-request-id": "id-1", "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"},
            )
    (root,), (record,) = spans.named("POST /api/v1/chat"), spans.named("record")
    assert root.parent is None  # a stranger does not decide which trace this is
    assert record.parent is not None
    assert record.context.trace_id == root.context.trace_id
    assert root.attributes is not None
    assert dict(root.attributes) == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.route": "/api/v1/chat",
        "http.response.status_code": 200,
        "footnoted.request_id": "id-1",
    }
    assert "secret" not in json.dumps([span.to_json() for span in spans.all()])


async def test_behind_a_proxy_of_ours_its_trace_goes_on() -> None:
    settings = Settings(_env_file=None, trusted_proxies=("10.0.0.0/8",))
    headers = {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}
    with recorded_spans() as spans:
        async with open_client(build_world(answered_script(), settings=settings)) as client:
            await client.get("/api/v1/health", headers=headers)
    (root,) = spans.named("GET /api/v1/health")
    assert f"{root.context.trace_id:032x}" == "a" * 32


async def test_a_failure_of_ours_marks_the_request() -> None:
    with recorded_spans() as spans:
        async with open_client(build_world([ZeroDivisionError("the secret")])) as client:
            await client.post("/api/v1/chat", json={"question": QUESTION, "stream": False})
    (root,) = spans.named("POST /api/v1/chat")
    assert root.status.status_code is StatusCode.ERROR
    assert "secret" not in root.to_json()


def test_of_an_exception_only_its_type_is_kept() -> None:
    with recorded_spans() as spans, pytest.raises(ValueError, match="secret"), stage("embed"):
        raise ValueError("secret")
    (span,) = spans.named("embed")
    assert "secret" not in span.to_json()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "ValueError"
