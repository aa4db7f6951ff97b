"""The chat engine in LlamaIndex's shape, for its evaluators, its agents and the observability that is built on it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.instrumentation.events.chat_engine import (
    StreamChatDeltaReceivedEvent,
    StreamChatEndEvent,
    StreamChatErrorEvent,
    StreamChatStartEvent,
)
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from pipelines.events import Event, Failed, Finished, TextDelta
from pipelines.instrumentation import call_span
from pipelines.retrieval.section_store import run_to_end
from pipelines.types import Answer, Question, Source


class FootnotedQueryEngine(BaseQueryEngine):
    """One question without history. `source_nodes` are the cited sections; `metadata["answer"]` is the whole Answer."""

    def __init__(self, stream: Callable[[Question], AsyncIterator[Event]]) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._stream = stream

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        """Raises what the engine failed with."""
        async for event in self._stream(Question(query_bundle.query_str)):
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Finished):
                return _response(event.answer)
        raise RuntimeError("the engine ended without an answer")

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        """For notebooks over the embedded stores; elsewhere use `aquery`."""
        return run_to_end(lambda: self._aquery(query_bundle))


async def observed_answer(
    stream: Callable[[Question], AsyncIterator[Event]], question: Question, events: AsyncGenerator[Event, None]
) -> AsyncGenerator[Event, None]:
    """The events of an answer, told to LlamaIndex's instrumentation as its chat engines tell theirs.

    The span is named after `stream`, the engine's method; it is dropped where the reader leaves before the end.
    """
    last: Event | None = None
    with call_span(stream, question) as span:
        span.tell(StreamChatStartEvent)
        async with aclosing(span.steps(events)) as steps:
            async for event in steps:
                if isinstance(event, Finished | Failed):
                    last = event
                    continue
                if isinstance(event, TextDelta):
                    span.tell(StreamChatDeltaReceivedEvent, delta=event.text)
                yield event
        if isinstance(last, Finished):
            span.result = _response(last.answer)
            span.tell(StreamChatEndEvent)
        elif isinstance(last, Failed):
            span.error = last.error
            span.tell(StreamChatErrorEvent, exception=last.error)
    if last is not None:
        yield last


def _response(answer: Answer) -> Response:
    nodes = [
        NodeWithScore(node=TextNode(text=source.text, metadata=_metadata(source)), score=None)
        for source in answer.sources
    ]
    return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer})


def _metadata(source: Source) -> dict[str, Any]:
    return {"id": source.id, "url": source.url, "title": source.title, "heading_path": list(source.heading_path)}
