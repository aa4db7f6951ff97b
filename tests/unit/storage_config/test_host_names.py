"""Names of hosts in the one form in which they are compared."""

import pytest

from storage_config.host_names import is_loopback, plain_host, read_host


@pytest.mark.parametrize(
    ("named", "host"),
    [
        ("Docs.Example:8000", "docs.example"),
        ("docs.example.", "docs.example"),
        ("docs.example.:443", "docs.example"),
        ("docs.example:", "docs.example"),
        ("[::1]:80", "::1"),
        ("[::1]:", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[::ffff:127.0.0.1]", "127.0.0.1"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("api_1", "api_1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host_is_read(named: str, host: str) -> None:
    assert read_host(named) == host


@pytest.mark.parametrize(
    "named",
    ["", "[::1", "::1", "::1]", "[::1]x", "[127.0.0.1]", "a@b", "a b", "a/b", "docs.example:80:80", "docs.example:x",
     "docs.example..", ".", "-a", "bücher.example", "a" * 254],
)  # fmt: skip
def test_what_is_no_host_is_none(named: str) -> None:
    assert read_host(named) is None


def test_an_address_that_stands_alone_needs_no_brackets() -> None:
    assert plain_host("::1") == plain_host("[::1]") == "::1"
    assert plain_host("::1]") is None


@pytest.mark.parametrize(
    ("host", "loops"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("localhost", True),
        ("localhost.", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.1", False),
        ("[::1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_told(host: str, loops: bool) -> None:
    assert is_loopback(host) is loops
