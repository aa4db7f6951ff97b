"""An issuer of users' tokens, as Better Auth is one: Ed25519 keys, their public document, and tokens good and bad."""

import base64
import json
import time
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.emulators.server import Emulator, Exchange, Failure

ISSUER, AUDIENCE = "https://auth.example.org", "footnoted"


class Issuer:
    """Keys by their ids, and what is signed with them."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.current = self.rotate("key-1")

    def rotate(self, key_id: str) -> str:
        """A new key, which signs from now on; those before stay published."""
        self.keys[key_id] = Ed25519PrivateKey.generate()
        self.current = key_id
        return key_id

    def public(self, key_id: str) -> bytes:
        """The raw public key."""
        return self.keys[key_id].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def document(self) -> dict[str, Any]:
        """The JWKS, with the members that Better Auth gives a key."""
        return {
            "keys": [
                {"alg": "EdDSA", "crv": "Ed25519", "x": encode(self.public(name)), "kty": "OKP", "kid": name}
                for name in self.keys
            ]
        }

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims with changes; None takes one away."""
        now = int(time.time())
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "iat": now, "exp": now + 300, "role": "user"}
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, *, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token of the current key."""
        key, named = self.keys[self.current], {"kid": self.current, **(headers or {})}
        return jwt.encode(self.claims(**changes), key, algorithm="EdDSA", headers=named)


class JwksServer(Emulator):
    """The issuer's document over HTTP."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__()
        self.issuer = issuer

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        """The document, or the failure's status."""
        if failure is not None and failure.kind == "stall":
            await exchange.pause(None)
        await exchange.send_json(self.issuer.document(), status=failure.status if failure else 200)


class CountingTransport(httpx.MockTransport):
    """Answers every request with what `answer` gives; `calls` are the addresses asked for."""

    def __init__(self, answer: Any) -> None:
        self.calls: list[str] = []
        self.answer = answer
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(str(request.url))
        answered = self.answer() if callable(self.answer) else self.answer
        if isinstance(answered, Exception):
            raise answered
        return answered if isinstance(answered, httpx.Response) else httpx.Response(200, json=answered)


def encode(value: bytes | dict[str, Any]) -> str:
    """Base64url without padding, of JSON where it is an object."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token made by hand."""
    return f"{encode(header)}.{encode(claims)}.{encode(signature)}"
