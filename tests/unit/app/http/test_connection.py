"""Connections that send too much, too slowly, or something that is no request."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from app.http import connection
from app.http.request_body import MAX_DEPTH
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_server

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET /api/v1/health HTTP/1.1\r\nhost: test\r\n"


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A connection to a server."""
    async with open_server(build_world(answered_script())) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        yield reader, writer
        writer.close()


async def _all(peer: Peer) -> bytes:
    """What comes until the server closes."""
    async with asyncio.timeout(10):
        return await peer[0].read()


async def test_a_request_in_pieces_is_answered(peer: Peer) -> None:
    for piece in (b"GET /api/v1/he", b"alth HTTP/1.1\r\nho", b"st: test\r\nconnection: close\r\n", b"\r\n"):
        peer[1].write(piece)
        await asyncio.sleep(0.01)
    assert (await _all(peer)).startswith(b"HTTP/1.1 200")


async def test_a_head_without_end_is_refused(peer: Peer) -> None:
    peer[1].write(GET)
    for number in range(5):
        peer[1].write(b"x-%d: %s\r\n" % (number, b"a" * 8_000))
        await asyncio.sleep(0.01)
    assert (await _all(peer)).startswith(b"HTTP/1.1 431")


async def test_a_head_that_comes_at_once_is_no_larger(peer: Peer) -> None:
    peer[1].write(GET + b"x: " + b"a" * connection.MAX_HEAD_BYTES + b"\r\n\r\n")
    assert (await _all(peer)).startswith(b"HTTP/1.1 431")


async def test_a_head_that_trickles_is_ended(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
    monkeypatch.setattr(connection, "MAX_HEAD_SECONDS", 0.3)
    async with open_server(build_world(answered_script())) as url:
        slow = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        for letter in GET[:10]:
            slow[1].write(bytes([letter]))
            await asyncio.sleep(0.005)
        assert (await _all(slow)).startswith(b"HTTP/1.1 408")
        slow[1].close()


async def test_who_connects_and_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_HEAD_SECONDS", 0.1)
    async with open_server(build_world(answered_script())) as url:
        silent = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        assert await _all(silent) == b""
        silent[1].close()


async def test_a_second_request_of_a_connection_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_HEAD_SECONDS", 0.5)
    async with open_server(build_world(answered_script())) as url:
        peer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        peer[1].write(GET + b"\r\n")
        await peer[0].readuntil(b"\r\n\r\n")
        peer[1].write(b"GET /again")
        assert b"HTTP/1.1 408" in await _all(peer)
        peer[1].close()


async def test_blank_lines_after_an_answer_keep_no_connection(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
    monkeypatch.setattr(connection, "MAX_HEAD_SECONDS", 0.2)
    peer[1].write(GET + b"\r\n")
    head = await peer[0].readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await peer[0].readexactly(int(length.partition(b":")[2]))
    peer[1].write(b"\r\n")
    assert await _all(peer) == b""


async def test_a_body_that_goes_on_after_its_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.1)
    async with open_server(build_world(answered_script())) as url:
        peer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        peer[1].write(GET + b"content-length: 1000\r\n\r\nx")
        assert (await _all(peer)).startswith(b"HTTP/1.1 200")
        peer[1].close()


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/v1/chat HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST /api/v1/chat HTTP/1.1\r\nhost: t\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/chat HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"POST /api/v1/chat HTTP/1.1\r\nhost: t\r\ncontent-length: -1\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nhost: t\r\nx-request-id: a\rb\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nhost: t\r\n x-folded: a\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nhost: t\r\nno colon\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: t\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
    ],
)
async def test_what_smuggles_is_no_request(peer: Peer, head: bytes) -> None:
    peer[1].write(head)
    answered = await _all(peer)
    assert answered.startswith(b"HTTP/1.1 400")
    assert answered.count(b"HTTP/1.1") == 1


def test_the_bounds_are_what_the_documentation_says() -> None:
    assert (connection.MAX_HEAD_BYTES, connection.MAX_HEAD_SECONDS, MAX_DEPTH) == (32 * 1024, 15, 64)
