"""The log: one chain for our lines and those of libraries. JSON outside of a terminal, plain lines in one.

Nothing that a client sends can begin a line or a field of its own. Secrets are taken out wherever they stand, and no
reader's text gets in by default: our lines carry none, and of libraries' exceptions only type and stack are kept, for
their messages quote what they choked on (a parameter of a query, the body of a request).
"""

import logging
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from traceback import format_tb
from typing import Any, TextIO

import stamina
import structlog
from stamina.instrumentation import RetryDetails
from structlog.typing import EventDict, Processor, WrappedLogger

from app.errors import AppError
from pipelines.errors import PipelineError
from storage_config.errors import StorageError
from storage_config.settings import Settings

WITHHELD = "(withheld; FOOTNOTED_LOG_TEXT=1 shows it)"
REDACTED = "***"
_OURS = (AppError, PipelineError, StorageError)
_OUR_LOGGERS = ("app", "pipelines", "storage_config", "uvicorn")
# They would log every call with its address.
_CHATTY_LOGGERS = ("httpx", "httpcore", "aiohttp", "mcp", "limits", "opentelemetry")
_SECRET_KEYS = re.compile(r"authorization|cookie|password|passwd|secret|token|api_?key|credential", re.IGNORECASE)
_NO_SECRETS = frozenset({"tokens", "prompt_tokens", "completion_tokens"})
_SECRETS = re.compile(
    r"(?i:\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"  # credentials of a header
    r"|\b(?:fnv_)?eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JWT (RFC 7519), as a visitor's token too
    r"|\b(?:sk|pk|fn|co)[-_][\w-]{16,}"  # keys of vendors, and ours
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # user and password of a url
)
# Keys whose values are a reader's words, wherever they come from.
_TEXT_KEYS = frozenset({"question", "answer", "text", "query", "queries", "quote", "messages", "body", "selected_text"})
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_MAX_VALUE = 8_000
_MAX_FRAMES = 30
_MAX_CHAIN = 6
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogOptions:
    """How to log. `secrets` are taken out of every line; `text` lets readers' words and libraries' messages in.

    `quiet` leaves warnings of the standard library's logging only: a command says itself how it ended.
    """

    level: str = "info"
    text: bool = False
    secrets: Collection[str] = ()
    quiet: bool = False

    @classmethod
    def from_settings(cls, settings: Settings) -> "LogOptions":
        """As the environment says, with every secret that it holds."""
        values = (getattr(settings, name) for name in type(settings).model_fields)
        secrets = [value.get_secret_value() for value in values if hasattr(value, "get_secret_value")]
        return cls(settings.log_level, settings.log_text, [secret for secret in secrets if len(secret) >= 6])


def configure_logs(options: LogOptions, *, stream: TextIO | None = None) -> None:
    """Have structlog and the standard library's logging write to `stream` (standard error), in one form."""
    out = stream or sys.stderr
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        ExceptionText(text=options.text),
        Redaction(options),
    ]
    render = _build_renderer(terminal=out.isatty())
    structlog.configure(
        processors=[*chain, render],
        logger_factory=structlog.PrintLoggerFactory(out),
        wrapper_class=structlog.make_filtering_bound_logger("critical" if options.quiet else options.level),
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, LibraryMessage(text=options.text), *chain],
        )
    )
    level = logging.WARNING if options.quiet else logging.getLevelName(options.level.upper())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in _OUR_LOGGERS:
        logging.getLogger(name).setLevel(level)
    # The hook that it takes by itself logs the whole error: a body, headers, the words of a query.
    stamina.instrumentation.set_on_retry_hooks([_note_retry])
    for name in _CHATTY_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _note_retry(details: RetryDetails) -> None:
    _log.warning(
        "retry",
        work=details.name,
        error=type(details.caused_by).__name__,
        attempt=details.retry_num,
        wait_seconds=round(details.wait_for, 2),
    )


class LibraryMessage:
    """Processor: of a library's message only what its author wrote, without the values put into it, and one line."""

    def __init__(self, *, text: bool) -> None:
        self._text = text

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        """The event with its message cut down to the template, unless it is ours."""
        record: logging.LogRecord = event["_record"]
        if not self._text and record.name.partition(".")[0] not in _OUR_LOGGERS:
            event["event"] = str(record.msg).split("\n", 1)[0]
        return event


class ExceptionText:
    """Processor: the exception of a line becomes its text. Messages of exceptions that are not ours are withheld."""

    def __init__(self, *, text: bool) -> None:
        self._text = text

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        """The event with `exception` for `exc_info`."""
        given = event.pop("exc_info", None)
        if given is True:
            given = sys.exc_info()
        error = given[1] if isinstance(given, tuple) else given
        if isinstance(error, BaseException):
            event["exception"] = "\n".join(self._lines(error, _MAX_CHAIN))
        return event

    def _lines(self, error: BaseException, depth: int) -> Iterator[str]:
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None and depth:
            yield from self._lines(cause, depth - 1)
            yield "which led to:"
        for frame in format_tb(error.__traceback__)[-_MAX_FRAMES:]:
            yield from (_escape(line) for line in frame.rstrip("\n").split("\n"))
        yield f"{type(error).__module__}.{type(error).__qualname__}: {_escape(self._message(error))}"
        if isinstance(error, BaseExceptionGroup) and depth:
            for number, one in enumerate(error.exceptions[:_MAX_CHAIN], 1):
                yield f"of which {number}:"
                yield from self._lines(one, depth - 1)

    def _message(self, error: BaseException) -> str:
        if self._text or isinstance(error, _OURS):
            return str(error)
        return WITHHELD if str(error) else ""


class Redaction:
    """Processor: secrets go, readers' words go unless they are let in, and no value can leave its line."""

    def __init__(self, options: LogOptions) -> None:
        self._text = options.text
        known = sorted((re.escape(secret) for secret in options.secrets), key=len, reverse=True)
        self._known = re.compile("|".join(known)) if known else None

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        """The event with every value cleaned; `exception` keeps its line breaks."""
        for key, value in event.items():
            if key == "exception":
                event[key] = self._without_secrets(value)[: 4 * _MAX_VALUE]
            elif not key.startswith("_"):  # structlog's own
                event[key] = self._clean(key, value, 4)
        return event

    def _clean(self, key: str, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if _SECRET_KEYS.search(key) and key not in _NO_SECRETS:
            return REDACTED
        if key in _TEXT_KEYS and not self._text:
            return WITHHELD
        if depth and isinstance(value, Mapping):
            return {_escape(str(name)): self._clean(str(name), one, depth - 1) for name, one in value.items()}
        if depth and isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self._clean(key, one, depth - 1) for one in value]
        return _escape(self._without_secrets(str(value))[:_MAX_VALUE])

    def _without_secrets(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        return _SECRETS.sub(REDACTED, text)


def _escape(text: str) -> str:
    """`text` on one line, without what a terminal would obey or turn around."""
    return _CONTROLS.sub(lambda match: ascii(match.group())[1:-1], text)


def _build_renderer(*, terminal: bool) -> Processor:
    """Lines for reading in a terminal, JSON elsewhere. Colours would be what a value is not allowed to bring."""
    if not terminal:
        return structlog.processors.JSONRenderer(default=str)
    # Values are texts by now, and escaped: a traceback of its own would print what is withheld.
    return structlog.dev.ConsoleRenderer(
        colors=False, sort_keys=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
