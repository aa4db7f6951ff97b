"""Events and failures as OpenAI's chat completions."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import (
    BudgetSpent,
    FieldProblem,
    InvalidRequest,
    LimitReached,
    NotSignedIn,
    RoleMissing,
    problem_of,
)
from app.schemas.completions import CompletionBody, CompletionErrorBody
from app.wires.openai import ChunkStream, Completion, dump_completion, dump_error, status_of
from pipelines.errors import CorpusNotIngested, UnknownCorpus, VendorBusy
from pipelines.events import Failed, Finished, TextDelta
from pipelines.types import Answer
from storage_config.records.ids import new_id
from tests.support.fakes import Step, answered_script, failed_script, refused_script
from tests.support.serving import read_parts

COMPLETION = Completion(answer_id=new_id(), conversation_id=new_id(), model="docs", created=1_700_000_000)


def _answer(script: list[Step]) -> Answer:
    finished = script[-1]
    assert isinstance(finished, Finished)
    return finished.answer


def _play(script: list[Step], *, each: bool = True, include_usage: bool = False) -> list[Any]:
    wire = ChunkStream(COMPLETION, include_usage=include_usage, request_id="request-1")
    wire.open()
    taken = b""
    for event in script:
        assert not isinstance(event, Exception)
        wire.feed(event)  # type: ignore[arg-type]
        taken += wire.take() if each else b""
    wire.close()
    return read_parts((taken + wire.take()).decode())


def _text(chunks: list[Any]) -> str:
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1] if chunk.get("choices"))


def test_a_completion_is_what_its_model_says() -> None:
    answer = _answer(answered_script())
    body = json.loads(dump_completion(answer, COMPLETION))
    read = CompletionBody.model_validate(body)
    assert list(body) == list(CompletionBody.model_fields)
    assert list(body["footnoted"]) == list(type(read.footnoted).model_fields)
    assert (body["id"], body["created"], body["model"]) == (f"chatcmpl-{COMPLETION.answer_id}", 1_700_000_000, "docs")
    (choice,) = read.choices
    assert (choice.message.content, choice.finish_reason) == (answer.text, "stop")
    assert body["usage"] == {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}
    assert read.footnoted.conversation_id == COMPLETION.conversation_id
    assert [claim.status for claim in read.footnoted.claims] == ["supported", "unsupported"]


def test_annotations_point_at_the_marks_in_code_points() -> None:
    answer = _answer(answered_script())
    message = json.loads(dump_completion(answer, COMPLETION))["choices"][0]["message"]
    cited = [annotation["url_citation"] for annotation in message["annotations"]]
    assert [message["content"][one["start_index"] : one["end_index"]] for one in cited] == ["[1]", "[2]"]
    assert cited[0]["url"] == "https://example.org/docs/ranking#part-1"
    assert cited[0]["title"] == "Ranking"


def test_a_citation_of_what_is_no_source_is_not_annotated() -> None:
    answer = replace(_answer(answered_script()), sources=())
    assert json.loads(dump_completion(answer, COMPLETION))["choices"][0]["message"]["annotations"] == []


def test_a_stream_tells_the_same_as_the_completion() -> None:
    whole = json.loads(dump_completion(_answer(answered_script()), COMPLETION))
    for each in (True, False):
        chunks = _play(answered_script(), each=each)
        assert _text(chunks) == whole["choices"][0]["message"]["content"]
        last, done = chunks[-2:]
        assert done == "[DONE]"
        assert last["choices"][0]["delta"]["annotations"] == whole["choices"][0]["message"]["annotations"]
        assert last["footnoted"] == whole["footnoted"]
        assert last["choices"][0]["finish_reason"] == "stop"
    assert {chunk["id"] for chunk in chunks[:-1]} == {whole["id"]}
    assert {chunk["object"] for chunk in chunks[:-1]} == {"chat.completion.chunk"}
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert len(chunks) == 4


def test_usage_comes_last_where_it_is_asked_for_and_is_null_before() -> None:
    *before, last, _ = _play(answered_script(), include_usage=True)
    assert {chunk["usage"] for chunk in before} == {None}
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 19)
    assert "usage" not in _play(answered_script())[-2]


def test_a_refusal_is_a_text_with_the_nearest_sections_beside_it() -> None:
    chunks = _play(refused_script())
    assert _text(chunks) == (
        "These pages do not answer that.\n\n- [Ranking › Term weights](https://example.org/docs/ranking#term-weights)"
    )
    assert chunks[-2]["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert chunks[-2]["footnoted"]["status"] == "refused"
    assert chunks[-2]["footnoted"]["closest"][0]["title"] == "Ranking"


@pytest.mark.parametrize("changes", [{"flags": ("truncated",)}, {"status": "interrupted"}])
def test_an_answer_that_was_cut_off_says_so(changes: dict[str, Any]) -> None:
    cut = replace(_answer(answered_script()), **changes)
    assert _play([Finished(cut)])[-2]["choices"][0]["finish_reason"] == "length"


def test_a_failure_in_mid_stream_is_an_error_chunk() -> None:
    *_, error, done = _play(failed_script(VendorBusy("own words", vendor="openrouter", retry_after=3)))
    assert done == "[DONE]"
    assert (error["error"]["type"], error["error"]["code"]) == ("server_error", "vendor_busy")
    assert (error["footnoted"]["retry_after"], error["footnoted"]["request_id"]) == (3, "request-1")
    assert "own words" not in json.dumps(error)


def test_a_lone_surrogate_does_not_end_the_stream() -> None:
    assert _text(_play([TextDelta("x\ud800")])) == "x\ud800"


def test_nothing_to_take_is_nothing() -> None:
    wire = ChunkStream(COMPLETION, include_usage=False)
    wire.feed(TextDelta(""))
    assert wire.take() == b""


@pytest.mark.parametrize(
    ("error", "status", "kind", "code", "param"),
    [
        (NotSignedIn(), 401, "invalid_request_error", "invalid_api_key", None),
        (RoleMissing("owner"), 403, "permission_error", "role_missing", None),
        (UnknownCorpus("c", ["a", "b"]), 404, "invalid_request_error", "model_not_found", "model"),
        (InvalidRequest(FieldProblem("n", "must be 1")), 400, "invalid_request_error", "invalid_request", "n"),
        (CorpusNotIngested(), 409, "invalid_request_error", "corpus_not_ingested", None),
        (LimitReached("x", retry_after=7, fields={}), 429, "rate_limit_error", "rate_limit_exceeded", None),
        (BudgetSpent("x", retry_after=7), 429, "rate_limit_error", "insufficient_quota", None),
        (VendorBusy("x", vendor="v"), 503, "server_error", "vendor_busy", None),
        (ValueError("secret"), 500, "server_error", "internal", None),
    ],
)
def test_problems_in_openai_s_shape(error: Exception, status: int, kind: str, code: str, param: str | None) -> None:
    problem = problem_of(error)
    body = json.loads(dump_error(problem, "request-1"))
    CompletionErrorBody.model_validate(body)
    assert status_of(problem) == status
    assert (body["error"]["type"], body["error"]["code"], body["error"]["param"]) == (kind, code, param)
    assert body["error"]["message"]
    assert "secret" not in json.dumps(body)


def test_an_unknown_model_is_told_those_that_there_are() -> None:
    body = json.loads(dump_error(problem_of(UnknownCorpus("c", ["a", "b"])), None))
    assert body["error"]["message"] == "There is no such model. Models are: a, b."


def test_wrong_fields_are_named() -> None:
    error = InvalidRequest(FieldProblem("messages", "is missing"), FieldProblem("n", "must be 1"))
    assert json.loads(dump_error(problem_of(error), None))["error"]["message"] == "messages: is missing; n: must be 1"


def test_a_failure_without_words_before_it_is_still_told() -> None:
    assert _play([Failed(ValueError("x"))])[-2]["error"]["code"] == "internal"
