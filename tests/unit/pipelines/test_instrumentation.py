"""What observability that is built on LlamaIndex sees of an answer: spans that lie in each other, and events."""

from contextlib import aclosing

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.instrumentation.events.chat_engine import StreamChatDeltaReceivedEvent, StreamChatErrorEvent
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent
from llama_index_instrumentation.span import active_span_id

from pipelines.errors import VendorBroken
from pipelines.events import Failed, Finished, TextDelta
from pipelines.instrumentation import is_watched, unless_watched
from pipelines.types import Question
from tests.support.llama_events import listening
from tests.unit.pipelines.answering.test_chat_engine import (
    GENERATED,
    RIGHT,
    ScriptedAnswerer,
    answer_of,
    build_engine,
    play,
)
from tests.unit.pipelines.retrieval.test_retriever import dense, retriever, store_of

QUESTION = Question("What saturates the weight?")


def test_nobody_listens_by_default() -> None:
    assert not is_watched()
    with listening():
        assert is_watched()
    assert not is_watched()


async def test_a_method_of_llama_index_s_has_its_span_only_where_somebody_listens() -> None:
    embedded: list[str | None] = []

    class Embedding(MockEmbedding):
        async def aget_query_embedding(self, query: str) -> list[float]:
            embedded.append(active_span_id.get())
            return [0.0]

    model = Embedding(embed_dim=1)
    with listening():
        assert await unless_watched(model.aget_query_embedding)("Why?") == [0.0]
    assert await unless_watched(model.aget_query_embedding)("Why?") == [0.0]
    assert embedded[0] is not None
    assert embedded[1] is None


async def test_an_answer_is_a_span_with_its_text_as_events() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    unheard = await play(engine, QUESTION)
    with listening() as (heard, spans):
        events = await play(engine, QUESTION)
    assert [type(event) for event in events] == [type(event) for event in unheard], "being heard changes nothing"
    deltas = [event.delta for event in heard.events if isinstance(event, StreamChatDeltaReceivedEvent)]
    assert deltas == [event.text for event in events if isinstance(event, TextDelta)]
    wanted = ["StreamChatStartEvent", *["StreamChatDeltaReceivedEvent"] * len(deltas), "StreamChatEndEvent"]
    assert heard.names() == wanted
    (span,) = spans.completed_spans
    assert span.id_.startswith("ChatEngine.stream-")
    assert {event.span_id for event in heard.events} == {span.id_}
    assert answer_of(events).status == "answered"


async def test_the_query_engines_span_holds_the_answers() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    with listening() as (heard, spans):
        response = await engine.as_query_engine().aquery(QUESTION.text)
    assert isinstance(response, Response)
    by_id = {span.id_: span for span in spans.completed_spans}
    (answer,) = (span for name, span in by_id.items() if name.startswith("ChatEngine.stream-"))
    parents = []
    parent = answer.parent_id
    while parent is not None:
        parents.append(parent.partition("-")[0])
        parent = by_id[parent].parent_id
    assert parents == ["FootnotedQueryEngine._aquery", "FootnotedQueryEngine.aquery"]
    assert heard.names()[0] == "QueryStartEvent"
    assert heard.names()[-1] == "QueryEndEvent"


async def test_a_search_tells_what_it_found_each_time() -> None:
    searching = retriever(dense(("a", 0.9)))
    store_of(searching).written = 1
    for _ in range(2):  # the second is remembered
        with listening() as (heard, spans):
            retrieval = await searching.retrieve_passages(["why?"])
        told = [event for event in heard.events if isinstance(event, RetrievalEndEvent)]
        assert [[node.node.node_id for node in event.nodes] for event in told] == [["a"]]
        assert told[0].nodes[0].score == retrieval.passages[0].score
        assert told[0].nodes[0].node.metadata["url"] == retrieval.passages[0].url
        assert "SectionRetriever.retrieve_passages" in {span.id_.partition("-")[0] for span in spans.completed_spans}
    assert len(store_of(searching).asked) == 1


async def test_what_fails_is_told_and_drops_the_span() -> None:
    error = VendorBroken("down", vendor="openrouter")
    engine, _ = build_engine(ScriptedAnswerer(error))
    with listening() as (heard, spans):
        events = await play(engine, QUESTION)
    assert isinstance(events[-1], Failed)
    assert [event.exception for event in heard.events if isinstance(event, StreamChatErrorEvent)] == [error]
    assert (len(spans.completed_spans), len(spans.dropped_spans), spans.open_spans) == (0, 1, {})


async def test_a_reader_who_leaves_drops_the_span_and_closes_the_answerer() -> None:
    answerer = ScriptedAnswerer(RIGHT, GENERATED)
    engine, _ = build_engine(answerer)
    with listening() as (heard, spans):
        async with aclosing(engine.stream(QUESTION)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
    assert answerer.closed
    assert "StreamChatEndEvent" not in heard.names()
    assert (len(spans.dropped_spans), spans.open_spans) == (1, {})


async def test_the_reader_of_a_stream_is_outside_of_its_span() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    with listening():
        async for event in engine.stream(QUESTION):
            assert active_span_id.get() is None, event
    assert isinstance(event, Finished)


async def test_a_handler_that_raises_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    with listening() as (heard, _):
        monkeypatch.setattr(type(heard), "handle", lambda *_, **__: 1 / 0)
        events = await play(engine, QUESTION)
    assert answer_of(events).status == "answered"
