"""What a request shows to prove who is asking. Nothing of it is believed here."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from app.auth.api_keys import KEY_MARK
from app.auth.sessions import COOKIE_NAMES
from app.auth.visitors import TOKEN_PREFIX
from app.errors import NotSignedIn

MAX_CREDENTIAL = 8_192
CredentialKind = Literal["jwt", "session", "cookie", "api_key", "visitor"]


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential and its kind, by its looks."""

    kind: CredentialKind
    value: str

    def __repr__(self) -> str:
        return f"Credential({self.kind})"  # never the value: it would end up in logs


def read_credential(request: HTTPConnection) -> Credential | None:
    """What the request shows: `Authorization: Bearer`, else `x-api-key`, else a session cookie; None for nothing.

    Raises NotSignedIn for a header that is repeated, of another scheme, or over 8192 characters.
    """
    bearer, key = _single(request.headers, "authorization"), _single(request.headers, "x-api-key")
    if bearer is not None:
        scheme, _, token = bearer.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        return Credential(_kind_of(token), token)
    if key is not None:
        return Credential("api_key", key.strip())
    cookie = next((request.cookies[name] for name in COOKIE_NAMES if name in request.cookies), None)
    return Credential("cookie", cookie) if cookie and _is_plain(cookie) else None


def shows_credential(headers: Headers) -> bool:
    """Whether somebody meant to show one: a browser sends cookies unasked."""
    return "authorization" in headers or "x-api-key" in headers


def read_origin(headers: Headers) -> str | None:
    """The origin of the page that asks; a browser leaves `Origin` out of reads on the same site, but not `Referer`."""
    origin = headers.get("origin")
    if origin is not None:
        return origin
    try:
        referer = urlsplit(headers.get("referer", ""))
    except ValueError:  # such as http://[
        return None
    return f"{referer.scheme}://{referer.netloc}" if referer.scheme and referer.netloc else None


def _single(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    if len(values) > 1 or (values and not _is_plain(values[0])):
        raise NotSignedIn
    return values[0] if values else None


def _is_plain(value: str) -> bool:
    return len(value) <= MAX_CREDENTIAL and value.isascii() and value.isprintable()


def _kind_of(token: str) -> CredentialKind:
    if token.startswith(TOKEN_PREFIX):
        return "visitor"
    if token.startswith(KEY_MARK):
        return "api_key"
    return "jwt" if token.count(".") == 2 else "session"
