"""Tokens for people who do not sign in: short-lived, and of use to the pages of one website only.

A token is a JWT signed with FOOTNOTED_TOKEN_SECRET whose audience is the origin of the page that asked for it. That
keeps other websites' pages from using it; a program can send any `Origin`, and only limits stop that.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from app.auth.callers import VISITOR_PREFIX
from app.errors import NotSignedIn, OriginRefused

TOKEN_PREFIX = "fnv_"
LIFETIME_SECONDS = 900
# A visitor keeps their conversations by asking for the next token with the one before, for a day at most.
VISIT_SECONDS = 86_400
_ALGORITHM = "HS256"
_ISSUER = "footnoted"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a token was made for; `began` is the time of their first one, in seconds since 1970."""

    subject: str
    began: int


@dataclass(frozen=True, slots=True)
class VisitorToken:
    """A token that was just made; `expires_in` is in seconds."""

    value: str = field(repr=False)
    expires_in: int


class VisitorTokens:
    """Makes and verifies the tokens; none is kept."""

    def __init__(self, secret: str, *, allowed_origins: tuple[str, ...]) -> None:
        self._secret = secret
        self._allowed_origins = frozenset(allowed_origins)

    def issue(self, origin: str | None, *, visitor: Visitor | None = None) -> VisitorToken:
        """A token for a page of that origin; `visitor` goes on with one. Raises OriginRefused and NotSignedIn."""
        if origin not in self._allowed_origins:
            raise OriginRefused
        now = int(time.time())
        visitor = visitor or Visitor(VISITOR_PREFIX + secrets.token_urlsafe(18), now)
        expires = min(now + LIFETIME_SECONDS, visitor.began + VISIT_SECONDS)
        if expires <= now:
            raise NotSignedIn
        claims = {
            "iss": _ISSUER,
            "aud": origin,
            "sub": visitor.subject,
            "iat": now,
            "exp": expires,
            "began": visitor.began,
        }
        token = jwt.encode(claims, self._secret, algorithm=_ALGORITHM)
        return VisitorToken(TOKEN_PREFIX + token, expires - now)

    def verify(self, token: str, *, origin: str | None) -> Visitor:
        """Whose token it is. Raises NotSignedIn, and OriginRefused for a valid token of another origin."""
        claims = self._decode(token)
        if origin is None or claims["aud"] != origin or origin not in self._allowed_origins:
            raise OriginRefused
        return Visitor(claims["sub"], claims["began"])

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token.removeprefix(TOKEN_PREFIX),
                self._secret,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                options={"require": ["iss", "aud", "sub", "iat", "exp", "began"], "verify_aud": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise NotSignedIn from None
