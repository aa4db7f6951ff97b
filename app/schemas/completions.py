"""OpenAI's chat completions and models, as far as they are read and written here."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt

from app.schemas.answers import AnswerBody
from app.schemas.bodies import CorpusName, Language, LenientBody, ReaderLevel, StrictBody, Text, mend_past
from app.schemas.problems import ProblemBody
from app.schemas.scopes import ScopedBody

_MAX_MESSAGES = 500
_MAX_PARTS = 2_000


class ContentPart(LenientBody):
    """A part of a message's content; only those of type `text` are read."""

    type: Annotated[str, Field(max_length=200)]
    text: Text = ""


def _as_parts(content: Any) -> Any:
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise ValueError("must be a text or a list of parts")
    return content


Content = Annotated[list[ContentPart], Field(max_length=_MAX_PARTS, fail_fast=True), BeforeValidator(_as_parts)]


class CompletionMessage(LenientBody):
    """A message; its content is a text or a list of parts."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = Field(default_factory=list)

    @property
    def text(self) -> str:
        """What the message says."""
        return "\n".join(part.text for part in self.content if part.type == "text").strip()


class StreamOptions(LenientBody):
    """How a stream ends."""

    include_usage: StrictBool = False


def _one_answer(n: int | None) -> int | None:
    if n not in (None, 1):
        raise ValueError("must be 1: a question has one answer")
    return n


class CompletionRequest(ScopedBody, LenientBody):
    """A request for a completion. The protocol's other keys (temperature, tools, ...) are ignored.

    The last message of the user is the question, what was said before it is its history; `system` and `developer`
    messages instruct nobody here. `metadata.conversation_id` goes on with a conversation; `page`,
    `scope`, `filters`, `language` and `level` are ours, as in `POST /api/v1/chat`.
    """

    model: CorpusName | None = None
    messages: Annotated[
        list[CompletionMessage],
        Field(min_length=1, max_length=_MAX_MESSAGES, fail_fast=True),
        BeforeValidator(mend_past),
    ]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[StrictInt | None, AfterValidator(_one_answer)] = None
    metadata: dict[str, Any] | None = None
    language: Language = None
    level: ReaderLevel = None


class UrlCitationBody(StrictBody):
    """`content[start_index:end_index]` (code points) is the mark, e.g. `[1]`."""

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationBody(StrictBody):
    """A citation in a message."""

    type: Literal["url_citation"]
    url_citation: UrlCitationBody


class AnswerMessageBody(StrictBody):
    """The answer as a message."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[AnnotationBody]


class ChoiceBody(StrictBody):
    """The one answer; `length`: the model stopped before its end."""

    index: Literal[0]
    message: AnswerMessageBody
    logprobs: None
    finish_reason: Literal["stop", "length"]


class CompletionUsageBody(StrictBody):
    """Tokens of the vendor calls behind the answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionBody(StrictBody):
    """A chat completion; `model` is the corpus, `created` in Unix seconds.

    `footnoted` is the answer with what the protocol has no place for; spans of claims are into the message's content.
    """

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceBody]
    usage: CompletionUsageBody
    footnoted: AnswerBody


class ModelBody(StrictBody):
    """A corpus as a model; `created` is when its declaration was last written, in Unix seconds."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["footnoted"] = "footnoted"


class ModelsBody(StrictBody):
    """The corpora as models."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class ErrorBody(StrictBody):
    """OpenAI's error object."""

    message: str
    type: str
    param: str | None
    code: str | None


class CompletionErrorBody(StrictBody):
    """A failure in OpenAI's shape; `footnoted` is the problem document (RFC 9457) that it is elsewhere."""

    error: ErrorBody
    footnoted: ProblemBody
