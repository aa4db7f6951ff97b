"""Webhooks: signed, tried again with the same id, bounded, and told what happened to whom they may."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.telemetry import webhooks
from app.telemetry.webhooks import Webhooks, open_webhooks, sign
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings, read_settings
from tests.support.fakes import Step, answered_script, refused_script
from tests.support.serving import build_world, open_client
from tests.support.waiting import eventually

URL = "https://owner.example/hooks"
SECRET = secrets.token_urlsafe(32)


class Receiver:
    """Answers with the statuses in turn, the last one for ever; an exception among them is raised."""

    def __init__(self, *statuses: int | Exception) -> None:
        self.statuses = list(statuses) or [204]
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(status, Exception):
            raise status
        return httpx.Response(status)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


def _webhooks(receiver: Callable[[httpx.Request], httpx.Response], secret: str = SECRET) -> Webhooks:
    return Webhooks(httpx.AsyncClient(transport=httpx.MockTransport(receiver)), URL, secret)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PAUSES", (0.0, 0.0, 0.0))


async def test_an_event_is_signed_as_the_standard_says() -> None:
    receiver = Receiver()
    hooks = _webhooks(receiver)
    hooks.send("feedback.created", {"rating": "up"})
    await hooks.close()
    (request,) = receiver.requests
    event = json.loads(request.content)
    assert (event["type"], event["data"]) == ("feedback.created", {"rating": "up"})
    signed = b".".join(
        (request.headers["webhook-id"].encode(), request.headers["webhook-timestamp"].encode(), request.content)
    )
    digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{digest}"


@pytest.mark.parametrize("unpadded", [True, False])
async def test_a_secret_of_the_standard_s_tools_is_read_as_they_do(unpadded: bool) -> None:
    key = secrets.token_bytes(25)
    receiver = Receiver()
    hooks = _webhooks(receiver, "whsec_" + base64.b64encode(key).decode().rstrip("=" if unpadded else ""))
    hooks.send("answer.refused", {})
    await hooks.close()
    (request,) = receiver.requests
    name, now = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert request.headers["webhook-signature"] == sign(key, name, now, request.content)


@pytest.mark.parametrize(
    "failure", [500, 503, 429, 408, httpx.ConnectError("away"), httpx.ReadTimeout("slow"), httpx.InvalidURL("odd")]
)
async def test_what_failed_is_tried_again_under_the_same_id(failure: int | Exception) -> None:
    receiver = Receiver(failure, failure, 204)
    hooks = _webhooks(receiver)
    hooks.send("answer.refused", {"question": "?"})
    await hooks.close()
    assert len(receiver.requests) == 3
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.content for request in receiver.requests}) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
async def test_what_was_refused_or_led_elsewhere_is_not_sent_again(status: int) -> None:
    receiver = Receiver(status)
    hooks = _webhooks(receiver)
    hooks.send("answer.refused", {})
    await hooks.close()
    assert len(receiver.requests) == 1


async def test_a_receiver_that_is_away_for_long_is_given_up() -> None:
    receiver = Receiver(503)
    hooks = _webhooks(receiver)
    hooks.send("answer.refused", {})
    await hooks.close()
    assert len(receiver.requests) == 1 + len(webhooks.PAUSES)


async def test_what_waits_is_bounded_and_lost_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "_MAX_DELIVERIES", 3)
    monkeypatch.setattr(webhooks, "PAUSES", (60.0,))
    receiver = Receiver(503)
    hooks = _webhooks(receiver)
    for _ in range(10):
        hooks.send("answer.refused", {})
    await eventually(lambda: len(receiver.requests) == 3)
    await hooks.close(0.05)
    assert len(receiver.requests) == 3


async def test_without_a_url_nothing_is_sent() -> None:
    async with open_webhooks(Settings(_env_file=None)) as hooks:
        hooks.send("answer.refused", {})
        assert not hooks._tasks


async def _told(monkeypatch: pytest.MonkeyPatch, script: list[Step]) -> list[dict[str, Any]]:
    """What an owner is told of one question to an application over fakes."""
    receiver = Receiver()
    real = httpx.AsyncClient

    def client(**options: Any) -> httpx.AsyncClient:
        return real(**options, transport=httpx.MockTransport(receiver)) if "trust_env" in options else real(**options)

    monkeypatch.setattr(httpx, "AsyncClient", client)
    settings = Settings(webhook_url=URL, webhook_secret=SECRET, _env_file=None)
    async with open_client(build_world(script, settings=settings)) as reader:
        answer = await reader.post("/api/v1/chat", json={"question": "Who?", "stream": False})
        assert answer.status_code == 200
        await asyncio.sleep(0.05)
    return receiver.events


async def test_a_refusal_is_told_with_the_question_and_without_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    (event,) = await _told(monkeypatch, refused_script())
    assert event["type"] == "answer.refused"
    assert (event["data"]["question"], event["data"]["corpus"]) == ("Who?", "docs")
    assert event["data"]["closest"][0]["title"] == "Ranking"
    assert event["data"].keys() == {"answer_id", "conversation_id", "corpus", "question", "closest"}


async def test_an_answer_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await _told(monkeypatch, answered_script()) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"webhook_url": URL}, "set both or neither"),
        ({"webhook_secret": SECRET}, "set both or neither"),
        ({"webhook_url": "ftp://x", "webhook_secret": SECRET}, "FOOTNOTED_WEBHOOK_URL"),
        ({"webhook_url": "https://", "webhook_secret": SECRET}, "FOOTNOTED_WEBHOOK_URL"),
        ({"webhook_url": URL, "webhook_secret": "whsec_" + "not base64! " * 4}, "FOOTNOTED_WEBHOOK_SECRET"),
        ({"webhook_url": URL, "webhook_secret": "short"}, "FOOTNOTED_WEBHOOK_SECRET"),
    ],
)
def test_a_half_or_weak_configuration_is_refused(values: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        read_settings(**values)
