"""What gets into the log, and what does not."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.telemetry.logs import REDACTED, WITHHELD, LogOptions, configure_logs
from pipelines.errors import VendorBusy
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world, open_client

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJl"
_LOGGERS = ("", "app", "pipelines", "storage_config", "uvicorn", "httpx", "httpcore", "mcp", "limits", "opentelemetry")


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    handlers = list(logging.getLogger().handlers)
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)  # a server of an earlier test set it
    yield
    stamina.instrumentation.set_on_retry_hooks(None)
    structlog.configure(**before)
    logging.getLogger().handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _configured(**options: Any) -> io.StringIO:
    stream = io.StringIO()
    configure_logs(LogOptions(**options), stream=stream)
    return stream


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_outside_of_a_terminal_a_line_is_json() -> None:
    stream = _configured()
    structlog.get_logger("app.x").warning("answer_failed", corpus="docs", calls=2)
    (line,) = _lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "answer_failed", "level": "warning", "corpus": "docs", "calls": 2}


def test_in_a_terminal_a_line_is_plain() -> None:
    stream = Terminal()
    configure_logs(LogOptions(), stream=stream)
    structlog.get_logger().info("request", route="/api/v1/chat", why="two words")
    assert stream.getvalue().endswith("Z [info     ] request route=/api/v1/chat why='two words'\n")
    assert "\x1b" not in stream.getvalue()  # no colours: what a value may not bring, a line has not


@pytest.mark.parametrize("name", ["uvicorn.error", "pipelines.readers", "some.library"])
def test_libraries_write_into_the_same_log(name: str) -> None:
    stream = _configured()
    logging.getLogger(name).warning("Invalid HTTP request received.")
    (line,) = _lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("Invalid HTTP request received.", "warning", name)


def test_levels_are_the_environments_and_calls_of_vendors_are_not_told() -> None:
    stream = _configured()
    for name in ("uvicorn.error", "app.x", "httpx", "some.library"):
        logging.getLogger(name).info("told")
    structlog.get_logger().debug("not told")
    assert [line["logger"] for line in _lines(stream)] == ["uvicorn.error", "app.x"]


@pytest.mark.parametrize("raising", ["structlog", "logging"])
def test_of_a_librarys_exception_only_type_and_stack_are_kept(raising: str) -> None:
    stream, words = _configured(), "the " + "reader's question"
    try:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise ValueError(words) from error
    except ValueError:
        if raising == "structlog":
            structlog.get_logger().exception("request_broken")
        else:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = _lines(stream)
    assert "reader's" not in json.dumps(line)
    assert f"builtins.ValueError: {WITHHELD}" in line["exception"]
    assert "builtins.KeyError" in line["exception"]
    assert "test_logs.py" in line["exception"]


def test_messages_of_our_own_exceptions_are_kept() -> None:
    stream = _configured()
    structlog.get_logger().error("x", exc_info=VendorBusy("openrouter limits the rate (429)", vendor="openrouter"))
    assert "openrouter limits the rate (429)" in _lines(stream)[0]["exception"]


def test_groups_of_exceptions_are_shown_whole() -> None:
    stream = _configured(text=True)
    structlog.get_logger().error("x", exc_info=ExceptionGroup("both", [ValueError("one"), TypeError("two")]))
    shown = _lines(stream)[0]["exception"]
    assert "ValueError: one" in shown
    assert "TypeError: two" in shown


def test_values_that_a_library_puts_into_its_message_stay_out() -> None:
    stream = _configured()
    logging.getLogger("some.library").warning("cannot read %r", "the reader's question")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <ValueError('the reader')>")
    assert [line["event"] for line in _lines(stream)] == ["cannot read %r", "Task exception was never retrieved"]


def test_readers_words_can_be_let_in() -> None:
    stream = _configured(text=True)
    structlog.get_logger().info("asked", question="Why?")
    logging.getLogger("some.library").warning("cannot read %r", "Why?")
    assert [line.get("question") or line["event"] for line in _lines(stream)] == ["Why?", "cannot read 'Why?'"]


def test_readers_words_are_withheld_under_their_names() -> None:
    stream = _configured()
    structlog.get_logger().info("asked", question="Why?", body={"messages": ["Why?"]}, more={"text": "Why?"})
    (line,) = _lines(stream)
    assert (line["question"], line["body"], line["more"]) == (WITHHELD, WITHHELD, {"text": WITHHELD})


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer abcdefgh12345678",
        JWT,
        f"fnv_{JWT}",
        "sk-or-v1-0123456789abcdef",
        "postgresql://user:pass-word@host/db",
        "the-secret-of-the-environment",
    ],
)
@pytest.mark.parametrize("where", ["event", "value", "nested", "exception", "library"])
def test_secrets_are_taken_out_wherever_they_stand(secret: str, where: str) -> None:
    stream = _configured(secrets=["the-secret-of-the-environment"], text=True)
    log = structlog.get_logger()
    match where:
        case "event":
            log.warning(f"failed with {secret} at last")
        case "value":
            log.warning("failed", detail=f"failed with {secret} at last")
        case "nested":
            log.warning("failed", detail=[{"a": (f"with {secret} at last",)}])
        case "exception":
            log.warning("failed", exc_info=RuntimeError(f"with {secret} at last"))
        case "library":
            logging.getLogger("some.library").warning("with %s at last", secret)
    told = stream.getvalue()
    assert secret.removeprefix("Bearer ") not in told
    assert "pass-word" not in told
    assert REDACTED in told
    assert "at last" in told


@pytest.mark.parametrize(
    "key", ["authorization", "Cookie", "api_key", "OPENROUTER_API_KEY", "password", "access_token"]
)
def test_what_is_called_a_secret_is_one(key: str) -> None:
    stream = _configured()
    structlog.get_logger().info("x", headers={key: "short"}, completion_tokens=7)
    (line,) = _lines(stream)
    assert (line["headers"], line["completion_tokens"]) == ({key: REDACTED}, 7)


def test_every_secret_of_the_environment_is_known() -> None:
    settings = Settings(
        _env_file=None,
        openrouter_api_key="openrouter-key",
        redis_url="redis://:redis-password@host",
        log_text=True,
        log_level="debug",
    )
    options = LogOptions.from_settings(settings)
    assert {"openrouter-key", "redis://:redis-password@host"} <= set(options.secrets)
    assert (options.level, options.text) == ("debug", True)


@given(st.text(min_size=1, max_size=60), st.booleans())
def test_nothing_begins_a_line_of_its_own(text: str, terminal: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    configure_logs(LogOptions(text=True), stream=stream)
    structlog.get_logger().info(text, value=text, nested={text: [text]})
    logging.getLogger("some.library").warning("%s", text)
    told = stream.getvalue()
    assert told.count("\n") == 2
    assert len(told.splitlines()) == 2  # which knows of more line ends than one
    assert "\x1b" not in told
    assert told.isprintable() or not set(told) & set("\x00\x07\x08\x0d\x7f\u202e\u2066")


def test_an_exception_cannot_forge_a_stack() -> None:
    stream = Terminal()
    configure_logs(LogOptions(text=True), stream=stream)
    structlog.get_logger().error("x", exc_info=RuntimeError("a\n12:00:00 info    forged\x1b[2J"))
    assert stream.getvalue().splitlines()[-1] == "builtins.RuntimeError: a\\n12:00:00 info    forged\\x1b[2J"


def _access(stream: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in _lines(stream) if line["event"] == "request"]


async def _request(world: World, method: str, path: str, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    async with open_client(world) as client:
        stream = _configured()
        await client.request(method, path, **more)
    (line,) = _access(stream)
    return line, _lines(stream)


async def test_a_request_is_one_line_without_what_the_client_said() -> None:
    line, _ = await _request(
        build_world(answered_script()),
        "POST",
        "/api/v1/chat?token=abc&q=Why",
        json={"question": "Why so secret?", "stream": False},
        headers={"x-request-id": "id-1", "user-agent": "Forged\tAgent"},
    )
    del line["timestamp"]
    assert line.pop("ms") > 0
    assert line == {
        "event": "request", "level": "info", "request_id": "id-1", "method": "POST", "route": "/api/v1/chat",
        "status": 200, "caller": "anonymous",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/api/v1/documents/0192f0c1", "/api/v1/documents/{document_id}", 422),
        ("/made/up/by/a/client", "(unmatched)", 404),
        ("/assets/answer.mjs", "/assets/{name}", 200),
        ("/v1/models/docs", "/v1/models/{model}", 200),
        ("/api/v1/chat", "/api/v1/chat", 405),
    ],
)
async def test_a_route_is_told_by_its_template(path: str, route: str, status: int) -> None:
    line, _ = await _request(build_world(answered_script()), "GET", path)
    assert (line["route"], line["status"]) == (route, status)


async def test_what_breaks_is_logged_once_with_its_request() -> None:
    world = build_world([ZeroDivisionError("the reader's question")])
    line, lines = await _request(world, "POST", "/api/v1/chat", json={"question": "Why?", "stream": False})
    assert line["status"] == 500
    assert {one["request_id"] for one in lines} == {line["request_id"]}
    assert "reader's" not in json.dumps(lines)
    assert any("ZeroDivisionError" in one.get("exception", "") for one in lines)


def test_of_a_retry_only_its_type_attempt_and_wait_are_told() -> None:
    stream, calls = _configured(), []

    @stamina.retry(on=ValueError, attempts=2, wait_initial=0.001, wait_jitter=0)
    def ask(words: str) -> None:
        calls.append(words)
        if len(calls) == 1:
            raise ValueError("body with " + words, {"authorization": "Bearer abcdefgh12345"})

    with stamina.set_testing(False):
        ask("a reader's words")
    (line,) = _lines(stream)
    assert set(line) == {"event", "level", "timestamp", "work", "error", "attempt", "wait_seconds"}
    assert (line["event"], line["error"], line["attempt"]) == ("retry", "ValueError", 1)
