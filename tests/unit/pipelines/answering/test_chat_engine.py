"""The engine over parts that are told what to do: order of events, refusal, statuses, flags, provenance, closing."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from pipelines.answering.answerer import AnswerPart, Generated
from pipelines.answering.chat_engine import FOLLOW_UP_BY_RULE, NO_PASSAGES, UNLIKELY, ChatEngine, EngineParts
from pipelines.answering.describing import read_question
from pipelines.answering.product import SiteProduct
from pipelines.answering.refusal import RefusalModel
from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import VendorBroken
from pipelines.events import ClaimChecked, Event, Failed, Finished, Refused, Restarted, Retrieved, TextDelta
from pipelines.grounding.claim_checker import NOT_EVALUATED_FLAG, WITHHELD
from pipelines.grounding.verifier import NOT_EVALUATED, ClaimToVerify, LexicalVerifier, Verdict
from pipelines.retrieval.active_index import ActiveIndex, IndexShape, OpenIndex
from pipelines.retrieval.retriever import QueryText, Retrieval, SectionRetriever
from pipelines.types import MAX_MESSAGE_CHARS, Answer, Filters, HistoryMessage, PageContext, Passage, Question, Usage
from storage_config.postgres.database import Database
from tests.support.passages import build_passage
from tests.unit.pipelines.grounding.test_claim_checker import PAGE, passage
from tests.unit.pipelines.grounding.test_judges import ScriptedLlm

SPEC = CorpusSpec(
    name="handbook",
    folder=Path(),
    source=MarkdownSource(kind="markdown", path=Path()),
    base_url="https://example.org",
)
STRICT = SPEC.model_copy(update={"grounding": "strict"})
PASSAGES = (passage(0, 7, len(PAGE)), replace(passage(1, 0, 53), quality="peer_reviewed"))


class ScriptedIndex(ActiveIndex):
    """Returns its passages and records what was searched."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = list(passages)
        self.asked: list[tuple[list[str], Filters | None, PageContext | None]] = []

    async def retrieve(
        self,
        texts: Sequence[QueryText],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> tuple[Retrieval, OpenIndex]:
        self.cited = cited
        self.asked.append(([text.text for text in texts], filters, page))
        shape = IndexShape("local/minilm", 384, "english")
        retriever = cast(SectionRetriever, None)
        return Retrieval(self.passages, {"embed_ms": 1.0}), OpenIndex("handbook-f1", "f1", shape, retriever)


class ScriptedAnswerer:
    """Plays its parts; an exception among them is raised there. Knows whether it was closed."""

    quotes_only = False

    def __init__(self, *parts: AnswerPart | Exception) -> None:
        self.parts = parts
        self.closed = False
        self.asked: list[dict[str, Any]] = []

    def parameters(self) -> dict[str, Any]:
        return {"seed": 7}

    def order(self, question: Question, passages: Sequence[Passage]) -> Sequence[int]:
        return range(len(passages))

    async def stream(
        self, question: Question, passages: Sequence[Passage], parameters: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[AnswerPart, None]:
        self.asked.append(dict(parameters or {}))
        try:
            for part in self.parts:
                if isinstance(part, Exception):
                    raise part
                yield part
        finally:
            self.closed = True


GENERATED = Generated(
    "vendor/model",
    Usage(prompt_tokens=10, completion_tokens=5, calls=1, cost=0.25),
    details={"generation_id": "gen-1"},
)
RIGHT = TextDelta("BM25 saturates the weight of a repeated term. [1]")


def build_engine(
    answerer: ScriptedAnswerer, passages: Sequence[Passage] = PASSAGES, **changes: Any
) -> tuple[ChatEngine, ScriptedIndex]:
    index = ScriptedIndex(passages)
    parts = EngineParts(
        spec=SPEC,
        index=index,
        answerer=answerer,
        verifier=LexicalVerifier(),
        refusal=RefusalModel.from_file(),
        refusal_threshold=0.0,
    )
    return ChatEngine(replace(parts, **changes)), index


async def play(engine: ChatEngine, question: Question = Question("What saturates the weight?")) -> list[Event]:
    return [event async for event in engine.stream(question)]


def answer_of(events: Sequence[Event]) -> Answer:
    assert isinstance(events[-1], Finished)
    return events[-1].answer


async def test_events_come_in_order_and_the_answer_is_their_sum() -> None:
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    events = await play(engine)
    kinds = [type(event) for event in events]
    assert kinds[0] is Retrieved
    assert kinds[-1] is Finished
    assert set(kinds[1:-1]) == {TextDelta, ClaimChecked}
    answer = answer_of(events)
    assert answer.text == RIGHT.text == "".join(e.text for e in events if isinstance(e, TextDelta))
    assert [claim.status for claim in answer.claims] == ["supported"]
    assert [source.id for source in answer.sources] == ["1"]
    assert (answer.status, answer.model, answer.usage) == ("answered", "vendor/model", GENERATED.usage)
    assert index.asked[0][0] == ["What saturates the weight?"]
    assert {"retrieval_ms", "embed_ms", "first_token_ms", "total_ms"} <= answer.timings.keys()


async def test_only_cited_sources_are_kept_and_quality_is_flagged() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    assert answer_of(await play(engine)).flags == ("not_peer_reviewed",)
    engine, _ = build_engine(ScriptedAnswerer(TextDelta("BM25 saturates the weight [2]."), GENERATED))
    assert answer_of(await play(engine)).flags == ()


@pytest.mark.parametrize(("passages", "threshold", "reason"), [((), 0.0, NO_PASSAGES), (PASSAGES, 1.0, UNLIKELY)])
async def test_a_refusal_asks_no_model_and_names_the_closest(
    passages: Sequence[Passage], threshold: float, reason: str
) -> None:
    answerer = ScriptedAnswerer(RIGHT, GENERATED)
    engine, _ = build_engine(answerer, passages, refusal_threshold=threshold)
    events = await play(engine)
    assert [type(event) for event in events] == [Retrieved, Refused, Finished]
    assert isinstance(events[1], Refused)
    assert events[1].reason == reason
    answer = answer_of(events)
    assert (answer.status, answer.sources, answer.claims) == ("refused", (), ())
    assert len(answer.closest) == len(passages)
    assert not answerer.closed, "never started"


async def test_a_model_that_finds_nothing_is_a_refusal() -> None:
    said = TextDelta("The passages do not contain an answer to this.")
    engine, _ = build_engine(ScriptedAnswerer(said, GENERATED))
    answer = answer_of(await play(engine))
    assert (answer.status, answer.sources) == ("refused", ())
    assert answer.closest


async def test_a_cut_answer_is_partial() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, replace(GENERATED, finish_reason="length")))
    answer = answer_of(await play(engine))
    assert answer.status == "partial"
    assert "truncated" in answer.flags


async def test_restarts_pass_through_before_the_first_word() -> None:
    engine, _ = build_engine(ScriptedAnswerer(Restarted("vendor/second"), RIGHT, GENERATED))
    assert [type(event) for event in await play(engine)][:3] == [Retrieved, Restarted, TextDelta]


async def test_a_failing_vendor_ends_the_stream_with_failed() -> None:
    error = VendorBroken("openrouter is broken", vendor="openrouter")
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, error))
    events = await play(engine)
    assert events[-1] == Failed(error)
    assert not any(isinstance(event, Finished) for event in events)


async def test_a_reader_who_leaves_closes_the_vendor_at_once() -> None:
    answerer = ScriptedAnswerer(RIGHT, RIGHT, GENERATED)
    engine, _ = build_engine(answerer)
    stream = engine.stream(Question("What saturates the weight?"))
    async for event in stream:
        if isinstance(event, TextDelta):
            break
    await stream.aclose()
    assert answerer.closed


async def test_strict_withholds_what_is_not_carried() -> None:
    wrong = TextDelta("BM25 saturates the weight of a repeated term. [1] Bananas grow in 1234 gardens of Peru [1].")
    engine, _ = build_engine(ScriptedAnswerer(wrong, GENERATED), spec=STRICT)
    answer = answer_of(await play(engine))
    assert "Bananas" not in answer.text
    assert answer.status == "partial"
    assert "sentences_withheld" in answer.flags


async def test_strict_that_lets_nothing_out_refuses() -> None:
    wrong = TextDelta("Bananas grow in 1234 gardens of Peru [1].")
    engine, _ = build_engine(ScriptedAnswerer(wrong, GENERATED), spec=STRICT)
    events = await play(engine)
    assert [type(event) for event in events] == [Retrieved, Refused, Finished]
    answer = answer_of(events)
    assert (answer.status, answer.claims, answer.sources) == ("refused", (), ())
    assert answer.text == "".join(event.text for event in events if isinstance(event, Refused))
    assert answer.closest
    assert answer.flags == (WITHHELD,)
    assert (answer.model, answer.usage) == ("vendor/model", GENERATED.usage), "it was paid for all the same"


class DownVerifier:
    """Judges nothing, as one whose vendor is down."""

    weights_hash = "down"

    def __init__(self, *, slow: bool) -> None:
        self.slow = slow

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        return [NOT_EVALUATED for _ in claims]


@pytest.mark.parametrize("slow", [True, False])
async def test_flag_says_that_nobody_judged(slow: bool) -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), verifier=DownVerifier(slow=slow))
    answer = answer_of(await play(engine))
    assert (answer.status, answer.text) == ("answered", RIGHT.text)
    assert [claim.status for claim in answer.claims] == ["not_evaluated"]
    assert NOT_EVALUATED_FLAG in answer.flags


async def test_strict_does_not_call_it_a_refusal_when_nobody_judged() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), verifier=DownVerifier(slow=True), spec=STRICT)
    events = await play(engine)
    assert not any(isinstance(event, TextDelta | Refused | Finished) for event in events)
    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, VendorBroken)


async def test_off_is_no_failure_of_a_verifier() -> None:
    off = SPEC.model_copy(update={"grounding": "off"})
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), verifier=DownVerifier(slow=False), spec=off)
    assert NOT_EVALUATED_FLAG not in answer_of(await play(engine)).flags


async def test_a_follow_up_that_no_model_condensed_says_so() -> None:
    question = Question(
        "And what about it?",
        (HistoryMessage("user", "How does BM25 weigh terms?"), HistoryMessage("assistant", "Well.")),
    )
    broken = ScriptedLlm(max_tokens=None).play(VendorBroken("down", vendor="openrouter"))
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), condense_llm=broken)
    finished = (await play(engine, question))[-1]
    assert isinstance(finished, Finished)
    assert FOLLOW_UP_BY_RULE in finished.answer.flags
    assert finished.provenance["condensed_by"] == "local_after_llm_failed"
    assert finished.provenance["condense_failure"] == "VendorBroken"


async def test_a_follow_up_is_searched_for_sooner_where_the_answer_before_was_found_and_recorded_with_that() -> None:
    cited = ("https://docs.example/ranking#bm25",)
    history = (HistoryMessage("user", "How does BM25 weigh terms?"), HistoryMessage("assistant", "So.", cited))
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    finished = (await play(engine, Question("What about it?", history)))[-1]
    assert isinstance(finished, Finished)
    assert index.cited == cited
    recorded = finished.provenance["question"]
    assert read_question(recorded).history == history
    assert read_question({**recorded, "history": [["user", "Why?"]]}).history == (HistoryMessage("user", "Why?"),)


async def test_a_long_answer_before_does_not_cost_the_follow_up_its_history() -> None:
    long = (HistoryMessage("user", "How does BM25 weigh terms?"), HistoryMessage("assistant", "So it is. " * 2_000))
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    finished = (await play(engine, Question("What about it?", long)))[-1]
    assert isinstance(finished, Finished)
    assert "How does BM25 weigh terms?" in " ".join(index.asked[0][0])
    history = finished.provenance["question"]["history"]
    assert [role for role, *_ in history] == ["user", "assistant"]
    assert len(history[1][1]) == MAX_MESSAGE_CHARS


async def test_what_is_cut_off_is_traced_too() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, VendorBroken("x", vendor="openrouter")))
    first = (await play(engine))[0]
    assert isinstance(first, Retrieved)
    assert first.provenance["collection"] == "handbook-f1"


async def test_provenance_says_what_made_the_answer() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    finished = (await play(engine))[-1]
    assert isinstance(finished, Finished)
    provenance = finished.provenance
    assert (provenance["collection"], provenance["fingerprint"]) == ("handbook-f1", "f1")
    assert [one["node_id"] for one in provenance["retrieved"]] == ["0", "1"]
    assert provenance["finish_reason"] == "stop"
    assert provenance["prompt_version"]
    assert provenance["parameters"] == {"seed": 7}
    assert provenance["vendor"] == {"generation_id": "gen-1"}
    assert provenance["verifier_weights"] == LexicalVerifier().weights_hash
    assert provenance["refusal_weights"] == RefusalModel.from_file().weights_hash
    assert json.loads(json.dumps(provenance)) == provenance


async def test_filters_page_and_history_reach_retrieval() -> None:
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    question = Question(
        "What about it?",
        history=(HistoryMessage("user", "How does BM25 weigh terms?"), HistoryMessage("assistant", "It saturates.")),
        page=PageContext("https://example.org/p"),
        filters=Filters(source_quality=("official",)),
    )
    await play(engine, question)
    texts, filters, page = index.asked[0]
    assert "What about it?" in " ".join(texts)
    assert "How does BM25 weigh terms?" in " ".join(texts)
    assert (filters, page) == (question.filters, question.page)


async def test_it_is_a_llama_index_query_engine() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    response = await engine.as_query_engine().aquery("What saturates the weight?")
    assert str(response) == RIGHT.text
    assert [node.node.metadata["url"] for node in response.source_nodes] == ["https://example.org/p#0"]
    engine, _ = build_engine(ScriptedAnswerer(VendorBroken("x", vendor="openrouter")))
    with pytest.raises(VendorBroken):
        await engine.as_query_engine().aquery("What saturates the weight?")


class NamedProduct(SiteProduct):
    """A name that nobody has to look for."""

    def __init__(self, name: str) -> None:
        super().__init__(SPEC.model_copy(update={"product": name}), cast(Database, None))


async def test_a_first_question_s_it_is_searched_and_checked_as_the_product() -> None:
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED), product=NamedProduct("Osprey"))
    events = await play(engine, Question("How do I install it?"))
    assert index.asked[0][0] == ["How do I install Osprey?"]
    assert isinstance(events[-1], Finished)
    assert events[-1].provenance["queries"][0][0] == "How do I install Osprey?"


async def test_a_follow_up_s_it_is_what_was_said_before() -> None:
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED), product=NamedProduct("Osprey"))
    history = (HistoryMessage("user", "What is BM25?"), HistoryMessage("assistant", "A weighting."))
    await play(engine, Question("How do I install it?", history))
    assert all("Osprey" not in text for text in index.asked[0][0])


async def test_a_quoted_heading_is_searched_for_alone_and_never_refused() -> None:
    passage = build_passage("Anything at all.", title="Guide", heading="Odds and ends", dense=0.0, bm25=0.0)
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED), [passage], refusal_threshold=0.99)
    events = await play(engine, Question("What does the documentation say about “Odds and ends”?"))
    assert index.asked[0][0] == ["Odds and ends"]
    assert not any(isinstance(event, Refused) for event in events)


class ForgettingIndex(ScriptedIndex):
    """Finds its passages for all but one text."""

    async def retrieve(self, texts: Sequence[QueryText], **options: Any) -> tuple[Retrieval, OpenIndex]:
        found, index = await super().retrieve(texts, **options)
        return (Retrieval([], {}) if texts[0].text == "Lost" else found), index


async def test_small_talk_suggests_only_what_is_not_refused() -> None:
    passages = [build_passage("x", title=title, heading=title) for title in ("Lost", "Install")]
    engine, _ = build_engine(ScriptedAnswerer(), index=ForgettingIndex(passages), refusal_threshold=0.5)
    text = answer_of(await play(engine, Question("hello"))).text
    assert "“Install”" in text
    assert "“Lost”" not in text
