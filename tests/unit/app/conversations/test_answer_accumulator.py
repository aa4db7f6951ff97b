"""What a reader has seen of an answer so far."""

import time

import pytest

from app.conversations.answer_accumulator import AnswerAccumulator
from pipelines.events import ClaimChecked, Failed, Finished, Refused, Retrieved, TextDelta
from tests.support.fakes import answered_script, build_source, refused_script


def _draft(*, ago: float = 1.0) -> AnswerAccumulator:
    return AnswerAccumulator(began=time.perf_counter() - ago, history_ms=2.0)


def test_retrieval_counts_from_the_request() -> None:
    told = _draft().take(Retrieved((build_source(),), {"embed_ms": 5.0, "retrieval_ms": 6.0}))
    assert isinstance(told, Retrieved)
    assert told.timings["embed_ms"] == 5.0
    assert told.timings["history_ms"] == 2.0
    assert 1_000 <= told.timings["retrieval_ms"] < 60_000


def test_a_finished_answer_has_the_timings_of_its_request() -> None:
    draft = _draft()
    told = [draft.take(event) for event in answered_script()]  # type: ignore[arg-type]
    finished = told[-1]
    assert isinstance(finished, Finished)
    assert isinstance(told[0], Retrieved)
    assert finished.answer.timings["retrieval_ms"] == told[0].timings["retrieval_ms"]
    assert finished.answer.timings["total_ms"] >= finished.answer.timings["retrieval_ms"]
    assert finished.provenance == {"prompt_version": "1"}
    assert not draft.is_cut_off


def test_what_was_told_is_the_interrupted_answer() -> None:
    draft = _draft()
    for event in answered_script()[:-2]:
        draft.take(event)  # type: ignore[arg-type]
    answer = draft.interrupted()
    assert answer.status == "interrupted"
    assert answer.text == "🔎 BM25 saturates the weight of a repeated term. [1] It is **twice** as fast. [2]"
    assert [claim.status for claim in answer.claims] == ["supported", "not_evaluated"]
    assert [source.id for source in answer.sources] == ["1", "2"]
    assert answer.text[answer.claims[0].start : answer.claims[0].end].startswith("BM25")
    assert draft.is_cut_off


def test_a_later_check_of_a_span_replaces_the_first() -> None:
    draft = _draft()
    for event in answered_script()[:-1]:
        draft.take(event)  # type: ignore[arg-type]
    assert [claim.status for claim in draft.interrupted().claims] == ["supported", "unsupported"]


def test_a_refusal_that_was_cut_off_keeps_what_it_named() -> None:
    draft = _draft()
    for event in refused_script()[:-1]:
        draft.take(event)  # type: ignore[arg-type]
    answer = draft.interrupted()
    assert answer.text == "These pages do not answer that."
    assert len(answer.closest) == 1
    assert answer.sources == ()


@pytest.mark.parametrize(
    ("events", "cut_off"),
    [
        ([], True),
        ([TextDelta("x")], True),
        ([Failed(ValueError())], False),
        ([TextDelta("x"), Failed(ValueError())], True),
        ([Refused("low_score", "No.", ())], True),
    ],
    ids=["left at once", "left", "failed at once", "failed", "left a refusal"],
)
def test_what_is_worth_recording(events: list[TextDelta | Failed | Refused], cut_off: bool) -> None:
    draft = _draft()
    for event in events:
        draft.take(event)
    assert draft.is_cut_off is cut_off


def test_claims_without_a_candidate_cite_nothing() -> None:
    draft = _draft()
    checked = answered_script()[4]
    assert isinstance(checked, ClaimChecked)
    draft.take(checked)
    assert draft.interrupted().sources == ()
