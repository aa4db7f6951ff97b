"""Recorded answers made again: with what was recorded, and what differs is told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

import pytest

from pipelines.answering.chat_engine import ChatEngine
from pipelines.answering.provenance import read_recipe
from pipelines.answering.recorded_answer import RecordedAnswer, Replay
from pipelines.answering.replay import Replayer
from pipelines.corpus import CorpusSpec
from pipelines.errors import CorpusNotIngested, NotReplayable, VendorBroken
from pipelines.events import Finished, TextDelta
from pipelines.retrieval.active_index import ActiveIndex, IndexShape, OpenIndex, SearchedIndex
from pipelines.retrieval.retriever import QueryText, Retrieval, SectionRetriever
from pipelines.types import Filters, HistoryMessage, PageContext, Passage, Question
from tests.unit.pipelines.answering.test_chat_engine import (
    GENERATED,
    PASSAGES,
    RIGHT,
    SPEC,
    ScriptedAnswerer,
    ScriptedIndex,
    build_engine,
    play,
)

ASKED = Question(
    "What about it?",
    (HistoryMessage("user", "How does BM25 weigh terms?"), HistoryMessage("assistant", "It saturates.")),
    PageContext("https://example.org/p", "the weight of a repeated term"),
    Filters(source_quality=("unknown", "peer_reviewed")),
)


class ScriptedRetriever(SectionRetriever):
    """The retriever of a kept collection: its passages, and what it was asked."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = list(passages)
        self.asked: list[tuple[list[QueryText | str], Filters | None, PageContext | None]] = []

    async def retrieve_passages(
        self,
        texts: Sequence[QueryText | str],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> Retrieval:
        self.asked.append((list(texts), filters, page))
        return Retrieval(self.passages, {})


class Lookup(ScriptedIndex):
    """An active index of that collection; None holds nothing."""

    def __init__(self, collection: str | None, passages: Sequence[Passage] = PASSAGES) -> None:
        super().__init__(passages)
        self._collection = collection

    async def look_up(self) -> OpenIndex:
        if self._collection is None:
            raise CorpusNotIngested("nothing")
        retriever = cast(SectionRetriever, ScriptedRetriever(self.passages))
        return OpenIndex(self._collection, "f2", IndexShape("local/minilm", 384, "english"), retriever)


@dataclass
class World:
    """A replayer over parts that are told what to do. `collections` are those that are kept."""

    answerer: ScriptedAnswerer = field(default_factory=lambda: ScriptedAnswerer(RIGHT, GENERATED))
    active: str | None = "handbook-f1"
    collections: dict[str, ScriptedRetriever] = field(
        default_factory=lambda: {"handbook-f1": ScriptedRetriever(PASSAGES)}
    )
    declared: list[tuple[CorpusSpec, float]] = field(default_factory=list)
    found: list[tuple[str, str, str]] = field(default_factory=list)

    async def find(self, collection: str, shape: IndexShape, rerank: str) -> SectionRetriever | None:
        self.found.append((collection, shape.language, rerank))
        return self.collections.get(collection)

    async def engine(self, spec: CorpusSpec, index: SearchedIndex, threshold: float) -> ChatEngine:
        self.declared.append((spec, threshold))
        engine, _ = build_engine(self.answerer, spec=spec, index=index, refusal_threshold=threshold)
        return engine

    async def replay(self, recorded: RecordedAnswer, spec: CorpusSpec = SPEC) -> Replay:
        index = cast(ActiveIndex, Lookup(self.active))
        return await Replayer(spec, index, self.find, self.engine, refusal_threshold=0.5).replay(recorded)


async def record(answerer: ScriptedAnswerer | None = None, **changes: Any) -> RecordedAnswer:
    """An answer as its record has it."""
    engine, _ = build_engine(answerer or ScriptedAnswerer(RIGHT, GENERATED), **changes)
    finished = (await play(engine, ASKED))[-1]
    assert isinstance(finished, Finished)
    answer = finished.answer
    claims = [asdict(claim) for claim in answer.claims]
    return RecordedAnswer(answer.text, answer.status, claims, answer.flags, answer.model, finished.provenance)


def told(replay: Replay) -> dict[str, tuple[Any, Any]]:
    return {one.what: (one.recorded, one.replayed) for one in replay.differences}


async def test_the_same_parts_give_the_same_answer() -> None:
    world, recorded = World(), await record()
    replay = await world.replay(recorded)
    assert replay.differences == ()
    assert replay.collection_state == "active"
    assert replay.answer.text == recorded.text


async def test_it_asks_what_was_recorded() -> None:
    world, recorded = World(), await record()
    await world.replay(recorded)
    texts, filters, page = world.collections["handbook-f1"].asked[0]
    assert [[*text] for text in texts] == recorded.provenance["queries"]
    assert (filters, page) == (ASKED.filters, ASKED.page)
    assert world.answerer.asked == [{"seed": 7}]
    assert read_recipe(recorded.provenance).question == ASKED


async def test_it_is_declared_as_it_was_then() -> None:
    strict = SPEC.model_copy(update={"grounding": "strict", "llm": ("vendor/old",), "language": "german"})
    world, recorded = World(), await record(spec=strict, refusal_threshold=0.01)
    await world.replay(recorded)
    spec, threshold = world.declared[0]
    assert (spec.grounding, spec.llm, spec.language, threshold) == ("strict", ("vendor/old",), "german", 0.01)
    assert (spec.base_url, spec.source) == (SPEC.base_url, SPEC.source)
    assert world.found == [("handbook-f1", "english", "none")]


async def test_another_text_is_told_with_its_claims() -> None:
    other = TextDelta("Bananas grow in Peru. [1]")
    replay = await World(answerer=ScriptedAnswerer(other, replace(GENERATED, model="vendor/new"))).replay(
        await record()
    )
    differences = told(replay)
    assert differences.keys() == {"text", "model", "claims"}
    assert differences["text"] == (RIGHT.text, other.text)
    assert differences["model"] == ("vendor/model", "vendor/new")
    (before,), (after,) = differences["claims"]
    assert (before["status"], after["status"]) == ("supported", "unsupported")
    assert after["text"] == "Bananas grow in Peru."
    assert after["citations"][0]["source"] == "1"


async def test_passages_and_scores_that_moved_are_told() -> None:
    moved = ScriptedRetriever((replace(PASSAGES[0], score=0.5), PASSAGES[1], replace(PASSAGES[1], node_id="new")))
    replay = await World(collections={"handbook-f1": moved}).replay(await record())
    before, after = told(replay)["retrieved"]
    assert [(one["rank"], one["node_id"], one["score"]) for one in before] == [(1, "0", 1.0)]
    assert [(one["rank"], one["node_id"], one["score"]) for one in after] == [(1, "0", 0.5), (3, "new", 1.0)]


async def test_a_score_of_another_processor_is_the_same() -> None:
    near = ScriptedRetriever([replace(one, score=one.score + 1e-6) for one in PASSAGES])
    assert (await World(collections={"handbook-f1": near}).replay(await record())).differences == ()


async def test_a_collection_that_readers_left_is_searched_while_it_is_kept() -> None:
    replay = await World(active="handbook-f2").replay(await record())
    assert (replay.collection_state, replay.differences) == ("kept", ())


async def test_of_a_collection_that_is_gone_the_active_one_is_searched() -> None:
    replay = await World(active="handbook-f2", collections={}).replay(await record())
    assert replay.collection_state == "gone"
    differences = told(replay)
    assert differences["collection"] == ("handbook-f1", "handbook-f2")
    assert differences["fingerprint"] == ("f1", "f2")
    assert "text" not in differences


async def test_a_corpus_that_holds_nothing_any_more_says_so() -> None:
    index = World(active=None, collections={})

    class Empty(Lookup):
        async def retrieve(self, *texts: Any, **options: Any) -> tuple[Retrieval, OpenIndex]:
            raise CorpusNotIngested("nothing")

    with pytest.raises(CorpusNotIngested):
        await Replayer(SPEC, Empty(None), index.find, index.engine, refusal_threshold=0.5).replay(await record())


async def test_refusals_are_replayed() -> None:
    recorded = await record(refusal_threshold=1.0)
    assert recorded.status == "refused"
    replay = await World().replay(recorded)
    assert (replay.answer.status, replay.differences) == ("refused", ())


async def test_what_the_vendor_does_now_is_raised() -> None:
    broken = ScriptedAnswerer(VendorBroken("down", vendor="openrouter"))
    with pytest.raises(VendorBroken):
        await World(answerer=broken).replay(await record())


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda kept: {}, "lacks"),
        (lambda kept: {name: value for name, value in kept.items() if name != "queries"}, "lacks 'queries'"),
        (lambda kept: {**kept, "question": "What?"}, "cannot be read"),
        (lambda kept: {**kept, "verifier": "oracle"}, "not allowed any more: verifier"),
    ],
)
async def test_a_record_that_lacks_what_is_needed_says_what(spoil: Any, why: str) -> None:
    recorded = await record()
    provenance: Mapping[str, Any] = spoil(dict(recorded.provenance))
    with pytest.raises(NotReplayable, match=why):
        await World().replay(replace(recorded, provenance=provenance))


async def test_a_threshold_of_other_weights_is_not_used_again() -> None:
    world, recorded = World(), await record(refusal_threshold=0.01)
    other = {**recorded.provenance, "refusal_weights": "of another day"}
    replay = await world.replay(replace(recorded, provenance=other))
    assert told(replay)["refusal_threshold"] == (0.01, 0.5)
    assert world.declared[0][1] == 0.5


async def test_small_talk_is_not_replayed() -> None:
    recorded = await record()
    with pytest.raises(NotReplayable, match="small talk"):
        await World().replay(replace(recorded, provenance={"social": True}))
