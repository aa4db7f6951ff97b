"""Which names a server answers to."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.http.host_guard import HostGuard
from storage_config.settings import Settings


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _status(*hosts: str, on: str = "127.0.0.1", client: str = "127.0.0.1", **settings: Any) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    scope = {
        "type": "http", "client": (client, 9), "headers": [(b"host", host.encode()) for host in hosts],
    }  # fmt: skip
    guard = HostGuard(_answer, Settings(_env_file=None, **settings), listens_on=on)
    await guard(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]:8000", "[::1]", "127.0.0.1"])
async def test_loopback_names_are_answered_wherever_it_listens(host: str) -> None:
    assert await _status(host) == 200
    assert await _status(host, on="0.0.0.0", hosts=["docs.example"]) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
async def test_a_server_on_loopback_answers_to_no_other_name(host: str) -> None:
    assert await _status(host) == 421


async def test_names_of_the_settings_are_answered_and_no_others() -> None:
    for on in ("127.0.0.1", "0.0.0.0"):
        assert await _status("Docs.Example:443", on=on, hosts=["docs.example"]) == 200
        assert await _status("other.example", on=on, hosts=["docs.example"]) == 421


async def test_without_names_a_server_for_others_answers_to_all() -> None:
    assert await _status("docs.example", on="0.0.0.0", client="203.0.113.9") == 200


async def test_what_a_trusted_proxy_passes_on_is_answered() -> None:
    proxies: dict[str, Any] = {"trusted_proxies": ["127.0.0.1"]}
    assert await _status("docs.example", **proxies) == 200
    assert await _status("docs.example", client="127.0.0.2", **proxies) == 421
    assert await _status("docs.example", **proxies, hosts=["other.example"]) == 200


@pytest.mark.parametrize("hosts", [(), ("localhost", "localhost"), ("localhost", "evil.example")])
async def test_a_request_names_one_host(hosts: tuple[str, ...]) -> None:
    assert await _status(*hosts) == 400
    assert await _status(*hosts, on="0.0.0.0") == 400
