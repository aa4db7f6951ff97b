"""Answers that are given again to the same question, for as long as the corpus is as it was."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from pydantic import TypeAdapter

from app.wires.encoding import as_json_values
from pipelines.answering.describing import describe_question, missed_reranker, rules_digest
from pipelines.events import ClaimChecked, Event, Finished, Refused, Retrieved, TextDelta
from pipelines.prompt_texts import PROMPT_VERSION
from pipelines.types import Answer, Question, Usage
from storage_config.errors import StorageError
from storage_config.json_bytes import dump_json
from storage_config.postgres.database import Database
from storage_config.records.answer_cache import CachedAnswer, find_cached_answer, keep_answer
from storage_config.settings import Settings

CACHED = "cached"
_ANSWER = TypeAdapter(Answer)
_KEPT = ("answered", "partial", "refused")
# What was wrong for a moment, and would be told for as long as the pages are as they are.
_PASSING = frozenset({"claims_not_evaluated", "truncated", "follow_up_by_rule"})
# Who asked first is nobody's business: of the question only the key's hash is kept.
_ASKED = ("question", "queries")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found for a question: `found` is None where nothing may be kept for it."""

    key: str
    question: Question
    found: CachedAnswer | None
    answer: Answer | None  # as it was made
    began: float

    def events(self, answer: Answer) -> Iterator[Event]:
        """Its answer as an engine would tell it, flagged, for which no vendor was asked."""
        passed = round((time.perf_counter() - self.began) * 1e3, 3)
        kept = (self.found.provenance if self.found else None) or {}
        provenance = {**kept, CACHED: True, **_asked(self.question, kept)}
        timings = {"retrieval_ms": passed, "total_ms": passed}
        yield Retrieved(answer.sources, timings, provenance)
        if answer.status == "refused":
            yield Refused(str(kept.get("refused")), answer.text, answer.closest)
        else:
            yield TextDelta(answer.text)
            yield from (ClaimChecked(claim) for claim in answer.claims)
        told = replace(answer, flags=(*answer.flags, CACHED), usage=Usage(), timings=timings)
        yield Finished(told, provenance)


class AnswerCache:
    """At most `settings.answer_cache_size` answers, in the database; the oldest leave.

    An answer is found again by its question (but for white space and its first letter), without history, asked in the
    same scope, filters, page, level and language, by a reader of the same groups, of the same declaration, models,
    prompts, weights, thresholds and version of this software, and of the same revision of its corpus, which each commit
    of pages raises.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._size = settings.answer_cache_size
        self._thresholds = [settings.refusal_threshold, settings.llm_refusal_threshold]

    async def find(self, corpus: str, declared: str, question: Question) -> Lookup:
        """What is kept for the question to a corpus that is declared so (a digest).

        A database that fails has nothing, and the question is answered.
        """
        began = time.perf_counter()
        key = self._key(declared, question)
        try:
            found = await self._database.run(lambda session: find_cached_answer(session, corpus=corpus, key=key))
        except StorageError as error:
            _log.warning("answer_cache_not_read", corpus=corpus, error=type(error).__name__)
            found = None
        answer = _ANSWER.validate_python(found.answer) if found is not None and found.answer is not None else None
        return Lookup(key, question, found, answer, began)

    async def keep(self, lookup: Lookup, finished: Finished) -> None:
        """Keeps a complete answer for as long as its corpus has the revision that it had before the answer began."""
        made, answer = lookup.found, finished.answer
        if made is None or answer.status not in _KEPT or not _PASSING.isdisjoint(answer.flags):
            return
        if finished.provenance.get("finish_reason", "stop") != "stop" or missed_reranker(finished.provenance):
            return
        # Another process may have switched to a collection that this one does not know yet.
        if made.collection is None or finished.provenance.get("collection") != made.collection:
            return
        provenance = {name: value for name, value in finished.provenance.items() if name not in _ASKED}
        queries = finished.provenance.get("queries") or []
        if all(text == lookup.question.text for text, _ in queries):
            provenance["query_weights"] = [weight for _, weight in queries]
        kept = replace(made, provenance=as_json_values(provenance))
        values = as_json_values(answer)
        await self._database.run(
            lambda session: keep_answer(session, key=lookup.key, made=kept, answer=values, size=self._size)
        )

    def _key(self, declared: str, question: Question) -> str:
        groups = question.filters.groups
        asked = {
            "question": _plain(question.text),
            "scope": question.scope,
            "filters": asdict(question.filters) | {"groups": None if groups is None else sorted(groups)},
            "page": asdict(question.page) if question.page else None,
            "audience": asdict(question.audience),
            "declared": declared,
            "prompts": PROMPT_VERSION,
            "thresholds": self._thresholds,
            "rules": rules_digest(),
        }
        return hashlib.sha256(dump_json(asked)).hexdigest()


def _plain(text: str) -> str:
    """The question on one line. Case tells commands and names apart, but for the letter that a sentence begins with."""
    words = " ".join(text.split())
    return words[:1].lower() + words[1:]


def _asked(question: Question, kept: dict[str, Any]) -> dict[str, Any]:
    """What a replay asks: the question as it is asked now, and what was searched for where that was only it."""
    asked: dict[str, Any] = {"question": describe_question(question)}
    if weights := kept.get("query_weights"):
        asked["queries"] = [[question.text, weight] for weight in weights]
    return asked
