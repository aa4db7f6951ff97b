"""`POST /api/v1/chat`: an answer as a stream of parts (AI SDK), or as one JSON object."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from app.auth.callers import Caller
from app.conversations.branches import MessagePosition
from app.conversations.chat import Ask, OpenTurn
from app.conversations.client_chats import conversation_of
from app.dependencies import AskerDep, ReaderDep, StateDep, check_declared
from app.errors import FieldProblem, InvalidRequest
from app.limits.addresses import queue_of
from app.schemas.answers import AnswerBody
from app.schemas.problems import ProblemBody
from app.schemas.questions import ChatRequest, Message, NativeRequest, UseChatRequest
from app.schemas.scopes import read_place
from app.schemas.stream_parts import event_stream
from app.wires.ai_sdk import UiMessageStream
from app.wires.native import dump_answer, server_timing
from app.wires.resumable import ResumableTurn
from app.wires.resumed import ResumableStream
from app.wires.shared_turns import TurnKey
from app.wires.streaming import EventStream, unless_gone
from pipelines.events import Retrieved
from pipelines.types import Audience, HistoryMessage

router = APIRouter(tags=["chat"])
ChatId = Annotated[str, Path(max_length=200, description="The conversation, or the id that `useChat` calls its chat.")]


@router.post(
    "/chat",
    summary="Ask a question",
    response_class=Response,
    responses={
        200: {
            "description": "An AI SDK UI message stream (v1); with `stream: false` the answer as one object.",
            "model": AnswerBody,
            "content": {"text/event-stream": event_stream("UiMessagePart")},
        },
        **{code: {"model": ProblemBody} for code in (400, 401, 404, 408, 409, 413, 422, 429, 503)},
    },
)
async def chat(request: Request, body: ChatRequest, state: StateDep, caller: AskerDep) -> Response:
    """Answer from the corpus, each sentence footnoted with the section it comes from, and checked."""
    max_chars = state.resources.settings.max_question_chars
    ask = read_ask(body, caller, queue=queue_of(caller, request), max_question_chars=max_chars)
    turn = await state.use_cases.chat.open_turn(ask, began=request.state.received_at)
    if isinstance(body, NativeRequest):
        check_declared(state, turn.corpus, body.declared)
    if not body.stream:
        return await unless_gone(request, _answer(state, turn))
    wire = UiMessageStream(
        answer_id=turn.answer_id,
        conversation_id=turn.conversation_id,
        corpus=turn.corpus,
        request_id=request.state.request_id,
    )
    events = state.use_cases.chat.events(turn)
    named = None if caller.kind == "anonymous" else caller.subject
    if body.resumable and _can_come_back(body, ask, caller) and state.use_cases.resumable.has_room(named):
        return await _begin_resumable(state, TurnKey(caller.subject, turn.conversation_id), ResumableTurn(events, wire))
    stream = EventStream(events, wire)
    await stream.begin(request.receive)
    return stream


@router.get(
    "/chat/{chat_id}/stream",
    summary="Resume a stream",
    response_class=Response,
    responses={
        200: {
            "description": "The answer's stream from its start, as `POST /chat` gives it.",
            "content": {"text/event-stream": event_stream("UiMessagePart")},
        },
        204: {"description": "No answer of this chat is under way."},
        **{code: {"model": ProblemBody} for code in (401, 422, 429, 503)},
    },
)
async def resume(chat_id: ChatId, state: StateDep, caller: ReaderDep) -> Response:
    """An answer that was asked for as `resumable` and is under way, or that ended unread less than a minute ago."""
    conversation_id = conversation_of(chat_id, caller.subject)
    found = conversation_id and await state.use_cases.resumable.find(TurnKey(caller.subject, conversation_id))
    return ResumableStream(found) if found else Response(status_code=204)


@router.delete(
    "/chat/{chat_id}/stream",
    summary="Stop a stream",
    status_code=204,
    response_class=Response,
    responses={code: {"model": ProblemBody} for code in (401, 422, 429, 503)},
)
async def stop(chat_id: ChatId, state: StateDep, caller: ReaderDep) -> Response:
    """Ends the caller's resumable answer of this chat, from whatever tab; what was said so far is recorded."""
    conversation_id = conversation_of(chat_id, caller.subject)
    if conversation_id is not None:
        await state.use_cases.resumable.stop(TurnKey(caller.subject, conversation_id))
    return Response(status_code=204)


def _can_come_back(body: NativeRequest | UseChatRequest, ask: Ask, caller: Caller) -> bool:
    """Whether the reader can be known again: readers without a name by an id of the conversation that nobody guesses.

    It is their own, or, of the native body, the one that the stream begins with.
    """
    return caller.kind != "anonymous" or ask.conversation_id is not None or isinstance(body, NativeRequest)


async def _begin_resumable(state: StateDep, key: TurnKey, turn: ResumableTurn) -> Response:
    first, is_resumable = await state.use_cases.resumable.begin(key, turn)
    timings = {"server-timing": server_timing(first.timings)} if isinstance(first, Retrieved) else {}
    return ResumableStream(turn, timings, is_resumable=is_resumable)


async def _answer(state: StateDep, turn: OpenTurn) -> Response:
    answer = await state.use_cases.chat.answer(turn)
    return Response(
        dump_answer(answer, answer_id=turn.answer_id, conversation_id=turn.conversation_id),
        media_type="application/json",
        headers={"server-timing": server_timing(answer.timings), "cache-control": "no-store"},
    )


def read_ask(body: NativeRequest | UseChatRequest, caller: Caller, *, queue: str, max_question_chars: int) -> Ask:
    """What the body asks, whichever of the two kinds it is. Raises InvalidRequest for an empty or long question."""
    question, history = _read_question(body)
    position = _read_position(body)
    place = read_place(body)
    field = "question" if body.messages is None else "messages"
    if not question and (body.messages is not None or position.message is None):
        raise InvalidRequest(FieldProblem(field, "the question is empty"))
    if len(question) > max_question_chars:
        raise InvalidRequest(FieldProblem(field, f"a question has at most {max_question_chars} characters"))
    return Ask(
        question=question,
        history=history,
        corpus=body.corpus,
        conversation_id=body.conversation_id or _read_conversation(body, caller.subject),
        may_begin=body.conversation_id is None,
        position=position,
        page=place.page,
        filters=place.filters,
        scope=place.scope,
        audience=Audience(body.language, body.level),
        owner=caller.subject,
        caller_kind=caller.kind,
        queue=queue,
        reads=caller.reads,
    )


def _read_conversation(body: NativeRequest | UseChatRequest, owner: str) -> UUID | None:
    if isinstance(body, NativeRequest) or body.id is None:
        return None
    return conversation_of(body.id, owner)


def _read_position(body: NativeRequest | UseChatRequest) -> MessagePosition:
    if isinstance(body, NativeRequest):
        return MessagePosition(
            message=str(body.message_id) if body.message_id else None,
            parent=str(body.parent_id) if body.parent_id else None,
        )
    answers = [message.id for message in body.messages if message.role == "assistant"]
    return MessagePosition(
        message=body.message_id,
        question=body.messages[-1].id,
        after=answers[-1] if answers else None,
        again=body.trigger == "regenerate-message",
    )


def _read_question(body: NativeRequest | UseChatRequest) -> tuple[str, tuple[HistoryMessage, ...]]:
    if body.messages is None:
        return (body.question or "").strip() if isinstance(body, NativeRequest) else "", ()
    *before, last = body.messages
    if last.role != "user":
        raise InvalidRequest(FieldProblem("messages", "the last message must be the user's"))
    return last.text, tuple(_read_history(before))


def _read_history(messages: list[Message]) -> list[HistoryMessage]:
    return [
        HistoryMessage(message.role, message.text, message.cited)
        for message in messages
        if message.role != "system" and message.text
    ]
