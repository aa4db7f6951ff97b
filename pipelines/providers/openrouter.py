"""Remote models through OpenRouter, as a LlamaIndex LLM.

Models are tried in our own order rather than with OpenRouter's `models` parameter: the reader is told of each
restart, each model has its own circuit, and our timers decide when a model is too slow, before its first token only.
OpenRouter still chooses among the providers of one model, as the `provider` options say.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import httpx
import structlog
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    CompletionResponseAsyncGen,
    MessageRole,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.llms.openai.utils import to_openai_message_dicts
from llama_index.llms.openrouter import OpenRouter
from opentelemetry.trace import SpanKind

from pipelines.answering.answerer import AnswerPart, Generated
from pipelines.errors import VendorBroken, VendorBusy, VendorError, VendorRefused, VendorTimeout
from pipelines.events import Restarted, TextDelta
from pipelines.providers.circuit import Circuit, CircuitLimits
from pipelines.providers.openrouter_stream import (
    VENDOR,
    CompletionStream,
    OpenRouterRequest,
    ReadPace,
    StreamLimits,
    open_completion,
)
from pipelines.providers.vendor_calls import RetryPolicy, bearer, build_http_client
from pipelines.tracing import long_stage
from pipelines.types import Usage

DEFAULT_API_BASE = "https://openrouter.ai/api/v1"

# A wrong key or missing credit concerns every model; trying the next one would only hide it.
_CONCERNS_EVERY_MODEL = {401, 402}
# What LlamaIndex's tool calling and audio need of a stream is not read here: those calls take the parent's way.
_LEFT_TO_THE_PARENT = {"tools", "functions", "modalities", "audio"}

log = structlog.get_logger()
_opened: ContextVar[list[AsyncGenerator[Any, None]]] = ContextVar("openrouter_streams_opened_by_one_call")


@dataclass(frozen=True, slots=True)
class RoutedGeneration(Generated):
    """A finished completion; `details` are OpenRouter's `generation_id` and `provider`, None where it did not say.

    `first_token_ms` runs from the first attempt's start.
    """

    first_token_ms: float = 0.0


@dataclass(slots=True)
class _Run:
    """One question's way through models and attempts. Times are the loop's."""

    body: dict[str, Any]
    headers: dict[str, str]
    started_at: float
    ends_at: float
    calls: int = 0
    spoke: bool = False
    first_token_ms: float = 0.0


class OpenRouterLLM(OpenRouter):
    """LlamaIndex's OpenRouter with a streaming of our own; `models` are tried in order before the first token.

    Every async method streams underneath, so the same timers, retries and circuits hold for all of them, and raises
    VendorError. Calls with tools, and LlamaIndex's sync methods, are the parent's: one attempt, the vendor's errors.
    The object belongs to one event loop; `aclose` closes its HTTP client, unless that was passed in.
    """

    models: tuple[str, ...] = Field(default=(), description="OpenRouter models, tried in order.")
    api_key: str | None = Field(default=None, repr=False, exclude=True)

    _http: httpx.AsyncClient = PrivateAttr()
    _owns_client: bool = PrivateAttr()
    _stream_limits: StreamLimits = PrivateAttr()
    _retries: RetryPolicy = PrivateAttr()
    _circuits: dict[str, Circuit] = PrivateAttr()
    _pace: ReadPace = PrivateAttr(default_factory=ReadPace)

    def __init__(
        self,
        models: Sequence[str],
        *,
        api_key: str,
        api_base: str = DEFAULT_API_BASE,
        http_client: httpx.AsyncClient | None = None,
        limits: StreamLimits | None = None,
        retries: RetryPolicy | None = None,
        circuit_limits: CircuitLimits | None = None,
        **options: Any,
    ) -> None:
        """The models in the order in which they are tried.

        `options` are LlamaIndex's: max_tokens, temperature, context_window, order, allow_fallbacks,
        additional_kwargs={"extra_body": {"provider": {...}}} and so on.

        Raises ConfigurationError for an unusable key, ValueError for no model.
        """
        if not models:
            raise ValueError("at least one model is needed")
        bearer(api_key, "OPENROUTER_API_KEY")
        limits = limits or StreamLimits()
        client = http_client or build_http_client()
        options = {"max_tokens": 1024, "context_window": 32_000, "timeout": limits.total, "max_retries": 0, **options}
        super().__init__(
            model=models[0], api_key=api_key, api_base=api_base.rstrip("/"), async_http_client=client, **options
        )
        self.models = tuple(dict.fromkeys(models))
        self._http, self._owns_client = client, http_client is None
        self._stream_limits = limits
        self._retries = retries or RetryPolicy(attempts=2)
        self._circuits = {model: Circuit(circuit_limits) for model in self.models}

    @classmethod
    def class_name(cls) -> str:
        """As LlamaIndex names the class in what it serialises."""
        return "OpenRouterLLM"

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """The circuits by what they lead to."""
        return {f"{VENDOR} {model}": circuit for model, circuit in self._circuits.items()}

    async def aclose(self) -> None:
        """Closes the HTTP client that this object made."""
        if self._owns_client:
            await self._http.aclose()

    async def stream_parts(self, messages: Sequence[ChatMessage], **kwargs: Any) -> AsyncGenerator[AnswerPart, None]:
        """Deltas, `Restarted` before each further model, and a `RoutedGeneration` at the end.

        `kwargs` are further keys of the request's body. Raises the VendorError of the last model when none answered.
        Closing the generator closes the connection at once.
        """
        run = self._start(messages, kwargs)
        for model in self.models:
            if model != self.models[0]:
                yield Restarted(model)
            is_last = model == self.models[-1]
            try:
                async with aclosing(self._stream_model(model, run, waits=is_last)) as parts:
                    async for part in parts:
                        yield part
                return
            except VendorError as error:
                if is_last or run.spoke or error.status in _CONCERNS_EVERY_MODEL:
                    raise

    async def _stream_model(self, model: str, run: _Run, *, waits: bool) -> AsyncGenerator[AnswerPart, None]:
        """One model with its attempts. A busy or slow one is tried again only where no other is left (`waits`)."""
        attempts = 0
        while True:
            attempts += 1
            try:
                async with aclosing(self._attempt(model, run)) as parts:
                    async for part in parts:
                        yield part
                return
            except VendorError as error:
                log.warning("model failed", attempt=attempts, error=type(error).__name__, detail=str(error))
                delay = self._retries.delay(attempts, error)
                moves_on = not waits and isinstance(error, VendorBusy | VendorTimeout)
                if run.spoke or moves_on or self._circuits[model].blocked_for() > 0:
                    raise
                if delay is None or _now() + delay >= run.ends_at:
                    raise
            await asyncio.sleep(delay)

    async def _attempt(self, model: str, run: _Run) -> AsyncGenerator[AnswerPart, None]:
        circuit = self._circuits[model]
        if wait := circuit.blocked_for():
            raise VendorBusy(f"{VENDOR} model {model} is left alone for now", vendor=VENDOR, retry_after=wait)
        request = self._request(model, run)
        call = circuit.enter()
        run.calls += 1
        began = _now()
        try:
            with long_stage(f"chat {model}", SpanKind.CLIENT) as span:
                span.set_attributes(_asked(model))
                async with (
                    open_completion(self._http, request, self._pace) as stream,
                    aclosing(stream.texts()) as texts,
                ):
                    async for text in texts:
                        if not run.spoke:
                            run.spoke, run.first_token_ms = True, (_now() - run.started_at) * 1000
                            span.set_attribute("gen_ai.response.time_to_first_chunk", _now() - began)
                            call.answered()
                        yield TextDelta(text)
                finished = _finished(model, stream, run)
                span.set_attributes(_answered(finished))
            call.succeed()
        except VendorRefused:
            raise
        except VendorError:
            call.fail()
            raise
        finally:
            call.leave()
        yield finished

    def _request(self, model: str, run: _Run) -> OpenRouterRequest:
        return OpenRouterRequest(
            url=f"{self.api_base}/chat/completions",
            headers=run.headers,
            body={**run.body, "model": model},
            stall=self._stream_limits.stall,
            first_by=min(run.ends_at, _now() + self._stream_limits.first_token),
            ends_at=run.ends_at,
        )

    def _start(self, messages: Sequence[ChatMessage], kwargs: Mapping[str, Any]) -> _Run:
        options = self._get_model_kwargs(stream=True, **kwargs)
        headers = {"authorization": bearer(self.api_key or "", "OPENROUTER_API_KEY"), **(self.default_headers or {})}
        headers |= options.pop("extra_headers", None) or {}
        extra = options.pop("extra_body", None) or {}
        asked = {name: value for name, value in kwargs.items() if name not in ("extra_headers", "extra_body")}
        body = {
            # Left on, a prompt that is too long for the model would silently lose its middle: the passages.
            "plugins": [{"id": "context-compression", "enabled": False}],
            # Without effect today, since usage always comes; gateways in between may still want it.
            "usage": {"include": True},
            **options,
            **extra,
            **asked,  # LlamaIndex lets the object's max_tokens win over the call's
            "messages": to_openai_message_dicts(messages, model=self.model),
        }
        now = _now()
        return _Run(body=body, headers=headers, started_at=now, ends_at=now + self._stream_limits.total)

    # LlamaIndex's interface: its public async methods add callbacks and call these.

    async def _achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        if _LEFT_TO_THE_PARENT & kwargs.keys():
            return cast(ChatResponse, await super()._achat(messages, **kwargs))
        texts: list[str] = []
        async with aclosing(self.stream_parts(messages, **kwargs)) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    texts.append(part.text)
                elif isinstance(part, RoutedGeneration):
                    return chat_response("".join(texts), "", part)
        raise AssertionError("a stream ends with its generation or raises")

    async def _astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        if _LEFT_TO_THE_PARENT & kwargs.keys():
            return cast(ChatResponseAsyncGen, await super()._astream_chat(messages, **kwargs))
        responses = self._responses(messages, kwargs)
        if (opened := _opened.get(None)) is not None:
            opened.append(responses)
        return responses

    async def _responses(
        self, messages: Sequence[ChatMessage], kwargs: Mapping[str, Any]
    ) -> AsyncGenerator[ChatResponse, None]:
        text = ""
        async with aclosing(self.stream_parts(messages, **kwargs)) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    text += part.text
                    yield chat_response(text, part.text)
                elif isinstance(part, RoutedGeneration):
                    yield chat_response(text, "", part)

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """As LlamaIndex's, but closing it closes the connection at once."""
        return await _closed_with_its_source(super().astream_chat(messages, **kwargs))

    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:
        """As LlamaIndex's, but closing it closes the connection at once."""
        return await _closed_with_its_source(super().astream_complete(prompt, formatted, **kwargs))


async def _closed_with_its_source(opening: Awaitable[AsyncGenerator[Any, None]]) -> AsyncGenerator[Any, None]:
    opened: list[AsyncGenerator[Any, None]] = []
    token = _opened.set(opened)
    try:
        return _closing(await opening, opened)
    finally:
        _opened.reset(token)


async def _closing(
    outer: AsyncGenerator[Any, None], opened: Sequence[AsyncGenerator[Any, None]]
) -> AsyncGenerator[Any, None]:
    """LlamaIndex's callback wrappers do not close what they wrap: it would go on until garbage is collected."""
    try:
        async for response in outer:
            yield response
    finally:
        await outer.aclose()
        for inner in opened:
            await inner.aclose()


def chat_response(text: str, delta: str, generation: RoutedGeneration | None = None) -> ChatResponse:
    """The text so far as LlamaIndex's response; with a generation, its counts of tokens and its cost."""
    message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
    if generation is None:
        return ChatResponse(message=message, delta=delta)
    usage = generation.usage
    counts: dict[str, float | None] = {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
    }
    counts["total_tokens"] = usage.prompt_tokens + usage.completion_tokens
    counts["calls"], counts["cost"] = usage.calls, usage.cost
    return ChatResponse(message=message, delta=delta, raw=asdict(generation), additional_kwargs=counts)


def _finished(model: str, stream: CompletionStream, run: _Run) -> RoutedGeneration:
    """What a complete stream amounts to. Raises where it holds no text: the next model may do better."""
    if not run.spoke and stream.finish_reason == "content_filter":
        raise VendorRefused(f"{VENDOR} model {model} withheld its answer", vendor=VENDOR, status=200)
    if not run.spoke:
        raise VendorBroken(f"{VENDOR} model {model} gave an empty answer", vendor=VENDOR, status=200)
    return RoutedGeneration(
        model=stream.model or model,
        usage=replace(stream.usage or Usage(), calls=run.calls),
        finish_reason=stream.finish_reason or "stop",
        details={"generation_id": stream.generation_id, "provider": stream.provider},
        first_token_ms=run.first_token_ms,
    )


def _asked(model: str) -> dict[str, str]:
    return {"gen_ai.operation.name": "chat", "gen_ai.provider.name": VENDOR, "gen_ai.request.model": model}


def _answered(generation: RoutedGeneration) -> dict[str, str | int | list[str]]:
    return {
        "gen_ai.response.model": generation.model,
        "gen_ai.response.id": generation.details.get("generation_id") or "",
        "gen_ai.response.finish_reasons": [generation.finish_reason],
        "gen_ai.usage.input_tokens": generation.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": generation.usage.completion_tokens,
    }


def _now() -> float:
    return asyncio.get_running_loop().time()
