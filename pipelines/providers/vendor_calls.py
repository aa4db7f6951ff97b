"""Calls to vendors over HTTP: their failures in our words, our own bounded retries, one client for many streams.

No text of a vendor gets into an error, since it may carry parts of the prompt or of the key. Errors name the vendor,
what was called, the HTTP status and, where the vendor gave one, an opaque id for its support.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from time import time
from typing import Any, TypeVar
from urllib.request import getproxies

import httpx
import stamina

from pipelines.errors import VendorBroken, VendorBusy, VendorError, VendorRefused, VendorTimeout
from pipelines.providers.aiohttp_transport import AiohttpTransport
from pipelines.providers.circuit import Circuit
from storage_config.errors import ConfigurationError
from storage_config.json_bytes import dump_json, parse_json

MAX_CONNECTIONS = 1_200
KEEPALIVE_SECONDS = 60.0

Answer = TypeVar("Answer")

_BUSY = {425, 429}
_TOO_SLOW = {408, 504, 524}
_MESSAGES = {
    401: "refuses the API key",
    402: "wants credit",
    403: "forbids the request",
    404: "knows no such model or address",
    429: "limits the rate",
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try. `attempts` counts all calls; delays are in seconds.

    The delay doubles from `first_delay` up to `max_delay` and is drawn evenly from 0 to there ("full jitter",
    Brooker, AWS Architecture Blog 2015). A `Retry-After` is honoured up to `max_retry_after`; a longer one ends it.
    """

    attempts: int = 3
    first_delay: float = 0.3
    max_delay: float = 4.0
    max_retry_after: float = 10.0

    def delay(self, calls_made: int, error: VendorError) -> float | None:
        """Seconds before the next call, None where another one is not allowed or would not help."""
        if calls_made >= self.attempts or isinstance(error, VendorRefused):
            return None
        jitter = random.uniform(0, min(self.max_delay, self.first_delay * 2 ** (calls_made - 1)))
        if error.retry_after is None:
            return jitter
        return error.retry_after + jitter if error.retry_after <= self.max_retry_after else None

    def backoff(self) -> Callable[[Exception], float | bool]:
        """The same as stamina asks it of one call: seconds before the next attempt, False where there is none."""
        calls_made = itertools.count(1)

        def wait(error: Exception) -> float | bool:
            delay = self.delay(next(calls_made), error) if isinstance(error, VendorError) else None
            return False if delay is None else delay

        return wait


class VendorClient(httpx.AsyncClient):
    """httpx's client over a transport of ours, with a shorter way to post: httpx's own costs 140 µs a request.

    That way knows neither redirects nor cookies, which no vendor's API has, nor what event hooks and mounts add.
    """

    def __init__(self, transport: AiohttpTransport, *, timeout: httpx.Timeout) -> None:
        super().__init__(transport=transport, timeout=timeout)
        self._wire = transport
        self._own = dict(self.headers)

    async def post_at_once(self, url: str, headers: Mapping[str, str], content: bytes) -> httpx.Response:
        """The response, unread. Raises what httpx's `send` does."""
        return await self._wire.post(url, {**self._own, **headers}, content, limits=self.timeout)


@lru_cache(maxsize=64)
def _has_user(url: str) -> bool:
    return bool(httpx.URL(url).userinfo)


async def open_post(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], content: bytes) -> httpx.Response:
    """The response to a post, unread; the caller closes it. Raises httpx's errors."""
    if isinstance(client, VendorClient) and not _has_user(url):
        return await client.post_at_once(url, headers, content)
    return await client.send(client.build_request("POST", url, headers=dict(headers), content=content), stream=True)


def body_chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    """What each read of the connection brought. httpx's own generators only matter where the body is compressed."""
    if "content-encoding" in response.headers:
        return response.aiter_bytes()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return aiter(response.stream)


def build_http_client() -> httpx.AsyncClient:
    """A client for vendors, for a thousand streams and the short calls beside them.

    Own timers bound the waiting for answers, so it has no read timeout. Behind a proxy that the environment names, the
    connections are httpx's own, since only its default transport knows proxies.
    """
    timeout = httpx.Timeout(connect=10, write=10, pool=10, read=None)
    if getproxies().keys() & {"http", "https", "all"}:
        limits = httpx.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS)
        return httpx.AsyncClient(limits=limits, timeout=timeout)
    transport = AiohttpTransport(max_connections=MAX_CONNECTIONS, keepalive_seconds=KEEPALIVE_SECONDS)
    return VendorClient(transport, timeout=timeout)


def bearer(api_key: str, variable: str) -> str:
    """The value of an `Authorization` header. Raises ConfigurationError, which names the variable and not the key."""
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(f"{variable}: is empty or holds characters that no API key has")
    return f"Bearer {key}"


@contextmanager
def vendor_errors(vendor: str, what: str) -> Iterator[None]:
    """Turns what httpx and asyncio's timers raise into VendorTimeout and VendorBroken."""
    try:
        yield
    except (httpx.TimeoutException, TimeoutError):
        raise VendorTimeout(f"{vendor} was too slow: {what}", vendor=vendor) from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise VendorBroken(f"{vendor} broke off: {what}: {type(error).__name__}", vendor=vendor) from None


def error_for_status(vendor: str, status: int, what: str, headers: Mapping[str, str] | None = None) -> VendorError:
    """The error that an HTTP status stands for, with the seconds of `Retry-After` where given."""
    text = f"{vendor} {_MESSAGES.get(status, 'failed' if status >= 500 else 'refuses the request')} ({status}): {what}"
    retry_after = _retry_after(headers.get("retry-after") if headers else None)
    kind: type[VendorError] = VendorRefused
    if status in _BUSY:
        kind = VendorBusy
    elif status in _TOO_SLOW:
        kind = VendorTimeout
    elif status >= 500 or status < 400:
        kind = VendorBroken
    return kind(text, vendor=vendor, status=status, retry_after=retry_after)


def _retry_after(value: str | None) -> float | None:
    """Seconds of a `Retry-After` header (RFC 9110, 10.2.3: seconds or a date), None where absent or unreadable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if seconds < 1e9 else None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take: `seconds` for one attempt, `total_seconds` for all with the delays between them."""

    seconds: float
    total_seconds: float
    retries: RetryPolicy


@dataclass(frozen=True, slots=True)
class JsonCall:
    """One request for a JSON answer of at most `max_bytes`."""

    vendor: str
    what: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    patience: Patience
    max_bytes: int = 32 * 1024 * 1024


async def post_json(
    client: httpx.AsyncClient,
    call: JsonCall,
    read: Callable[[dict[str, Any]], Answer],
    *,
    circuit: Circuit,
) -> Answer:
    """What `read` makes of the JSON object that the vendor answers; `read` raises VendorBroken for a wrong one.

    Raises VendorError after the last attempt that the call's patience allows.
    """
    content = dump_json(call.body)
    retries = call.patience.retries
    failed: VendorError | None = None
    with vendor_errors(call.vendor, call.what):
        async with asyncio.timeout(call.patience.total_seconds):
            try:
                return await _post_once(client, call, content, read, circuit)
            except VendorError as error:
                failed = error
            # Nearly every call is answered at once: only another one needs the machinery, which the first one fails.
            async for attempt in stamina.retry_context(retries.backoff(), attempts=retries.attempts, timeout=None):
                with attempt:
                    if failed is not None:
                        first, failed = failed, None
                        raise first
                    return await _post_once(client, call, content, read, circuit)
    raise AssertionError("a retry policy allows at least one attempt")


async def _post_once(
    client: httpx.AsyncClient,
    call: JsonCall,
    content: bytes,
    read: Callable[[dict[str, Any]], Answer],
    circuit: Circuit,
) -> Answer:
    if wait := circuit.blocked_for():
        raise VendorBusy(f"{call.vendor} is left alone: {call.what}", vendor=call.vendor, retry_after=wait)
    passed = circuit.enter()
    try:
        with vendor_errors(call.vendor, call.what):
            async with asyncio.timeout(call.patience.seconds):
                answer = read(await _read_json(client, call, content))
    except VendorRefused:
        raise
    except VendorError:
        passed.fail()
        raise
    else:
        passed.succeed()
        return answer
    finally:
        passed.leave()


async def _read_json(client: httpx.AsyncClient, call: JsonCall, content: bytes) -> dict[str, Any]:
    headers = {"content-type": "application/json", "accept": "application/json", **call.headers}
    response = await open_post(client, call.url, headers, content)
    try:
        if response.status_code != 200:
            raise error_for_status(call.vendor, response.status_code, call.what, response.headers)
        received = bytearray()
        async for chunk in body_chunks(response):
            received += chunk
            if len(received) > call.max_bytes:
                raise VendorBroken(f"{call.vendor} answers without end: {call.what}", vendor=call.vendor, status=200)
    finally:
        await response.aclose()
    return json_object(bytes(received), call.vendor, call.what)


def json_object(received: bytes, vendor: str, what: str) -> dict[str, Any]:
    """The object that the bytes hold. Raises the VendorError that an error inside a 200 stands for, or VendorBroken."""
    try:
        answer = parse_json(received)
    except ValueError:
        raise VendorBroken(f"{vendor} answered no JSON: {what}", vendor=vendor, status=200) from None
    if not isinstance(answer, dict):
        raise VendorBroken(f"{vendor} answered no JSON object: {what}", vendor=vendor, status=200)
    if error := answer.get("error"):
        raise error_in_body(error, vendor, what)
    return answer


def error_in_body(error: Any, vendor: str, what: str) -> VendorError:
    """The VendorError for an `error` object inside a 200; its `code` is an HTTP status where it is a number."""
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if isinstance(code, int) and 400 <= code < 600:
        return error_for_status(vendor, code, what)
    return VendorBroken(f"{vendor} reported an error inside its answer: {what}", vendor=vendor, status=200)
