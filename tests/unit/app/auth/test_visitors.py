"""A visitor's token works from the pages it was made for, for some minutes, and goes on for a day at most."""

import time
from typing import Any

import jwt
import pytest

from app.auth.visitors import LIFETIME_SECONDS, TOKEN_PREFIX, VISIT_SECONDS, Visitor, VisitorTokens
from app.errors import NotSignedIn, OriginRefused

ORIGIN, OTHER = "https://docs.example.org", "https://other.example.org"
SECRET = "a secret of the tests, long enough 0123456789"
TOKENS = VisitorTokens(SECRET, allowed_origins=(ORIGIN, OTHER))


def test_each_token_has_a_subject_of_its_own() -> None:
    issued = [TOKENS.issue(ORIGIN) for _ in range(2)]
    visitors = [TOKENS.verify(token.value, origin=ORIGIN) for token in issued]
    assert visitors[0].subject != visitors[1].subject
    assert all(visitor.subject.startswith("visitor:") and len(visitor.subject) > 24 for visitor in visitors)
    assert issued[0].expires_in == LIFETIME_SECONDS
    assert issued[0].value not in repr(issued[0])


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", ORIGIN + "/", ORIGIN.upper(), "*"])
def test_no_token_is_made_for_pages_of_others(origin: str | None) -> None:
    with pytest.raises(OriginRefused):
        TOKENS.issue(origin)


@pytest.mark.parametrize("origin", [OTHER, None, "null", "https://evil.example"])
def test_a_token_is_of_no_use_to_pages_of_others(origin: str | None) -> None:
    with pytest.raises(OriginRefused):
        TOKENS.verify(TOKENS.issue(ORIGIN).value, origin=origin)


def test_a_token_is_of_no_use_when_its_website_is_not_allowed_any_more() -> None:
    token = TOKENS.issue(ORIGIN).value
    with pytest.raises(OriginRefused):
        VisitorTokens(SECRET, allowed_origins=(OTHER,)).verify(token, origin=ORIGIN)


def test_a_visitor_goes_on_for_a_day() -> None:
    now = int(time.time())
    early, late = Visitor("visitor:a", now - 3_600), Visitor("visitor:b", now - VISIT_SECONDS + 60)
    assert TOKENS.verify(TOKENS.issue(ORIGIN, visitor=early).value, origin=ORIGIN) == early
    assert TOKENS.issue(ORIGIN, visitor=late).expires_in <= 60
    with pytest.raises(NotSignedIn):
        TOKENS.issue(ORIGIN, visitor=Visitor("visitor:c", now - VISIT_SECONDS))


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        ({"exp": -1}, SECRET),
        ({"exp": None}, SECRET),
        ({"began": None}, SECRET),
        ({"iss": "https://auth.example.org"}, SECRET),
        ({"iat": 60}, SECRET),
        ({}, "another secret of the tests, long enough 0123"),
    ],
)
def test_other_tokens_are_refused(changes: dict[str, Any], secret: str) -> None:
    """Times are seconds from now."""
    now = int(time.time())
    changes = {name: now + value if isinstance(value, int) else value for name, value in changes.items()}
    good = {"iss": "footnoted", "aud": ORIGIN, "sub": "visitor:a", "iat": now, "exp": now + 60, "began": now}
    claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
    with pytest.raises(NotSignedIn):
        TOKENS.verify(TOKEN_PREFIX + jwt.encode(claims, secret, algorithm="HS256"), origin=ORIGIN)


@pytest.mark.parametrize("token", ["", "fnv_", "fnv_a.b.c", "fnv_" + "[" * 5_000, "fnv_eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.verify(token, origin=ORIGIN)
