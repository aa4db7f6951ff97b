"""Which names a server answers to."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings, read_settings
from tests.support.fakes import answered_script
from tests.support.raw_http import send_raw, status_of_hosts
from tests.support.serving import World, build_world, open_client, open_server


def _world(on: str, settings: dict[str, Any]) -> World:
    world = build_world(answered_script(), settings=Settings(_env_file=None, readers="public", **settings))
    world.listens_on = on
    return world


async def _status(*hosts: str, on: str = "127.0.0.1", client: str = "127.0.0.1", **settings: Any) -> int:
    async with open_client(_world(on, settings), host=client) as asking:
        request = asking.build_request("GET", "/api/v1/health")
        del request.headers["host"]
        request.headers = type(request.headers)([*request.headers.multi_items(), *(("host", one) for one in hosts)])
        return (await asking.send(request)).status_code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "localhost",
        "LOCALHOST:8000",
        "[::1]:8000",
        "[::1]",
        "127.0.0.1",
        "localhost.",
        "localhost:",
        "[::ffff:127.0.0.1]:8000",
    ],
)
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


@pytest.mark.parametrize("host", ["[::1", "::1", "localhost:x", "a@localhost"])
async def test_what_is_no_host_is_400(host: str) -> None:
    assert await _status(host) == 400
    assert await _status(host, on="0.0.0.0") == 400


async def test_where_it_listens_is_a_name_of_its_own() -> None:
    """Commands find a server at the address it listens on, whatever FOOTNOTED_HOSTS says."""
    named: dict[str, Any] = {"hosts": ["docs.example"]}
    assert await _status("192.0.2.2:8000", on="192.0.2.2", **named) == 200
    assert await _status("[2001:db8::2]:8000", on="2001:db8::2", **named) == 200
    assert await _status("192.0.2.3:8000", on="192.0.2.2", **named) == 421


@pytest.mark.parametrize("value", ["docs.example:8000", "https://docs.example", "docs.example/", "a b", "*", "[::1"])
def test_a_name_that_could_never_match_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FOOTNOTED_HOSTS", f"other.example, {value}")
    with pytest.raises(ConfigurationError, match=r"FOOTNOTED_HOSTS: .*without scheme, port or path"):
        read_settings()


async def test_names_are_compared_in_one_form() -> None:
    for named in ("2001:DB8::2", "[2001:db8::2]"):
        assert await _status("[2001:db8:0::2]:80", hosts=[named]) == 200
    assert await _status("docs.example", hosts=["Docs.Example."]) == 200


async def test_a_refusal_looks_like_any_other() -> None:
    world = _world("127.0.0.1", {"allowed_origins": ["https://docs.example"]})
    headers = {"host": "evil.example", "origin": "https://docs.example"}
    with capture_logs() as lines:
        async with open_client(world) as client:
            refused = await client.get("/api/v1/health", headers=headers)
            other = await client.get("/v1/models", headers=headers)
    assert refused.json()["type"] == "urn:footnoted:problem:unknown-host"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert refused.headers["access-control-allow-origin"] == "https://docs.example"
    assert "default-src" in refused.headers["content-security-policy"]
    assert (other.status_code, other.json()["error"]["code"]) == (421, "unknown_host")
    assert [line["status"] for line in lines if line["event"] == "request"] == [421, 421]
    assert [line["host"] for line in lines if line["event"] == "unknown_host"] == ["evil.example"]


async def test_strangers_cannot_fill_the_log_with_names() -> None:
    with capture_logs() as lines:
        async with open_client(_world("127.0.0.1", {})) as client:
            for number in range(50):
                await client.get("/", headers={"host": f"{number}.example"})
    assert len([line for line in lines if line["event"] == "unknown_host"]) == 20


async def test_a_target_in_absolute_form_names_the_host() -> None:
    async with open_server(_world("127.0.0.1", {})) as url:
        assert await status_of_hosts(url, "localhost") == 200
        assert await status_of_hosts(url, "evil.example") == 421
        assert await status_of_hosts(url, "localhost", target="http://evil.example/api/v1/health") == 421
        assert await status_of_hosts(url, "evil.example", target="http://localhost:1/api/v1/health") == 200
        assert await status_of_hosts(url, "localhost", "localhost", target="http://localhost/api/v1/health") == 400
        assert await status_of_hosts(url) == 400
        told = await send_raw(url, "GET /v1/models HTTP/1.1", "host: evil.example")
    assert json.loads(told.partition("\r\n\r\n")[2])["error"]["code"] == "unknown_host"
