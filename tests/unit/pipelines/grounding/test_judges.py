"""Judges by LLM and by entailment: they decide only what words leave open, and a failing one passes nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import MockLLM
from pydantic import PrivateAttr

from pipelines.grounding.judges import LlmVerifier, NliVerifier
from pipelines.grounding.verifier import CONTAINED_SCORE, ClaimToVerify, Verdict
from pipelines.types import Usage
from tests.support.passages import build_passage
from tests.unit.pipelines.grounding.test_verifier import PASSAGE, TEXT


class ScriptedLlm(MockLLM):
    """Answers with the next of its lines; an exception is raised, None stalls. Records what it was asked."""

    _script: list[Any] = PrivateAttr(default_factory=list)
    _asked: list[str] = PrivateAttr(default_factory=list)

    def play(self, *lines: Any) -> "ScriptedLlm":
        self._script += lines
        return self

    @property
    def asked(self) -> list[str]:
        return self._asked

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        self._asked.append(str(messages[-1].content))
        line = self._script.pop(0)
        if isinstance(line, Exception):
            raise line
        if line is None:
            await asyncio.Event().wait()
        return ChatResponse(message=ChatMessage(role="assistant", content=line))


def ask(llm: ScriptedLlm, *texts: str, cited: bool = True) -> list[Verdict]:
    verifier = LlmVerifier(llm, timeout_seconds=0.05)
    return asyncio.run(verifier.verify([ClaimToVerify(text, (PASSAGE,), cited) for text in texts], "Why?"))


OPEN = "Messages are what nodes talk with."


@pytest.mark.parametrize("word", ["supported", "Supported.", " partial\n", "**unsupported**", "`Unsupported`"])
def test_the_word_of_an_llm_counts(word: str) -> None:
    assert ask(ScriptedLlm(max_tokens=None).play(word), OPEN) == [Verdict(_status(word), None, usage=Usage(calls=1))]


def _status(word: str) -> Any:
    return word.strip(" .*`\n").lower()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "yes",
        "supported unsupported",
        "The claim is supported",
        '{"status": "supported"}',
        RuntimeError("down"),
        None,
    ],
)
def test_an_llm_that_fails_or_rambles_never_passes_a_claim(line: Any) -> None:
    found = ask(ScriptedLlm(max_tokens=None).play(line), OPEN)[0]
    assert (found.status, found.score) == ("not_evaluated", None)


def test_an_llm_is_asked_only_for_what_words_do_not_settle() -> None:
    llm = ScriptedLlm(max_tokens=None).play("supported")
    near_copy = "Gazebo simulates up to 15 robots at once on a machine with a graphics card."
    found = ask(llm, "It does not need an internet connection.", near_copy, "Why?", OPEN)
    assert [verdict.status for verdict in found] == ["supported", "unsupported", "not_checkable", "supported"]
    assert len(llm.asked) == 1
    assert OPEN in llm.asked[0]
    assert TEXT in llm.asked[0]


def test_an_llm_cannot_lift_a_claim_over_a_number_that_is_missing() -> None:
    found = ask(ScriptedLlm(max_tokens=None).play("supported"), "Messages, 40 of them, are what nodes talk with.")[0]
    assert (found.status, found.reason) == ("partial", "missing: 40")
    assert ask(ScriptedLlm(max_tokens=None).play("supported"), OPEN, cited=False)[0].status == "partial"


def test_one_failing_call_costs_only_its_claim() -> None:
    llm = ScriptedLlm(max_tokens=None).play(RuntimeError("down"), "supported")
    found = ask(llm, OPEN, "Topics carry what nodes say.")
    assert sorted(verdict.status for verdict in found) == ["not_evaluated", "supported"]


class ScriptedModel:
    """Scores pairs by a word in the claim; records them."""

    weights_hash = "scripted"

    def __init__(self, *, broken: bool = False) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.broken = broken

    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        if self.broken:
            raise RuntimeError("no memory")
        self.pairs += pairs
        return [
            0.9 if "talk" in claim and "Gazebo" in page else 0.4 if "maybe" in claim else 0.1 for page, claim in pairs
        ]


def entail(model: ScriptedModel, *texts: str) -> list[Verdict]:
    passages = (build_passage("Other text."), PASSAGE)
    return asyncio.run(NliVerifier(model).verify([ClaimToVerify(text, passages) for text in texts], "Why?"))


def test_a_score_that_is_no_number_is_none() -> None:
    class Overflowing(ScriptedModel):
        def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
            return [0.9, float("nan"), *super().predict(pairs)[2:]]

    found = entail(Overflowing(), OPEN, "It is maybe so.")
    assert [(verdict.status, verdict.score) for verdict in found] == [("not_evaluated", None), ("partial", 0.4)]


def test_the_best_passage_counts_for_entailment() -> None:
    model = ScriptedModel()
    found = entail(model, OPEN, "It is maybe so.", "It rains.", "It does not need an internet connection.")
    assert [verdict.status for verdict in found] == ["supported", "partial", "unsupported", "supported"]
    assert [verdict.score for verdict in found] == [0.9, 0.4, 0.1, CONTAINED_SCORE]
    assert len(model.pairs) == 6


def test_a_broken_model_passes_nothing() -> None:
    found = entail(ScriptedModel(broken=True), OPEN, "It does not need an internet connection.")
    assert [verdict.status for verdict in found] == ["not_evaluated", "supported"]


def test_nothing_open_asks_no_model() -> None:
    model = ScriptedModel(broken=True)
    assert entail(model, "Why?") == [Verdict("not_checkable", None)]
