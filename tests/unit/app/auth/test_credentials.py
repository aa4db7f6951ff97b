"""What a request shows is told apart by its looks, and never repeated."""

import pytest
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from app.auth.credentials import MAX_CREDENTIAL, Credential, read_credential, read_origin
from app.errors import NotSignedIn

COOKIE = "better-auth.session_token"


def asking(*headers: tuple[str, str]) -> HTTPConnection:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return HTTPConnection({"type": "http", "method": "GET", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "credential"),
    [
        ([], None),
        ([("authorization", "Bearer a.b.c")], Credential("jwt", "a.b.c")),
        ([("authorization", "bearer  fn_abc")], Credential("api_key", "fn_abc")),
        ([("authorization", "Bearer fnv_a.b.c")], Credential("visitor", "fnv_a.b.c")),
        ([("authorization", "Bearer abc")], Credential("session", "abc")),
        ([("authorization", "Bearer abc.sig=")], Credential("session", "abc.sig=")),
        ([("x-api-key", "fn_abc")], Credential("api_key", "fn_abc")),
        ([("x-api-key", "a.b.c")], Credential("api_key", "a.b.c")),
        ([("authorization", "Bearer abc"), ("x-api-key", "fn_abc")], Credential("session", "abc")),
        ([("cookie", f"a=b; {COOKIE}=t.s")], Credential("cookie", "t.s")),
        ([("cookie", f"{COOKIE}=tossed; __Secure-{COOKIE}=t.s")], Credential("cookie", "t.s")),
        ([("cookie", f"{COOKIE}={'x' * 9_000}")], None),
        ([("cookie", "session_token=t.s")], None),
        ([("cookie", f"{COOKIE}=t.s"), ("authorization", "Bearer abc")], Credential("session", "abc")),
    ],
)
def test_a_credential_is_told_by_its_looks(headers: list[tuple[str, str]], credential: Credential | None) -> None:
    assert read_credential(asking(*headers)) == credential


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "")],
        [("authorization", "Basic YTpi")],
        [("authorization", "Bearer a\x00b")],
        [("authorization", "Bearer é")],
        [("authorization", "Bearer " + "x" * MAX_CREDENTIAL)],
        [("authorization", "Bearer abc"), ("authorization", "Bearer def")],
        [("x-api-key", "fn_a"), ("x-api-key", "fn_b")],
    ],
)
def test_what_is_wrong_is_refused_rather_than_passed_over(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(NotSignedIn):
        read_credential(asking(*headers, ("cookie", f"{COOKIE}=t.s")))


def test_a_credential_does_not_show_itself() -> None:
    assert "secret" not in f"{Credential('api_key', 'secret')!r} {Credential('api_key', 'secret')}"


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, None),
        ({"origin": "https://a.example"}, "https://a.example"),
        ({"origin": "null", "referer": "https://a.example/page"}, "null"),
        ({"referer": "https://a.example:8443/page?q#x"}, "https://a.example:8443"),
        ({"referer": "/page"}, None),
        ({"referer": "http://["}, None),
        ({"referer": "https://user@evil.example/"}, "https://user@evil.example"),
    ],
)
def test_the_origin_is_what_the_browser_says(headers: dict[str, str], origin: str | None) -> None:
    assert read_origin(Headers(headers)) == origin
