"""Pages of one declared host over HTTP: bounded in size, time and redirects, polite, and never another host's."""

import asyncio
import email.utils
import itertools
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx
import stamina
from protego import Protego

from pipelines.readers.html.page import ROBOTS, forbids_index, is_past
from pipelines.readers.page_source import Validators
from storage_config.errors import FootnotedError

USER_AGENT = "Footnoted"
MAX_REDIRECTS = 5
MAX_TRIES = 3
FIRST_PAUSE = 0.5  # seconds before the second try, twice as long before the next
MAX_PAUSE = 30.0  # seconds, of a server's Retry-After or crawl delay
PAGE_SECONDS = 60.0

_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchError(FootnotedError):
    """A page cannot be fetched; the message says why in the operator's words, `status` is HTTP's where it answered."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Gone(FetchError):
    """The server says that there is no such page (404, 410)."""


class Unavailable(FetchError):
    """Every try got no answer (`status` None), or one that says to come again later; `retry_after` is its header."""

    def __init__(self, message: str, status: int | None = None, *, retry_after: str | None = None) -> None:
        super().__init__(message, status)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the address after redirects, the body (None where it did not change), and its kind."""

    url: str
    data: bytes | None
    media_type: str  # lower case, without parameters
    charset: str | None
    validators: Validators
    noindex: bool = False  # the server forbids to index it


class HostFetcher:
    """An async context manager that fetches from the host of `url` alone, redirects included.

    `robots.txt` is honoured as RFC 9309 has it: without one all may be fetched; while the server fails, nothing may.
    """

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._origin = _origin(httpx.URL(url))
        self._client = httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT}, timeout=_TIMEOUT, transport=transport, follow_redirects=False
        )
        self._robots = Protego.parse("")
        self._pause = 0.0
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        try:
            await self._read_robots()
        except BaseException:
            await self._client.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def _read_robots(self) -> None:
        scheme, host, port = self._origin
        url = httpx.URL(scheme=scheme, host=host, port=port, path="/robots.txt")
        try:
            found = await self._fetch(str(url), Validators(), max_bytes=500_000)
            rules = (found.data or b"").decode("utf-8-sig", "replace")
        except FetchError as error:
            if error.status is None or not 400 <= error.status < 500:
                raise type(error)(f"cannot be read: robots.txt {error}", error.status) from None
            rules = ""
        self._robots = Protego.parse(rules)
        delay = self._robots.crawl_delay(USER_AGENT)
        self._pause = min(float(delay), MAX_PAUSE) if delay else 0.0

    def is_own(self, url: str) -> bool:
        """Whether the address is one of the declared host."""
        try:
            return _origin(httpx.URL(url)) == self._origin
        except (httpx.InvalidURL, ValueError):
            return False

    async def fetch(self, url: str, known: Validators, *, max_bytes: int) -> Fetched:
        """The page, or that it did not change since `known`. Raises Gone, FetchError."""
        if not self.is_own(url):
            raise FetchError("lies on another host than the sitemap")
        self._check_allowed(url)
        if self._pause:
            async with self._turn:  # pages are asked for several at once, and the delay is between any two
                await asyncio.sleep(self._pause)
        return await self._fetch(url, known, max_bytes=max_bytes)

    def _check_allowed(self, url: str) -> None:
        if not self._robots.can_fetch(url, USER_AGENT):
            raise FetchError("must not be fetched, says robots.txt")

    async def _fetch(self, url: str, known: Validators, *, max_bytes: int) -> Fetched:
        async for attempt in stamina.retry_context(_pauses(), attempts=MAX_TRIES, timeout=None):
            with attempt:
                return await self._try(url, known, max_bytes)
        raise AssertionError("retry_context returns or raises")

    async def _try(self, url: str, known: Validators, max_bytes: int) -> Fetched:
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                found = await self._follow(url, known, max_bytes)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"cannot be fetched: {type(error).__name__}") from None
        if isinstance(found, Fetched):
            return found
        wish = found.headers.get("Retry-After")
        raise Unavailable(f"answered {found.status_code}", found.status_code, retry_after=wish)

    async def _follow(self, url: str, known: Validators, max_bytes: int) -> "Fetched | httpx.Response":
        """Goes where redirects lead on this host; a response that is worth another try is returned as it is."""
        for _ in range(MAX_REDIRECTS + 1):
            async with self._client.stream("GET", url, headers=known.headers()) as response:
                if response.status_code in _AGAIN:
                    return response
                if response.status_code not in _REDIRECTS:
                    return await _read(response, known, max_bytes)
                target = str(response.url.join(response.headers.get("Location", "")))
            if not self.is_own(target):
                raise FetchError(f"redirects to another host, {_place(target)}")
            url = target
            self._check_allowed(url)
        raise FetchError(f"redirects more than {MAX_REDIRECTS} times")


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port: a redirect from https to http leaves the declared host, too."""
    return url.scheme, url.host.lower(), url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _place(url: str) -> str:
    """Scheme and host of where a redirect leads, for the message."""
    scheme, host, _ = _origin(httpx.URL(url))
    return f"{scheme}://{host}"[:200]


async def _read(response: httpx.Response, known: Validators, max_bytes: int) -> Fetched:
    if response.status_code in (404, 410):
        raise Gone(f"answered {response.status_code}", response.status_code)
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code == 304 and known.headers():
        return Fetched(str(response.url), None, media_type, None, known)
    if response.status_code != 200:
        raise FetchError(f"answered {response.status_code}", response.status_code)
    data = bytearray()
    # Decoded bytes are counted, so that a small compressed body cannot become a huge page.
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > max_bytes:
            raise FetchError(f"is larger than {max_bytes:,} bytes")
    validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
    noindex = _forbids_index(response.headers.get_list("X-Robots-Tag"))
    return Fetched(str(response.url), bytes(data), media_type, response.charset_encoding, validators, noindex)


def _forbids_index(headers: Sequence[str]) -> bool:
    """Whether X-Robots-Tag forbids it: `noindex`, `none`, a date after which it is too late, for all or for us.

    A name stands before the directives that it is meant for, up to the next name.
    """
    for header in headers:
        meant = True
        for part in re.split(r",(?![^,]*\d{2}:\d{2})", header):
            name, colon, rest = (piece.strip() for piece in part.partition(":"))
            if colon and name.lower() == "unavailable_after":
                if meant and is_past(rest):
                    return True
                continue
            if colon and name.lower() not in ("max-snippet", "max-image-preview", "max-video-preview"):
                meant = name.lower() in ROBOTS
                part = rest
            if meant and forbids_index(part):
                return True
    return False


def _pauses() -> Callable[[Exception], float | bool]:
    """Seconds before the next try of one page, as stamina asks; False where another try would not help."""
    pauses = (FIRST_PAUSE * 2**made for made in itertools.count())

    def pause(error: Exception) -> float | bool:
        return _retry_after(error.retry_after, next(pauses)) if isinstance(error, Unavailable) else False

    return pause


def _retry_after(header: str | None, otherwise: float) -> float:
    if not header:
        return otherwise
    if header.strip().isdecimal():
        return min(float(header), MAX_PAUSE)
    try:
        date = email.utils.parsedate_tz(header)
        return min(max(email.utils.mktime_tz(date) - time.time(), 0.0), MAX_PAUSE) if date else otherwise
    except (ValueError, OverflowError):  # a year that no calendar has
        return otherwise
