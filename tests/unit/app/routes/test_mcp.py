"""`POST /mcp` as plain HTTP."""

import json
import re
from typing import Any

import httpx
import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client

HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


async def _post(
    message: Any = LIST, *, path: str = "/mcp", token: str | None = None, origins: tuple[str, ...] = (), **headers: str
) -> httpx.Response:
    world = build_world(answered_script(), settings=Settings(_env_file=None, allowed_origins=origins))
    async with open_client(world, token=token) as client:
        return await client.post(path, json=message, headers={**HEADERS, **headers})


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
async def test_it_answers_without_a_redirect_and_without_a_session(path: str) -> None:
    response = await _post(path=path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in response.headers
    assert {tool["name"] for tool in response.json()["result"]["tools"]} == {"search_docs", "ask_docs", "read_section"}


async def test_a_call_without_a_handshake_is_answered() -> None:
    called = {"name": "search_docs", "arguments": {"query": "weights", "limit": 1}}
    response = await _post({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": called})
    assert response.json()["id"] == 7
    assert response.json()["result"]["structuredContent"]["corpus"] == "docs"


async def test_a_handshake_names_the_server() -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    result = (await _post({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})).json()["result"]
    assert (result["serverInfo"]["name"], result["protocolVersion"]) == ("footnoted", "2025-06-18")
    assert "search_docs" in result["instructions"]


@pytest.mark.parametrize("accept", ["text/event-stream", "Text/Event-Stream;q=0.9", "text/*"])
async def test_who_takes_only_events_gets_the_answer_as_one(accept: str) -> None:
    response = await _post(accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream"
    event, data = response.text.removesuffix("\n\n").split("\n")
    assert event == "event: message"
    assert json.loads(data.removeprefix("data: ")) == (await _post()).json()


async def test_a_notification_has_no_answer_in_any_form() -> None:
    response = await _post({"jsonrpc": "2.0", "method": "notifications/initialized"}, accept="text/event-stream")
    assert (response.status_code, response.content in (b"", b"null")) == (202, True)


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("*/*", 200), ("", 200), ("text/html", 406)])
async def test_who_takes_json_gets_json_and_who_takes_neither_is_refused(accept: str, status: int) -> None:
    response = await _post(accept=accept)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("https://evil.example", "127.0.0.1:8000", 403),
        ("http://evil.example:8000", "evil.example:8000", 403),  # a name that was made to point here
        ("null", "127.0.0.1:8000", 403),
        ("http://localhost:6274", "evil.example", 403),
        ("http://localhost:6274", "127.0.0.1:8000", 200),
        ("https://docs.example.org", "api.example.org", 200),
        ("http://[", "127.0.0.1:8000", 403),
    ],
)
async def test_pages_of_other_sites_may_not_call(origin: str, host: str, status: int) -> None:
    response = await _post(origins=("https://docs.example.org",), origin=origin, host=host)
    assert response.status_code == status
    if status == 403:
        assert response.json()["type"] == "urn:footnoted:problem:origin-refused"


async def test_a_wrong_credential_is_refused() -> None:
    response = await _post(token="wrong")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_needs_a_session_is_not_allowed(method: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.request(method, "/mcp", headers=HEADERS)
    assert response.status_code == 405


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b"[]", 400), (b"x" * (2 * 1024 * 1024 + 1), 413)])
async def test_bodies_that_are_no_messages(content: bytes, status: int) -> None:
    async with open_client(build_world(answered_script())) as client:
        headers = {**HEADERS, "content-type": "application/json"}
        response = await client.post("/mcp", content=content, headers=headers)
    assert response.status_code == status


async def test_questions_count_as_questions_and_the_answer_says_when_to_come_back() -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, ask_rate_address="2/minute"))
    ask = {"name": "ask_docs", "arguments": {"question": "Why?"}}
    search = {"name": "search_docs", "arguments": {"query": "weights"}}
    read = {"name": "read_section", "arguments": {}}
    async with open_client(world) as client:
        results = []
        for params in (ask, search, read, ask):
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            results.append((await client.post("/mcp", json=message, headers=HEADERS)).json()["result"])
    assert [result["isError"] for result in results] == [False, False, True, True]
    assert "url" in results[2]["content"][0]["text"]
    assert re.fullmatch(r"Too many requests\. Try again in \d+ seconds\.", results[3]["content"][0]["text"])
    assert len(world.engine.questions) == 1


async def test_who_leaves_while_sending_is_no_failure() -> None:
    world = build_world(answered_script())
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async with open_client(world) as client:
        app = client._transport.app  # type: ignore[attr-defined]
        scope = {
            "type": "http", "method": "POST", "path": "/mcp", "raw_path": b"/mcp", "query_string": b"", "root_path": "",
            "scheme": "http", "server": ("test", 80), "client": ("127.0.0.1", 1), "headers": [(b"host", b"test")],
        }  # fmt: skip
        with capture_logs() as lines:
            await app(scope, receive, send)
    assert sent[0]["status"] == 499
    assert [(line["event"], line["log_level"]) for line in lines] == [("request", "info")]
