"""What a failure looks like to a client: a problem document (RFC 9457), by one table.

AppError (below storage_config.errors.FootnotedError)
├── InvalidRequest       the request's fields are wrong; names them and what is allowed
├── DocumentNotFound     no document of that id
├── ConversationNotFound no conversation of that id that belongs to who asks
├── IngestionNotFound    no ingestion of that id
├── CorpusFileChanged    the corpus file was changed since the server read it
├── ShareNotFound        no link of that kind, or one that was revoked
├── MessageNotFound      no message of that id in a conversation of who asks
├── SectionNotFound      no page or section at a url; names the nearest ones
├── NotSignedIn          a credential is missing, or is none of ours
├── RoleMissing          the caller may not do this
├── OriginRefused        the page that asks is not of a website that may
├── SignInUnavailable    the issuer of a token cannot be reached, so that nobody can tell whether it is good
├── ApiKeyNotFound       no API key of that id, or none that is valid
├── LimitReached         too many requests; names the limit and when to come back
├── Overloaded           more questions at once than the server carries
├── ServerStopping       the server is being stopped, and ended what it was at
├── TurnsUnavailable     what answers under way are shared in cannot be reached
├── BudgetSpent          the day's LLM calls or their cost are used up
└── LimitsUnavailable    what limits are counted in cannot be reached, and the answer costs money

Titles and details are ours and constant: no stack, no vendor's text and no input ever reaches a client.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import errors as pipeline
from storage_config import errors as storage
from storage_config.disk_space import is_no_room
from storage_config.vocabulary import CallerRole

PROBLEM_MEDIA_TYPE = "application/problem+json"
_MAX_FIELDS = 20
_MAX_FIELD_NAME = 120
_MAX_RETRY_AFTER = 24 * 3_600


class AppError(storage.FootnotedError):
    """Root of the errors of this floor."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field of a request: its dotted place and what is allowed there."""

    field: str
    message: str


class InvalidRequest(AppError):
    """The request's fields are wrong."""

    def __init__(self, *fields: FieldProblem) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in fields))
        self.fields = fields


class DocumentNotFound(AppError):
    """No document of that id."""


class ConversationNotFound(AppError):
    """No conversation of that id that belongs to who asks; the two cases are not told apart."""


class ShareNotFound(AppError):
    """No link that shares a conversation: never made, made up or revoked; the cases are not told apart."""


class IngestionNotFound(AppError):
    """No ingestion of that id."""


class CorpusFileChanged(AppError):
    """The corpus file was changed since the server read it."""


class MessageNotFound(AppError):
    """No message of that id in a conversation of who asks, or none that this can be done with."""


class SectionNotFound(AppError):
    """No page, or no section of a page, at that url; `closest` are the urls nearest to it."""

    def __init__(self, url: str, closest: Sequence[str]) -> None:
        super().__init__(url)
        self.closest = tuple(closest)


class NotSignedIn(AppError):
    """A credential is missing, or the one shown is none of ours, expired or revoked; which, is not told."""


class RoleMissing(AppError):
    """The caller is known and may not do this; `role` is the least that may."""

    def __init__(self, role: CallerRole) -> None:
        super().__init__(role)
        self.role = role


class OriginRefused(AppError):
    """The page that asks, as its browser names it, is not of a website that may."""


class SignInUnavailable(AppError):
    """The public keys of the issuer of users' tokens cannot be fetched."""


class ApiKeyNotFound(AppError):
    """No API key of that id, or none that is valid."""


class LimitReached(AppError):
    """Too many requests of this caller. `retry_after` is in seconds, `fields` are the RateLimit header fields."""

    def __init__(self, limit: str, *, retry_after: float, fields: Mapping[str, str]) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_after = retry_after
        self.fields = fields


class BudgetSpent(AppError):
    """The day's budget is used up; `retry_after` are the seconds until the next day."""

    def __init__(self, share: str, *, retry_after: float) -> None:
        super().__init__(share)
        self.retry_after = retry_after


class Overloaded(AppError):
    """More questions at once than this server carries, and no place got free in time."""


class ServerStopping(AppError):
    """The server is being stopped: the answer was ended, or not begun."""


class TurnsUnavailable(AppError):
    """Redis cannot be reached, and whether another process plays an answer is not known without it."""


class LimitsUnavailable(AppError):
    """Redis cannot be reached, and no answer that costs money is begun without it."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of failure. `type` on the wire is `urn:footnoted:problem:<name>`; `retry_after` is in seconds.

    `detail` may name the seconds to wait as `{seconds}`.
    """

    name: str
    status: int
    title: str
    detail: str = ""
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document, ready to be sent. `extra` are its extension members."""

    kind: ProblemType
    extra: Mapping[str, Any]
    retry_after: int | None

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """The members of RFC 9457 section 3.1, then our extensions."""
        document: dict[str, Any] = {
            "type": f"urn:footnoted:problem:{self.kind.name}",
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.kind.detail:
            document["detail"] = self.detail
        document.update(self.extra)
        if self.retry_after is not None:
            document["retry_after"] = self.retry_after
        if request_id is not None:
            document["request_id"] = request_id
        return document

    @property
    def detail(self) -> str:
        """What can be done about it; empty for nothing."""
        return self.kind.detail.replace("{seconds}", str(self.retry_after))

    def sentence(self) -> str:
        """The problem in words, for protocols whose errors are texts."""
        if fields := self.extra.get("errors"):
            return "; ".join(f"{field['field']}: {field['message']}" for field in fields)
        if closest := self.extra.get("closest"):
            return f"{self.kind.title} Closest: {', '.join(closest)}"
        return f"{self.kind.title} {self.detail}".strip()


_AGAIN = "Please try again in a moment."
_OPERATOR = "The operator of this site has to mend it."

INTERNAL = ProblemType("internal", 500, "Something went wrong here.", "The failure was logged under the request id.")
INVALID = ProblemType("invalid-request", 422, "The request is not valid.", "`errors` names the fields.")

PROBLEMS: Mapping[type[Exception], ProblemType] = {
    InvalidRequest: INVALID,
    DocumentNotFound: ProblemType("document-not-found", 404, "There is no such document."),
    ConversationNotFound: ProblemType("conversation-not-found", 404, "There is no such conversation."),
    ShareNotFound: ProblemType("share-not-found", 404, "Nothing is shared by this link."),
    IngestionNotFound: ProblemType("ingestion-not-found", 404, "There is no such ingestion."),
    CorpusFileChanged: ProblemType(
        "corpus-file-changed", 409, "The corpus file was changed since the server read it.", "Restart the server."
    ),
    MessageNotFound: ProblemType("message-not-found", 404, "There is no such message."),
    SectionNotFound: ProblemType("section-not-found", 404, "There is no section at that url.", "`closest` are near."),
    NotSignedIn: ProblemType("not-signed-in", 401, "Sign in, or show a valid key."),
    RoleMissing: ProblemType("role-missing", 403, "Your role does not allow this.", "`role` is the least that does."),
    OriginRefused: ProblemType(
        "origin-refused", 403, "This website may not do this.", "Its operator can name it: FOOTNOTED_ALLOWED_ORIGINS."
    ),
    SignInUnavailable: ProblemType("sign-in-unavailable", 503, "Signing in does not work now.", _AGAIN, 10),
    ApiKeyNotFound: ProblemType("api-key-not-found", 404, "There is no such key."),
    LimitReached: ProblemType("rate-limited", 429, "Too many requests.", "Try again in {seconds} seconds.", 60),
    BudgetSpent: ProblemType(
        "budget-spent", 429, "No more answers can be written today.", "Tomorrow (UTC) there are new ones.", 3_600
    ),
    Overloaded: ProblemType("overloaded", 503, "Too many questions at once.", _AGAIN, 2),
    ServerStopping: ProblemType("server-stopping", 503, "The server is being restarted.", _AGAIN, 5),
    TurnsUnavailable: ProblemType(
        "turns-unavailable", 503, "Answers under way cannot be looked for just now.", _AGAIN, 5
    ),
    LimitsUnavailable: ProblemType("limits-unavailable", 503, "Answers cannot be written just now.", _AGAIN, 5),
    storage.FootnotedError: INTERNAL,
    pipeline.PipelineError: INTERNAL,
    pipeline.ClusterUnavailable: INTERNAL,  # of the command that ingests, likewise
    pipeline.GoldenSetError: INTERNAL,  # of the command that grades answers; no request raises it
    pipeline.PageError: ProblemType("page-unreadable", 422, "The page cannot be read."),
    pipeline.IngestionError: ProblemType("ingestion-refused", 409, "The ingestion cannot run."),
    pipeline.IngestionBusy: ProblemType("ingestion-busy", 409, "Another ingestion of this corpus is running."),
    pipeline.SourceMissing: ProblemType("source-missing", 409, "The corpus has no pages to read."),
    pipeline.SourceUnavailable: ProblemType("source-unavailable", 503, "The site cannot be read now.", _AGAIN, 60),
    pipeline.RemovalRefused: ProblemType("removal-refused", 409, "The ingestion would remove too many pages."),
    pipeline.PageInSource: ProblemType(
        "page-in-source", 409, "The page comes from the corpus's source.", "Change or remove it there, then ingest."
    ),
    pipeline.AnswerRefused: INVALID,
    pipeline.AnswerGone: ProblemType("answer-not-found", 404, "There is no such answer, or a page has it."),
    pipeline.QuestionAnswered: ProblemType(
        "question-answered",
        409,
        "Another answer is written for that question.",
        "It stands at `url`.",
    ),
    pipeline.PipelineChanged: ProblemType(
        "pipeline-changed", 409, "The index was built in another way than is declared now.", "Ingest the corpus first."
    ),
    pipeline.CorpusNotIngested: ProblemType(
        "corpus-not-ingested", 409, "This site has not been read yet.", "`footnoted ingest` reads it."
    ),
    pipeline.PathTooWide: ProblemType(
        "path-too-wide", 422, "Too many pages lie below the path.", "Name a path further down in `filters.path`."
    ),
    pipeline.NotReplayable: ProblemType("not-replayable", 409, "This answer cannot be made again."),
    pipeline.UnknownCorpus: ProblemType(
        "unknown-corpus", 422, "Name one of the corpora.", "`corpora` names those that can be asked."
    ),
    pipeline.VendorError: ProblemType("vendor-failed", 503, "A service behind the answers failed.", _AGAIN, 10),
    pipeline.VendorRefused: ProblemType(
        "vendor-refused", 503, "A service behind the answers refuses to work.", _OPERATOR, 300
    ),
    pipeline.VendorBusy: ProblemType("vendor-busy", 503, "A service behind the answers is busy.", _AGAIN, 20),
    pipeline.VendorBroken: ProblemType("vendor-broken", 503, "A service behind the answers failed.", _AGAIN, 10),
    pipeline.VendorTimeout: ProblemType("vendor-timeout", 503, "A service behind the answers is too slow.", _AGAIN, 10),
    storage.StorageError: INTERNAL,
    storage.ConfigurationError: ProblemType("misconfigured", 500, "This server is misconfigured.", _OPERATOR),
    storage.DatabaseUnavailable: ProblemType("database-unavailable", 503, "The database cannot be reached.", _AGAIN, 5),
    storage.SchemaOutdated: ProblemType("schema-outdated", 503, "The database is not up to date.", _OPERATOR, 60),
    storage.VectorsUnavailable: ProblemType("search-unavailable", 503, "The search cannot be reached.", _AGAIN, 5),
    storage.StateInUse: ProblemType("state-in-use", 503, "Another process holds the data.", _OPERATOR, 60),
    storage.DiskFull: ProblemType("disk-full", 507, "There is no room left to keep this.", _OPERATOR),
    storage.LimitExceeded: ProblemType("storage-full", 507, "The storage limit is reached.", _OPERATOR),
}

_HTTP_PROBLEMS: Mapping[int, ProblemType] = {
    400: ProblemType("bad-request", 400, "The request cannot be read.", "JSON may nest 64 levels deep."),
    404: ProblemType("not-found", 404, "There is nothing here."),
    405: ProblemType("method-not-allowed", 405, "This address does not allow that method."),
    408: ProblemType("body-too-slow", 408, "The request took too long to arrive."),
    413: ProblemType("body-too-large", 413, "The request is too large."),
    421: ProblemType(
        "unknown-host", 421, "This server does not answer to that name.", "Its operator can name it: FOOTNOTED_HOSTS."
    ),
    415: ProblemType("unsupported-media-type", 415, "This type of body is not supported here."),
}


# One problem of each status, for documents.
EXAMPLES: Mapping[int, Problem] = {
    kind.status: Problem(kind=kind, extra={}, retry_after=kind.retry_after)
    for kind in reversed([*PROBLEMS.values(), *_HTTP_PROBLEMS.values()])
}


def problem_of(error: BaseException) -> Problem:
    """The problem that `error` is to a client; the nearest class of the table wins, anything else is `internal`."""
    # Whatever writes may find no room: a spooled upload as well as a store.
    classes = storage.DiskFull.__mro__ if is_no_room(error) else type(error).__mro__
    kind = next((PROBLEMS[cls] for cls in classes if cls in PROBLEMS), INTERNAL)
    extra: dict[str, Any] = {}
    if isinstance(error, InvalidRequest):
        extra["errors"] = [{"field": problem.field, "message": problem.message} for problem in error.fields]
    if isinstance(error, pipeline.AnswerRefused):
        extra["errors"] = [{"field": error.field, "message": error.reason}]
    if isinstance(error, pipeline.QuestionAnswered):
        extra |= {"question": error.question, "url": error.url}
    if isinstance(error, pipeline.UnknownCorpus):
        extra["errors"] = [{"field": "corpus", "message": f"must be one of: {', '.join(error.names)}"}]
        extra["corpora"] = list(error.names)
    if isinstance(error, LimitReached):
        extra["limit"] = error.limit
    if isinstance(error, RoleMissing):
        extra["role"] = error.role
    if isinstance(error, SectionNotFound):
        extra["closest"] = list(error.closest)
    return Problem(kind=kind, extra=extra, retry_after=_retry_after(kind, error))


def problem_name_of(error: str) -> str:
    """The name of the problem that an error of the floors below is, by the name of its class."""
    return next((kind.name for cls, kind in PROBLEMS.items() if cls.__name__ == error), INTERNAL.name)


def log_fields(error: Exception) -> dict[str, Any]:
    """How an error is logged: our own by their message, others by type and stack, which costs milliseconds to print.

    Messages of others stay out: they may hold a reader's words. The log decides whether it shows them with the stack.
    """
    if problem_of(error).kind is INTERNAL:
        return {"error": type(error).__name__, "exc_info": error}
    return {"error": f"{type(error).__name__}: {error}"}


def problem_of_status(status: int) -> Problem:
    """The problem behind a bare HTTP status, such as the router's 404 and 405."""
    return Problem(
        kind=_HTTP_PROBLEMS.get(status, ProblemType("http", status, "The request failed.")), extra={}, retry_after=None
    )


def read_field_problems(problems: Sequence[Any]) -> tuple[FieldProblem, ...]:
    """Pydantic's list of problems as ours: at most 20, without the input. Names are cut at 120 characters."""
    return tuple(FieldProblem(_field_name(problem), _message(problem)) for problem in problems[:_MAX_FIELDS])


def _message(problem: Any) -> str:
    if problem["type"] == "json_invalid":
        return "must be valid JSON"
    return "unknown key" if problem["type"] == "extra_forbidden" else str(problem["msg"]).removeprefix("Value error, ")


def _field_name(problem: Any) -> str:
    # The first part says where (body, query, path), then may come the tag of the kind of body, which is ours.
    if problem["type"] == "json_invalid":
        return "body"
    _, *parts = (str(part) for part in problem["loc"])
    if parts and parts[0] in ("native", "use_chat"):
        del parts[0]
    return ".".join(parts)[:_MAX_FIELD_NAME] or "body"


def _retry_after(kind: ProblemType, error: BaseException) -> int | None:
    told = error.retry_after if isinstance(error, pipeline.VendorError | LimitReached | BudgetSpent) else None
    if told is None or kind.retry_after is None or not math.isfinite(told):
        return kind.retry_after
    return max(1, min(_MAX_RETRY_AFTER, math.ceil(told)))
