"""What the owner's own server is told as it happens: signed, tried again, and told once by its id.

Signatures are those of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
"""

import asyncio
import base64
import hashlib
import hmac
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import structlog

from storage_config.json_bytes import dump_json
from storage_config.records.ids import new_id
from storage_config.settings import Settings

WebhookEvent = Literal["answer.refused", "feedback.created", "ingestion.finished"]

# Before each further try, in seconds, give or take a fifth: a receiver that restarts misses nothing.
PAUSES: Sequence[float] = (1.0, 5.0, 30.0, 120.0, 600.0)
_SECONDS = 10.0
_AT_ONCE = 4
# Under way, with those that wait for another try; what comes beyond is dropped, and logged.
_MAX_DELIVERIES = 1_000
_TRY_AGAIN = (408, 425, 429)
_log = structlog.get_logger(__name__)


class Webhooks:
    """Sends events to one url; nothing without one. What is on its way when the process ends is lost, and logged."""

    def __init__(self, client: httpx.AsyncClient, url: str | None, secret: str = "") -> None:
        self._client = client
        self._url = url
        self._key = _key_of(secret)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, event: WebhookEvent, data: Mapping[str, Any]) -> None:
        """Tell it in the background; `data` are JSON values."""
        if self._url is None:
            return
        if len(self._tasks) >= _MAX_DELIVERIES:
            _log.warning("webhook_dropped", event_type=event, waiting=len(self._tasks))
            return
        body = dump_json({"type": event, "timestamp": datetime.now(UTC).isoformat(), "data": data})
        task = asyncio.create_task(self._deliver(self._url, f"msg_{new_id().hex}", event, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, seconds: float = 5.0) -> None:
        """Give what is being sent some seconds; the rest is lost."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            _log.warning("webhooks_lost", count=len(late))
            await asyncio.wait(late)

    async def _deliver(self, url: str, message_id: str, event: WebhookEvent, body: bytes) -> None:
        for number, pause in enumerate((*PAUSES, None), 1):
            failure = await self._post(url, message_id, body)
            if failure is None:
                return
            _log.warning("webhook_failed", event_type=event, id=message_id, attempt=number, failure=failure)
            if pause is None or failure.startswith("refused"):
                return
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    async def _post(self, url: str, message_id: str, body: bytes) -> str | None:
        """What went wrong; None where it arrived. What the receiver `refused` is not sent again."""
        now = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": now,
            "webhook-signature": sign(self._key, message_id, now, body),
        }
        async with self._slots:
            try:
                async with self._client.stream("POST", url, content=body, headers=headers) as response:
                    status = response.status_code
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return type(error).__name__
        if 200 <= status < 300:
            return None
        return f"status {status}" if status >= 500 or status in _TRY_AGAIN else f"refused with {status}"


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`, version 1."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@asynccontextmanager
async def open_webhooks(settings: Settings) -> AsyncIterator[Webhooks]:
    """As the environment says, for the block."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
        webhooks = Webhooks(client, settings.webhook_url, secret)
        try:
            yield webhooks
        finally:
            await webhooks.close()


def _key_of(secret: str) -> bytes:
    """`whsec_` and base64, with or without its padding, as the standard's tools write it; or the characters."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    encoded = secret.removeprefix("whsec_").rstrip("=")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
