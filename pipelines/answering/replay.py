"""A recorded answer made again from its recipe, and what differs. Nothing of it is recorded."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from pipelines.answering.chat_engine import ChatEngine
from pipelines.answering.provenance import Recipe, read_recipe
from pipelines.answering.recorded_answer import Difference, RecordedAnswer, Replay
from pipelines.answering.refusal import RefusalModel
from pipelines.corpus import CorpusSpec
from pipelines.errors import CorpusNotIngested, NotReplayable
from pipelines.events import Failed, Finished
from pipelines.retrieval.active_index import ActiveIndex, IndexShape, OpenIndex, SearchedIndex
from pipelines.retrieval.retriever import SectionRetriever
from pipelines.types import Answer
from storage_config.vocabulary import CollectionState

# Scores that differ by less are the same: another processor adds up in another order.
SAME_SCORE = 1e-4


FindRetriever = Callable[[str, IndexShape, str], Awaitable[SectionRetriever | None]]
BuildEngine = Callable[[CorpusSpec, SearchedIndex, float], Awaitable[ChatEngine]]


class Replayer:
    """Makes a corpus's recorded answers again.

    `find_retriever` takes a collection, its shape and a reranker, and is None for a collection that is gone;
    `build_engine` takes the declaration of then, where to search, and the threshold of refusal.
    """

    def __init__(
        self,
        spec: CorpusSpec,
        index: ActiveIndex,
        find_retriever: FindRetriever,
        build_engine: BuildEngine,
        *,
        refusal_threshold: float,
    ) -> None:
        self._spec = spec
        self._index = index
        self._find_retriever = find_retriever
        self._build_engine = build_engine
        self._refusal_threshold = refusal_threshold

    async def replay(self, recorded: RecordedAnswer) -> Replay:
        """The answer with the recorded queries, collection, models and parameters, as far as they are still there.

        A remote model is asked again. Raises NotReplayable, ConfigurationError where a model of then has no key now,
        and what an engine fails with.
        """
        recipe = read_recipe(recorded.provenance)
        index, state = await self._find_index(recipe)
        declared = self._declared(recipe)
        # A threshold means something only under the weights that it was set for.
        weights = RefusalModel.from_file(embedding=declared.embedding, language=declared.language).weights_hash
        same = recorded.provenance.get("refusal_weights", weights) == weights
        threshold = recipe.refusal_threshold if same else self._refusal_threshold
        engine = await self._build_engine(declared, index, threshold)
        finished = await _run(engine, recipe)
        return Replay(finished.answer, compare(recorded, finished), state)

    async def _find_index(self, recipe: Recipe) -> tuple[SearchedIndex, CollectionState]:
        try:
            active = await self._index.look_up()
        except CorpusNotIngested:
            active = None
        is_active = active is not None and active.collection == recipe.collection
        retriever = await self._find_retriever(recipe.collection, recipe.shape, recipe.declared["rerank"])
        if retriever is not None:
            index = OpenIndex(recipe.collection, recipe.fingerprint, recipe.shape, retriever)
            if active is not None:
                index = replace(index, editions=active.editions, has_editions=active.has_editions)
            return index, "active" if is_active else "kept"
        return active or self._index, "gone"

    def _declared(self, recipe: Recipe) -> CorpusSpec:
        try:
            return CorpusSpec.model_validate({**self._spec.model_dump(), **recipe.declared})
        except ValidationError as error:
            keys = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
            raise NotReplayable(f"what the corpus file said then is not allowed any more: {keys}") from None


async def _run(engine: ChatEngine, recipe: Recipe) -> Finished:
    async with aclosing(engine.replay(recipe)) as events:
        async for event in events:
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Finished):
                return event
    raise RuntimeError("the engine ended without an answer")


def compare(recorded: RecordedAnswer, replayed: Finished) -> tuple[Difference, ...]:
    """What differs, what came first in making the answer first."""
    then, now, answer = recorded.provenance, replayed.provenance, replayed.answer
    made = ["collection", "fingerprint", "shape", "prompt_version"]
    made += ["refusal_weights", "refusal_threshold", "verifier_weights"]
    pairs: list[tuple[str, Any, Any]] = [(name, then.get(name), now.get(name)) for name in made]
    pairs.append(("retrieved", *_retrieved(then.get("retrieved") or [], now.get("retrieved") or [])))
    if abs((then.get("answerable") or 0.0) - now["answerable"]) > SAME_SCORE:
        pairs.append(("answerable", then.get("answerable"), now["answerable"]))
    pairs += [
        ("status", recorded.status, answer.status),
        ("model", recorded.model, answer.model),
        ("text", recorded.text, answer.text),
        ("claims", *_claims(recorded, answer)),
        ("flags", _told(recorded.flags), _told(answer.flags)),
    ]
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def _retrieved(then: Sequence[Any], now: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The passages that are not the same at their rank, with rank and scores, on both sides."""
    ranks = range(max(len(then), len(now)))
    both = [(n, then[n] if n < len(then) else None, now[n] if n < len(now) else None) for n in ranks]
    differ = [(n + 1, old, new) for n, old, new in both if not _same_passage(old, new)]
    return [{"rank": n, **old} for n, old, _ in differ if old], [{"rank": n, **new} for n, _, new in differ if new]


def _same_passage(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    if old is None or new is None or old["node_id"] != new["node_id"]:
        return False
    scores = ((old[name] or 0.0, new[name] or 0.0) for name in ("score", "dense", "bm25", "rerank"))
    return all(abs(a - b) <= SAME_SCORE * max(1.0, abs(a)) for a, b in scores)


def _claims(recorded: RecordedAnswer, answer: Answer) -> tuple[list[Any], list[Any]]:
    """The claims that stand or are judged otherwise, on both sides, as their words, verdict and quotes."""
    old = [_claim(recorded.text[one["start"] : one["end"]], one["status"], one["citations"]) for one in recorded.claims]
    new = [
        _claim(
            answer.text[one.start : one.end],
            one.status,
            [{"source": c.source, "quote": c.quote} for c in one.citations],
        )
        for one in answer.claims
    ]
    return [one for one in old if one not in new], [one for one in new if one not in old]


def _claim(text: str, status: str, citations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    quotes = [{"source": one["source"], "quote": one["quote"]} for one in citations]
    return {"text": text, "status": status, "citations": quotes}


def _told(flags: Sequence[str]) -> list[str]:
    """Flags about the answer; those about its record are none of the engine's."""
    return sorted(flag for flag in flags if flag != "not_recorded")
