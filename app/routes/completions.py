"""OpenAI's protocol: `POST /v1/chat/completions`, and the corpora as models."""

import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.requests import HTTPConnection

from app.auth.callers import Caller
from app.conversations.chat import Ask, OpenTurn
from app.conversations.client_chats import conversation_of
from app.dependencies import AppState, StateDep, admit, check_role, count_caller, seen_corpora
from app.errors import FieldProblem, InvalidRequest, NotSignedIn
from app.limits.addresses import queue_of
from app.schemas.completions import (
    CompletionBody,
    CompletionErrorBody,
    CompletionRequest,
    ModelBody,
    ModelsBody,
)
from app.schemas.scopes import read_place
from app.wires.native import server_timing
from app.wires.openai import ChunkStream, Completion, dump_completion
from app.wires.streaming import EventStream, unless_gone
from pipelines.corpus import choose_corpus
from pipelines.types import Audience, HistoryMessage

router = APIRouter(tags=["openai"])
# OpenAI's clients refuse to start without a key, so people write "none" or "unused". No credential of ours is so short.
_PLACEHOLDER_CHARS = 20
_MAX_CONVERSATION_ID = 200
_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": CompletionErrorBody} for code in (400, 401, 403, 404, 409, 413, 429, 503)
} | {"default": {"model": CompletionErrorBody, "description": "Any other failure"}}
_MODEL_ERRORS: dict[int | str, dict[str, Any]] = {code: _ERRORS[code] for code in (401, 403, "default")}


async def read_reader(request: HTTPConnection, state: StateDep) -> Caller:
    """Who is asking, counted as one request of theirs. Raises NotSignedIn, RoleMissing and LimitReached."""
    caller = await count_caller(request, state, lambda: _identify(request, state))
    check_role(caller, "reader")
    return caller


async def _identify(request: HTTPConnection, state: AppState) -> Caller:
    """A placeholder instead of a key is as none."""
    try:
        return await state.authenticator.identify(request)
    except NotSignedIn:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or len(token.strip()) >= _PLACEHOLDER_CHARS:
            raise
        headers = [(name, value) for name, value in request.scope["headers"] if name != b"authorization"]
        return await state.authenticator.identify(HTTPConnection({**request.scope, "headers": headers}))


ReaderDep = Annotated[Caller, Depends(read_reader)]


async def read_asker(request: HTTPConnection, state: StateDep, caller: ReaderDep) -> Caller:
    """A reader who asks a question, counted as one. Raises LimitReached besides."""
    await admit(request, state, caller, "ask")
    return caller


AskerDep = Annotated[Caller, Depends(read_asker)]


@router.post(
    "/chat/completions",
    summary="Ask a question through an OpenAI client",
    response_class=Response,
    responses={
        200: {
            "description": "A chat completion; with `stream: true` chunks as server-sent events.",
            "model": CompletionBody,
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **_ERRORS,
    },
)
async def complete(request: Request, body: CompletionRequest, state: StateDep, caller: AskerDep) -> Response:
    """Answer from the corpus that `model` names, with a `url_citation` for each footnote."""
    max_chars = state.resources.settings.max_question_chars
    ask = read_ask(body, caller, queue=queue_of(caller, request), max_question_chars=max_chars)
    turn = await state.use_cases.chat.open_turn(ask, began=request.state.received_at)
    completion = Completion(
        answer_id=turn.answer_id, conversation_id=turn.conversation_id, model=turn.corpus, created=int(time.time())
    )
    if not body.stream:
        return await unless_gone(request, _answer(state, turn, completion))
    include_usage = body.stream_options is not None and body.stream_options.include_usage
    wire = ChunkStream(completion, include_usage=include_usage, request_id=request.state.request_id)
    stream = EventStream(state.use_cases.chat.events(turn), wire)
    await stream.begin(request.receive)
    return stream


async def _answer(state: AppState, turn: OpenTurn, completion: Completion) -> Response:
    answer = await state.use_cases.chat.answer(turn)
    return Response(
        dump_completion(answer, completion),
        media_type="application/json",
        headers={"server-timing": server_timing(answer.timings), "cache-control": "no-store"},
    )


def read_ask(body: CompletionRequest, caller: Caller, *, queue: str, max_question_chars: int) -> Ask:
    """What the body asks. Raises InvalidRequest for an empty or long question."""
    said = [message for message in body.messages if message.role in ("user", "assistant")]
    last = max((index for index, message in enumerate(said) if message.role == "user"), default=None)
    question = "" if last is None else said[last].text
    if not question:
        raise InvalidRequest(FieldProblem("messages", "the last message of the user must have a text"))
    if len(question) > max_question_chars:
        raise InvalidRequest(FieldProblem("messages", f"a question has at most {max_question_chars} characters"))
    place = read_place(body)
    return Ask(
        question=question,
        history=tuple(_read_history_message(message.role, message.text) for message in said[:last] if message.text),
        corpus=body.model,
        conversation_id=_read_conversation(body, caller.subject),
        may_begin=True,
        page=place.page,
        filters=place.filters,
        scope=place.scope,
        audience=Audience(body.language, body.level),
        owner=caller.subject,
        caller_kind=caller.kind,
        queue=queue,
        reads=caller.reads,
    )


def _read_history_message(role: str, text: str) -> HistoryMessage:
    return HistoryMessage("user" if role == "user" else "assistant", text)


def _read_conversation(body: CompletionRequest, owner: str) -> UUID | None:
    """The protocol has no conversations: without `metadata.conversation_id` each request is one of its own.

    So it is with a name that a caller who is not signed in made up: others may send the same one.
    """
    named = (body.metadata or {}).get("conversation_id")
    if named is None:
        return None
    if not isinstance(named, str) or not 0 < len(named) <= _MAX_CONVERSATION_ID:
        raise InvalidRequest(
            FieldProblem("metadata.conversation_id", f"must be a text of 1 to {_MAX_CONVERSATION_ID} characters")
        )
    return conversation_of(named, owner)


@router.get("/models", summary="List the corpora as models", responses=_MODEL_ERRORS)
async def list_models(state: StateDep, caller: ReaderDep) -> ModelsBody:
    """Each corpus is a model."""
    created = _declared_at(state)
    return ModelsBody(data=[ModelBody(id=name, created=created) for name in seen_corpora(state, caller)])


@router.get(
    "/models/{model}", summary="Read one model", responses={**_MODEL_ERRORS, 404: {"model": CompletionErrorBody}}
)
async def read_model(model: str, state: StateDep, caller: ReaderDep) -> ModelBody:
    """The corpus of that name, as a model."""
    return ModelBody(id=choose_corpus(model, seen_corpora(state, caller)), created=_declared_at(state))


def _declared_at(state: AppState) -> int:
    """When the corpus file was written, in Unix seconds; 0 where it is gone."""
    try:
        return int(state.resources.settings.config.stat().st_mtime)
    except OSError:
        return 0
