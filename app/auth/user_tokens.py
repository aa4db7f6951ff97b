"""JWTs of Better Auth: who signed in, as the issuer said some minutes ago."""

from dataclasses import dataclass
from typing import Any

import jwt

from app.auth.callers import is_reserved
from app.auth.jwks import Jwks
from app.errors import NotSignedIn

ALGORITHMS = ("EdDSA",)  # what Better Auth signs with unless told otherwise; never what a token says
LEEWAY_SECONDS = 10
# A JWT outlives the session it was made from: none may do so for longer.
MAX_LIFETIME_SECONDS = 3_600
_MAX_NAME = 255
_CLAIMS = ("iss", "aud", "sub", "iat", "exp")


@dataclass(frozen=True, slots=True)
class UserToken:
    """What a valid JWT says. `role` holds names of the issuer's roles between commas; `session_id` is its `sid`."""

    subject: str
    role: str | None
    session_id: str | None


class UserTokens:
    """Verifies the JWTs of one issuer for one audience (RFC 8725)."""

    def __init__(self, jwks: Jwks, *, issuer: str, audience: str) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._audience = audience

    async def verify(self, token: str) -> UserToken:
        """What the token says. Raises NotSignedIn, and SignInUnavailable where its key cannot be fetched."""
        key = await self._jwks.find(_key_id(token))
        if key is None:
            raise NotSignedIn
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": list(_CLAIMS)},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise NotSignedIn from None
        return _read_claims(claims)


def _key_id(token: str) -> str:
    """The key that the token names; the algorithm is looked at first, so that others cost no fetch."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotSignedIn from None
    key_id = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_NAME:
        raise NotSignedIn
    return key_id


def _read_claims(claims: dict[str, Any]) -> UserToken:
    subject, role, session_id = claims["sub"], claims.get("role"), claims.get("sid")
    if not 0 < len(subject) <= _MAX_NAME or not subject.isprintable() or is_reserved(subject):
        raise NotSignedIn
    if claims["exp"] - claims["iat"] > MAX_LIFETIME_SECONDS:
        raise NotSignedIn
    return UserToken(
        subject=subject,
        role=role if isinstance(role, str) else None,
        session_id=session_id if isinstance(session_id, str) and 0 < len(session_id) <= _MAX_NAME else None,
    )
