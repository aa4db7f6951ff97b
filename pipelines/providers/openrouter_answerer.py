"""Answers from passages, by a model behind OpenRouter."""

import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMChatInProgressEvent, LLMChatStartEvent

from pipelines.answering.answerer import AnswerPart
from pipelines.events import TextDelta
from pipelines.instrumentation import call_span, is_watched
from pipelines.prompts import answer_messages
from pipelines.providers.openrouter import OpenRouterLLM, RoutedGeneration, chat_response
from pipelines.types import Passage, Question
from pipelines.voice_spec import VoiceSpec

_SEEDS = 2**31  # what every provider's integer holds


class OpenRouterAnswerer:
    """Answers from passages through an OpenRouterLLM; see pipelines.answering.answerer.Answerer."""

    quotes_only = False

    def __init__(self, llm: OpenRouterLLM, voice: VoiceSpec = VoiceSpec()) -> None:
        self._llm = llm
        self._voice = voice

    def parameters(self) -> dict[str, Any]:
        """Temperature, bound of tokens, and a new seed: providers without one ignore it."""
        return {
            "temperature": self._llm.temperature,
            "max_tokens": self._llm.max_tokens,
            "seed": secrets.randbelow(_SEEDS),
        }

    def order(self, question: Question, passages: Sequence[Passage]) -> Sequence[int]:
        """By rank: what a model cites first is not known before."""
        return range(len(passages))

    def stream(
        self, question: Question, passages: Sequence[Passage], parameters: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[AnswerPart, None]:
        """As `Answerer` says; LlamaIndex's instrumentation is told where it has handlers."""
        messages = answer_messages(question, passages, self._voice)
        parts = self._llm.stream_parts(messages, **(parameters or {}))
        return self._observed(messages, parts, dict(parameters or {})) if is_watched() else parts

    async def _observed(
        self, messages: Sequence[ChatMessage], parts: AsyncGenerator[AnswerPart, None], parameters: dict[str, Any]
    ) -> AsyncGenerator[AnswerPart, None]:
        """The parts, told as LlamaIndex tells of a streamed chat: each text so far, and the tokens at the end."""
        text = ""
        model = {"class_name": self._llm.class_name(), "model": ", ".join(self._llm.models)}
        with call_span(self._llm.stream_parts, messages) as span:
            span.tell(LLMChatStartEvent, messages=messages, additional_kwargs=parameters, model_dict=model)
            async with aclosing(span.steps(parts)) as steps:
                async for part in steps:
                    if isinstance(part, TextDelta):
                        text += part.text
                        span.tell(LLMChatInProgressEvent, messages=messages, response=chat_response(text, part.text))
                    elif isinstance(part, RoutedGeneration):
                        span.result = chat_response(text, "", part)
                        span.tell(LLMChatEndEvent, messages=messages, response=span.result)
                    yield part
