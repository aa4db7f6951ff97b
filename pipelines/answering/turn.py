"""One question on its way through the engine, and what its answer is described by."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.answering.answerer import Generated
from pipelines.answering.provenance import Recipe
from pipelines.answering.scope import question_of_selection
from pipelines.grounding.claim_checker import CheckedText
from pipelines.retrieval.condensing import CondensedQuestion
from pipelines.types import Answer, Passage, Question, Usage
from pipelines.usage import add_usage

CURATED = "curated"  # its owner wrote an answer for the question
DEFAULT_VERSION = "default"  # beside others, whose names are told


class Turn:
    """One question on its way: its clock, its timings in milliseconds, what it cost and was made from so far."""

    def __init__(self, question: Question, recipe: Recipe | None = None) -> None:
        self.question = question
        self.recipe = recipe
        self.condensed: CondensedQuestion | None = None
        self.selection: Passage | None = None  # the only source, where the question is asked of it
        self.order: Sequence[int] = ()  # of the passages by their numbers
        self.locale: str | None = None  # of the edition that was searched
        self.versions: Sequence[str | None] = ()  # that were searched
        self.flags: list[str] = []
        self.timings: dict[str, float] = {}
        self.usage = Usage()
        self.provenance: dict[str, Any] = {}
        self._began = self._last = time.perf_counter()

    @property
    def standalone(self) -> str:
        """The question as it is understood without what was said before."""
        return self.condensed.standalone if self.condensed else self.question.text

    def asked(self, language: str) -> Question:
        """The question as it is put to what it is answered from."""
        return question_of_selection(self.question, self.selection, language) if self.selection else self.question

    def quoted_for(self, language: str) -> Question:
        """The question for who quotes by its words: as it was searched for, where it leans on nothing beside it."""
        asked = self.asked(language)
        selected = asked.page.selected_text if asked.page else ""
        return asked if asked.history or selected else replace(asked, text=self.standalone)

    def note(self, stage: str) -> None:
        """The stage took what passed since the last note."""
        now = time.perf_counter()
        self.timings[stage] = (now - self._last) * 1e3
        self._last = now

    def note_once(self, stage: str) -> None:
        """The first time only: what passed since the question came."""
        if stage not in self.timings:
            self.timings[stage] = self.elapsed_ms()

    def elapsed_ms(self) -> float:
        """Since the question came."""
        self._last = time.perf_counter()
        return (self._last - self._began) * 1e3


def describe_answer(answer: Answer, timings: Mapping[str, float]) -> dict[str, str | int | float]:
    """For a trace."""
    return {
        "footnoted.status": answer.status,
        "footnoted.first_token_ms": timings.get("first_token_ms", 0.0),
        "gen_ai.response.model": answer.model,
        "gen_ai.usage.input_tokens": answer.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
    }


def version_of(cited: Sequence[Passage], searched: Sequence[str | None]) -> str | None:
    """What an answer says of its version: that of what it cites, else that which was searched."""
    named = [one.version for one in cited if one.document_id]
    versions = dict.fromkeys(named or searched)
    if len(versions) < 2:
        return next(iter(versions), None)
    return ", ".join(version or DEFAULT_VERSION for version in versions)


def flags_of(cited: Sequence[Passage], generated: Generated) -> tuple[str, ...]:
    """What a reader should know of the sources and of how the answer ended."""
    flags = [CURATED] if any(one.question is not None for one in cited) else []
    if cited and not any(source.quality == "peer_reviewed" for source in cited):
        flags.append("not_peer_reviewed")
    if generated.finish_reason == "length":
        flags.append("truncated")
    return tuple(flags)


def spent(turn: Turn, checked: CheckedText, generated: Generated) -> Usage:
    """On condensing, answering and judging."""
    return add_usage(add_usage(turn.usage, generated.usage), checked.usage)


def rounded(timings: dict[str, float]) -> dict[str, float]:
    """Milliseconds with three digits behind the point."""
    return {stage: round(value, 3) for stage, value in timings.items()}
