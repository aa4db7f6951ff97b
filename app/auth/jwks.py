"""The public keys of an issuer (JWKS, RFC 7517), fetched seldom however many tokens ask for unknown ones."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
import structlog

from app.errors import SignInUnavailable

FRESH_SECONDS = 300.0  # a key that its issuer withdrew is trusted for this long
KEEP_SECONDS = 3_600.0  # and for this long while its issuer cannot be reached
PAUSE_SECONDS = 10.0  # between the ends of two fetches, whatever asks for them
PAUSE_AFTER_FAILURE_SECONDS = 30.0
_FETCH_SECONDS = 3.0
_MAX_BYTES = 64 * 1024
_MAX_KEYS = 32
_log = structlog.get_logger(__name__)


class Jwks:
    """The Ed25519 keys at one address, by their ids. Nothing in a token ever says where keys are fetched from."""

    def __init__(self, url: str, client: httpx.AsyncClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._client = client
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._next_fetch_at = -math.inf
        self._failed = False
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id; None where the issuer has none.

        Raises SignInUnavailable where that cannot be told because the issuer cannot be reached.
        """
        if not self._is_younger_than(FRESH_SECONDS) or key_id not in self._keys:
            await self._refresh()
        key = self._keys.get(key_id) if self._is_younger_than(KEEP_SECONDS) else None
        if key is None and self._failed:
            raise SignInUnavailable
        return key

    def _is_younger_than(self, seconds: float) -> bool:
        return self._fetched_at is not None and self._clock() - self._fetched_at < seconds

    async def _refresh(self) -> None:
        """Waits for the fetch that is under way; begins one where none is and the pause is over."""
        if self._fetch is None:
            if self._clock() < self._next_fetch_at:
                return
            self._fetch = asyncio.create_task(self._fetch_keys(), name="fetch JWKS")
        await asyncio.shield(self._fetch)

    async def _fetch_keys(self) -> None:
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                self._keys = read_keys(await self._read_document())
        except (httpx.HTTPError, ValueError, TimeoutError, RecursionError) as error:
            _log.warning("jwks_unavailable", url=self._url, error=type(error).__name__)
            self._failed = True
        else:
            self._fetched_at, self._failed = self._clock(), False
        finally:
            pause = PAUSE_AFTER_FAILURE_SECONDS if self._failed else PAUSE_SECONDS
            self._next_fetch_at = self._clock() + pause
            self._fetch = None

    async def _read_document(self) -> Any:
        async with self._client.stream("GET", self._url, headers={"accept": "application/json"}) as response:
            response.raise_for_status()
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ValueError(f"a JWKS of more than {_MAX_BYTES} bytes")
        return json.loads(body)


def read_keys(document: Any) -> dict[str, jwt.PyJWK]:
    """The Ed25519 keys of a JWKS by id, at most 32; others are left out. Raises ValueError for anything but a JWKS."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a JWKS")
    keys = [_read_key(entry) for entry in document["keys"][:_MAX_KEYS]]
    return {key.key_id: key for key in keys if key is not None and key.key_id}


def _read_key(entry: Any) -> jwt.PyJWK | None:
    if not isinstance(entry, dict) or (entry.get("kty"), entry.get("crv")) != ("OKP", "Ed25519"):
        return None
    if not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
        return None
    try:
        # Only what makes a public key: the algorithm is ours to say.
        return jwt.PyJWK({name: entry[name] for name in ("kty", "crv", "kid", "x")}, algorithm="EdDSA")
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return None
