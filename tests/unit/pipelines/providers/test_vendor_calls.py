"""Statuses become our errors, retries are bounded and honour Retry-After, nothing of the key or the vendor leaks."""

import asyncio
import json
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import stamina

from pipelines.errors import VendorBroken, VendorBusy, VendorError, VendorRefused, VendorTimeout
from pipelines.providers.circuit import Circuit, CircuitLimits
from pipelines.providers.vendor_calls import (
    JsonCall,
    Patience,
    RetryPolicy,
    bearer,
    build_http_client,
    error_for_status,
    error_in_body,
    open_post,
    post_json,
    vendor_errors,
)
from storage_config.errors import ConfigurationError
from tests.emulators.cohere import CohereEmulator

KEY = "sk-very-secret-0123456789"
VENDOR_TEXT = "org-8841 is out of quota"
Reply = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """The seconds before each further attempt, as stamina tells them."""
    seconds: list[float] = []
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([lambda details: seconds.append(details.wait_for)])
    yield seconds
    stamina.instrumentation.set_on_retry_hooks(hooks)


class Vendor:
    """Answers from a list, the last one again and again, and counts."""

    def __init__(self, *replies: httpx.Response | Exception) -> None:
        self.replies = list(replies)
        self.calls = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        reply = self.replies[min(self.calls, len(self.replies) - 1)]
        self.calls += 1
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


def call(**changes: Any) -> JsonCall:
    values: dict[str, Any] = {
        "vendor": "acme", "what": "test", "url": "http://127.0.0.1:9/x", "headers": {"authorization": f"Bearer {KEY}"},
        "body": {"text": "private words"},
        "patience": Patience(2, 5, RetryPolicy(attempts=3, first_delay=0.01, max_delay=0.02, max_retry_after=9)),
    }  # fmt: skip
    return JsonCall(**{**values, **changes})


async def post(vendor: Reply, *, circuit: Circuit | None = None, **changes: Any) -> Any:
    async with httpx.AsyncClient(transport=httpx.MockTransport(vendor)) as client:
        return await post_json(client, call(**changes), dict, circuit=circuit or Circuit())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, VendorRefused), (401, VendorRefused), (402, VendorRefused), (403, VendorRefused), (404, VendorRefused),
        (413, VendorRefused), (422, VendorRefused), (408, VendorTimeout), (429, VendorBusy), (500, VendorBroken),
        (502, VendorBroken), (503, VendorBroken), (504, VendorTimeout), (302, VendorBroken),
    ],
)  # fmt: skip
def test_status_becomes_an_error(status: int, kind: type[VendorError]) -> None:
    error = error_for_status("acme", status, "model m")
    assert type(error) is kind
    assert (error.vendor, error.status, error.retry_after) == ("acme", status, None)
    assert "acme" in str(error)
    assert "model m" in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), ("-3", 0.0), ("soon", None), ("", None), ("1e300", None), ("nan", None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert error_for_status("acme", 429, "x", {"retry-after": value}).retry_after == seconds


def test_retry_after_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waited = error_for_status("acme", 429, "x", {"retry-after": date}).retry_after
    assert waited is not None
    assert 27 < waited <= 31


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"code": 429}, VendorBusy), ({"code": "402"}, VendorRefused), ({"code": 502}, VendorBroken),
        ({"code": "server_error"}, VendorBroken), ({}, VendorBroken), ("text", VendorBroken),
        ({"code": 7}, VendorBroken), ({"code": True}, VendorBroken),
    ],
)  # fmt: skip
def test_an_error_inside_a_body(body: Any, kind: type[VendorError]) -> None:
    assert type(error_in_body(body, "acme", "x")) is kind


def test_delays_double_are_drawn_and_bounded() -> None:
    policy = RetryPolicy(attempts=5, first_delay=1, max_delay=3)
    broken = VendorBroken("x", vendor="acme")
    for made, most in ((1, 1), (2, 2), (3, 3), (4, 3)):
        drawn = [policy.delay(made, broken) for _ in range(200)]
        assert all(delay is not None and 0 <= delay <= most for delay in drawn)
        assert len(set(drawn)) > 100
    assert policy.delay(5, broken) is None


def test_what_is_not_tried_again() -> None:
    policy = RetryPolicy(attempts=5, max_retry_after=10)
    assert policy.delay(1, VendorRefused("x", vendor="acme")) is None
    assert policy.delay(1, VendorBusy("x", vendor="acme", retry_after=10.1)) is None
    waited = policy.delay(1, VendorBusy("x", vendor="acme", retry_after=10))
    assert waited is not None
    assert waited >= 10


async def test_a_failure_is_tried_again_and_the_answer_comes(waits: list[float]) -> None:
    vendor = Vendor(httpx.Response(502), httpx.Response(200, json={"ok": 1}))
    assert await post(vendor) == {"ok": 1}
    assert vendor.calls == 2
    assert [0 <= seconds <= 0.01 for seconds in waits] == [True]


async def test_retry_after_is_honoured(waits: list[float]) -> None:
    busy = httpx.Response(429, headers={"retry-after": "0.3"})
    vendor = Vendor(busy, httpx.Response(200, json={}))
    began = time.monotonic()
    await post(vendor)
    assert time.monotonic() - began >= 0.3
    assert [0.3 <= seconds <= 0.31 for seconds in waits] == [True]


async def test_leaving_while_it_waits_ends_the_call() -> None:
    vendor = Vendor(httpx.Response(429, headers={"retry-after": "4"}))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(vendor), 0.2)
    assert vendor.calls == 1


@pytest.mark.parametrize(
    ("reply", "kind", "calls"),
    [
        (httpx.Response(500), VendorBroken, 3),
        (httpx.Response(401), VendorRefused, 1),
        (httpx.Response(429), VendorBusy, 3),
        (httpx.Response(429, headers={"retry-after": "3600"}), VendorBusy, 1),
        (httpx.Response(200, content=b"<html>"), VendorBroken, 3),
        (httpx.Response(200, json=[1]), VendorBroken, 3),
        (httpx.Response(200, json={"error": {"code": 402, "message": VENDOR_TEXT}}), VendorRefused, 1),
        (httpx.ConnectError("no route"), VendorBroken, 3),
        (httpx.ConnectTimeout("slow"), VendorTimeout, 3),
        (httpx.ReadError("reset"), VendorBroken, 3),
    ],
)
async def test_calls_are_bounded_and_nothing_leaks(
    reply: httpx.Response | Exception, kind: type[VendorError], calls: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor = Vendor(reply)
    with pytest.raises(kind) as caught:
        await post(vendor)
    assert vendor.calls == calls
    told = str(caught.value) + repr(caught.value) + "".join(traceback.format_exception(caught.value)) + caplog.text
    assert KEY not in told
    assert VENDOR_TEXT not in str(caught.value)
    assert "private words" not in str(caught.value)


async def test_an_endless_answer_is_cut_off() -> None:
    with pytest.raises(VendorBroken, match="without end"):
        await post(Vendor(httpx.Response(200, content=b"[" * 5000)), max_bytes=1000)


async def test_the_circuit_opens_and_then_nothing_is_called() -> None:
    circuit = Circuit(CircuitLimits(failures=2, pause=60))
    vendor = Vendor(httpx.Response(500))
    with pytest.raises(VendorBusy) as caught:
        await post(vendor, circuit=circuit)
    assert vendor.calls == 2, "the third attempt met the open circuit"
    assert caught.value.retry_after is not None
    assert 50 < caught.value.retry_after <= 60
    with pytest.raises(VendorBusy):
        await post(vendor, circuit=circuit)
    assert vendor.calls == 2


async def test_a_refusal_does_not_open_the_circuit() -> None:
    circuit = Circuit(CircuitLimits(failures=1, pause=60))
    with pytest.raises(VendorRefused):
        await post(Vendor(httpx.Response(401)), circuit=circuit)
    assert circuit.state == "closed"


@pytest.mark.parametrize("key", ["", "  ", "two words", "schlüssel", "line\nbreak"])
def test_an_unusable_key_is_refused_by_the_name_of_its_variable(key: str) -> None:
    with pytest.raises(ConfigurationError, match="ACME_API_KEY") as caught:
        bearer(key, "ACME_API_KEY")
    assert not key.strip() or key not in str(caught.value)


def test_a_key_is_trimmed() -> None:
    assert bearer(f" {KEY}\n", "X") == f"Bearer {KEY}"


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(KeyError), vendor_errors("acme", "x"):
        raise KeyError("ours")


async def test_the_client_waits_for_answers_as_our_timers_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with build_http_client() as client:
        assert client.timeout.read is None
        assert client.timeout.connect is not None
        assert type(client._transport).__name__ == "AiohttpTransport"
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    async with build_http_client() as client:
        assert any(transport is not None for transport in client._mounts.values()), "the proxy is used"


async def test_the_body_arrives_as_json() -> None:
    seen: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    await post(vendor)
    assert json.loads(seen[0].content) == {"text": "private words"}
    assert seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert seen[0].headers["content-type"] == "application/json"


async def test_the_short_way_to_post_sends_what_httpx_would() -> None:
    async with CohereEmulator() as cohere:
        url, content = f"{cohere.url}/v2/embed", b'{"texts": ["a"]}'
        ours, plain = build_http_client(), httpx.AsyncClient()
        async with ours, plain:
            for client in (ours, plain):
                response = await open_post(client, url, {"authorization": "Bearer x", "accept": "*/*"}, content)
                await response.aclose()
    sent = [(request.body, dict(request.headers) | {"connection": ""}) for request in cohere.received]
    assert sent[0] == sent[1]
