"""What clients ask: our own body and that of `useChat`."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StrictBool, Tag, model_validator

from app.schemas.bodies import (
    CorpusName,
    Language,
    LenientBody,
    ReaderLevel,
    StrictRequest,
    Text,
    mend_past,
    without_nul,
)
from app.schemas.scopes import ScopedBody

_MAX_MESSAGES = 500
_MAX_PARTS = 2_000


MessageName = Annotated[str, Field(max_length=200), AfterValidator(without_nul)]


class MessagePart(LenientBody):
    """A part of a message; only those of the types `text` and `source-url` are read."""

    type: Annotated[str, Field(max_length=200)]
    text: Text = ""
    url: Any = None  # of a file it may be all that is in it


class Message(LenientBody):
    """A message as `useChat` sends it; an answer's `id` is the one that our stream told."""

    id: MessageName | None = None
    role: Literal["system", "user", "assistant"]
    parts: Annotated[list[MessagePart], Field(max_length=_MAX_PARTS, fail_fast=True)]

    @property
    def text(self) -> str:
        """What the message says."""
        return "".join(part.text for part in self.parts if part.type == "text").strip()

    @property
    def cited(self) -> tuple[str, ...]:
        """The addresses of the sections that an answer was made from; none of a question."""
        urls = (part.url for part in self.parts if part.type == "source-url" and self.role == "assistant")
        return tuple(url for url in urls if isinstance(url, str))


class _Options(ScopedBody):
    corpus: CorpusName | None = None
    conversation_id: UUID | None = None
    language: Language = None
    level: ReaderLevel = None
    stream: StrictBool = True
    resumable: StrictBool = False


Messages = Annotated[
    list[Message], Field(min_length=1, max_length=_MAX_MESSAGES, fail_fast=True), BeforeValidator(mend_past)
]


class NativeRequest(_Options, StrictRequest):
    """Our own body: `question`, or `messages` of which the last is the question.

    In a conversation a question follows the latest answer, or the answer `parent_id`. `message_id` is a question to
    ask in other words, or an answer to make again, for which no question need be given. `declared` is the digest of
    the corpus as the caller's file declares it; another one than the server's is refused.
    """

    question: Text | None = None
    messages: Messages | None = None
    message_id: UUID | None = None
    parent_id: UUID | None = None
    declared: Annotated[str, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> "NativeRequest":
        if (self.question, self.messages) == (None, None) and self.message_id is None:
            raise ValueError("give either question or messages")
        if self.question is not None and self.messages is not None:
            raise ValueError("give either question or messages")
        return self

    @model_validator(mode="after")
    def _one_place(self) -> "NativeRequest":
        if self.message_id is not None and self.parent_id is not None:
            raise ValueError("give either message_id or parent_id")
        if (self.message_id or self.parent_id) is not None and self.conversation_id is None:
            raise ValueError("message_id and parent_id need their conversation_id")
        return self


class UseChatRequest(_Options, LenientBody):
    """The body of the AI SDK's `useChat`; `id` is the conversation, other keys of the protocol are ignored.

    A client that keeps its chats here may send only the last `message` instead of all `messages`.
    `messageId` is the question that was edited, or the answer that is regenerated.
    """

    messages: Messages
    id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    trigger: Annotated[str, Field(max_length=64)] = "submit-message"
    message_id: Annotated[MessageName | None, Field(alias="messageId")] = None

    @model_validator(mode="before")
    @classmethod
    def _read_last(cls, body: Any) -> Any:
        if isinstance(body, dict) and "message" in body and "messages" not in body:
            return {**body, "messages": [body["message"]]}
        return body


def _kind_of_body(body: Any) -> str:
    """`useChat` always sends `messages` with its chat's `id` and a `trigger`; our own body has neither."""
    if isinstance(body, UseChatRequest):
        return "use_chat"
    keys = body if isinstance(body, dict) else ()
    said = "messages" in keys or "message" in keys
    return "use_chat" if said and ("id" in keys or "trigger" in keys) else "native"


ChatRequest = Annotated[
    Annotated[NativeRequest, Tag("native")] | Annotated[UseChatRequest, Tag("use_chat")],
    Discriminator(_kind_of_body),
]
