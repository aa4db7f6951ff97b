"""Events as bytes: the AI SDK's stream and the native object."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schemas.answers import AnswerBody, SourceBody
from app.wires.ai_sdk import UiMessageStream
from app.wires.encoding import dump_json
from app.wires.native import dump_answer, server_timing
from pipelines.errors import VendorBusy
from pipelines.events import Event, Failed, Finished, TextDelta
from pipelines.types import Answer, ClosestSection, Usage
from storage_config.records.ids import new_id
from tests.support.fakes import Step, answered_script, failed_script, refused_script
from tests.support.serving import of_type, read_parts

ANSWER_ID, CONVERSATION_ID = new_id(), new_id()


def _wire() -> UiMessageStream:
    return UiMessageStream(answer_id=ANSWER_ID, conversation_id=CONVERSATION_ID, corpus="docs", request_id="request-1")


def _play(script: list[Step], *, each: bool = True) -> list[Any]:
    wire = _wire()
    wire.open()
    taken = b""
    for event in script:
        assert not isinstance(event, Exception)
        wire.feed(event)  # type: ignore[arg-type]
        taken += wire.take() if each else b""
    wire.close()
    return read_parts((taken + wire.take()).decode())


def _types(parts: list[Any]) -> list[str]:
    return [part if isinstance(part, str) else part["type"] for part in parts]


def test_an_answer_in_the_order_of_the_protocol() -> None:
    assert _types(_play(answered_script())) == [
        "start", "data-progress", "data-progress", "text-start", "text-delta", "text-delta",
        "source-url", "data-sources", "data-claim", "text-delta",
        "source-url", "data-sources", "data-claim", "data-claim", "text-end", "message-metadata", "finish", "[DONE]",
    ]  # fmt: skip


def test_the_start_says_whose_message_it_is() -> None:
    start = _play(answered_script())[0]
    assert start["messageId"] == str(ANSWER_ID)
    assert start["messageMetadata"] == {"conversation_id": str(CONVERSATION_ID), "corpus": "docs"}


def test_deltas_that_nobody_took_leave_as_one_with_the_same_text() -> None:
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    for each in (True, False):
        deltas = of_type(_play(answered_script(), each=each), "text-delta")
        assert "".join(part["delta"] for part in deltas) == finished.answer.text
    assert len(deltas) == 2


def test_a_source_comes_once_when_it_is_first_cited_and_only_then() -> None:
    parts = _play(answered_script())
    assert [part["sourceId"] for part in of_type(parts, "source-url")] == ["1", "2"]
    assert of_type(parts, "source-url")[0]["url"] == "https://example.org/docs/ranking#part-1"
    assert [[source["id"] for source in part["data"]] for part in of_type(parts, "data-sources")] == [["1"], ["1", "2"]]
    assert {part["id"] for part in of_type(parts, "data-sources")} == {"sources"}
    SourceBody.model_validate(of_type(parts, "data-sources")[0]["data"][0])


def test_a_source_that_no_claim_quotes_comes_with_the_end() -> None:
    script = [event for event in answered_script() if type(event).__name__ != "ClaimChecked"]
    parts = _play(script)
    assert [part["sourceId"] for part in of_type(parts, "source-url")] == ["1", "2"]
    assert _types(parts).index("source-url") < _types(parts).index("text-end")


def test_a_claim_keeps_its_id_when_it_is_checked_again() -> None:
    first, doubted, second = of_type(_play(answered_script()), "data-claim")
    assert first["id"] != second["id"]
    assert doubted["id"] == second["id"]
    statuses = [part["data"]["status"] for part in (first, doubted, second)]
    assert statuses == ["supported", "not_evaluated", "unsupported"]


def test_progress_is_transient_and_has_the_timings() -> None:
    retrieved, restarted = of_type(_play(answered_script()), "data-progress")
    assert retrieved["transient"] is restarted["transient"] is True
    assert retrieved["data"] == {"stage": "retrieved", "timings": {"embed_ms": 5.0, "search_ms": 1.25}}
    assert restarted["data"] == {"stage": "restarted", "model": "vendor/second-model"}


def test_the_metadata_is_what_the_answer_says_of_itself() -> None:
    (part,) = of_type(_play(answered_script()), "message-metadata")
    assert part["messageMetadata"] == {
        "conversation_id": str(CONVERSATION_ID),
        "corpus": "docs",
        "status": "partial",
        "flags": ["not_peer_reviewed"],
        "model": "extractive",
        "usage": {"prompt_tokens": 12, "completion_tokens": 7, "calls": 1, "cost": None},
        "timings": {"embed_ms": 5.0, "search_ms": 1.25},
        "contact": None,
        "version": None,
        "suggestions": [],
    }


def test_a_refusal_has_no_sources_but_the_nearest_sections() -> None:
    parts = _play(refused_script())
    assert not of_type(parts, "source-url")
    assert not of_type(parts, "data-sources")
    (refusal,) = of_type(parts, "data-refusal")
    assert refusal["data"]["reason"] == "low_score"
    assert refusal["data"]["closest"][0]["url"] == "https://example.org/docs/ranking#term-weights"
    assert of_type(parts, "text-delta")[0]["delta"] == "These pages do not answer that."
    assert _types(parts)[-4:] == ["text-end", "message-metadata", "finish", "[DONE]"]


def test_a_refusal_of_the_model_itself_names_the_nearest_sections_at_its_end() -> None:
    closest = (ClosestSection("Ranking", "https://example.org/docs/ranking", ()),)
    answer = Answer("refused", "The pages do not say.", (), (), closest, (), "m", Usage(), {})
    parts = _play([TextDelta("The pages do not say."), Finished(answer)])
    (refusal,) = of_type(parts, "data-refusal")
    assert refusal["data"]["reason"] == "nothing_cited"
    assert [section["title"] for section in refusal["data"]["closest"]] == ["Ranking"]


def test_a_failure_is_a_problem_document_in_an_error_part() -> None:
    parts = _play(failed_script(VendorBusy("vendor's own words", vendor="openrouter", retry_after=3)))
    assert _types(parts)[-3:] == ["text-end", "error", "[DONE]"]
    problem = json.loads(parts[-2]["errorText"])
    assert problem["type"] == "urn:footnoted:problem:vendor-busy"
    assert (problem["retry_after"], problem["request_id"]) == (3, "request-1")
    assert "own words" not in parts[-2]["errorText"]


def test_an_interrupted_answer_is_an_abort() -> None:
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    answer = Answer("interrupted", "BM25 ", (), (), (), (), "m", Usage(), {})
    parts = _play([TextDelta("BM25 "), Finished(answer)])
    assert _types(parts)[-3:] == ["message-metadata", "abort", "[DONE]"]


def test_nothing_to_take_is_nothing() -> None:
    wire = _wire()
    assert wire.take() == b""
    wire.feed(TextDelta(""))
    assert wire.take() == b""


@given(st.lists(st.text(alphabet=st.characters(), max_size=20), max_size=6))
def test_any_text_survives(texts: list[str]) -> None:
    parts = _play([TextDelta(text) for text in texts])
    told = "".join(part["delta"] for part in of_type(parts, "text-delta"))
    # JSON joins the two halves of a pair that a model sent one by one.
    assert told.encode("utf-16", "surrogatepass") == "".join(texts).encode("utf-16", "surrogatepass")


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_an_event_is_one_line(text: str) -> None:
    wire = _wire()
    wire.feed(TextDelta(text))
    body = wire.take().decode()
    assert all(re.fullmatch(r"data: [^\n\r]+", event) for event in body.split("\n\n") if event)


def test_the_native_object_is_what_its_model_says() -> None:
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    body = json.loads(dump_answer(finished.answer, answer_id=ANSWER_ID, conversation_id=CONVERSATION_ID))
    read = AnswerBody.model_validate(body)
    assert list(body) == list(AnswerBody.model_fields)
    assert (read.id, read.conversation_id, read.status) == (ANSWER_ID, CONVERSATION_ID, "partial")
    claim = read.claims[0]
    assert read.text[claim.start : claim.end] == "BM25 saturates the weight of a repeated term."
    assert body["claims"][0]["citations"] == [
        {"source": "1", "quote": "BM25 saturates the weight of a repeated term.", "start": 100, "end": 145}
    ]


def test_timings_as_a_header() -> None:
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    assert server_timing(finished.answer.timings) == "embed;dur=5.00, search;dur=1.25"


def test_a_lone_surrogate_leaves_as_its_escape() -> None:
    answer = Answer("answered", "x\ud800", (), (), (), (), "m", Usage(), {})
    assert json.loads(dump_json({"id": ANSWER_ID, "answer": answer}))["answer"]["text"] == "x\ud800"
    assert b"\\ud800" in dump_json("x\ud800")


@pytest.mark.parametrize("event", answered_script(), ids=lambda event: type(event).__name__)
def test_every_event_says_something(event: Event) -> None:
    wire = _wire()
    wire.feed(event)
    wire.close()
    assert wire.take() != b"data: [DONE]\n\n"


def test_a_failure_before_any_word_ends_no_text() -> None:
    assert _types(_play([Failed(ValueError("x"))])) == ["start", "error", "[DONE]"]
