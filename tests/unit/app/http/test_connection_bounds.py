"""Connections of an address, and clients that read nothing."""

import asyncio
import socket
import time
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from app.http.connection_bounds import ConnectionBounds
from pipelines.events import TextDelta
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.figures import note_figures
from tests.support.serving import build_world, open_server
from tests.support.waiting import eventually

LARGE = "x" * 1_000_000
ASK = b'{"question": "Why?"}'


def test_an_address_has_so_many() -> None:
    bounds = ConnectionBounds(per_address=2, proxies=("10.0.0.0/8",))
    keys = [bounds.enter("192.0.2.1") for _ in range(3)]
    assert keys == ["192.0.2.1", "192.0.2.1", None]
    assert bounds.enter("192.0.2.2") == "192.0.2.2"
    bounds.leave("192.0.2.1")
    assert bounds.enter("192.0.2.1") == "192.0.2.1"
    assert [bounds.enter("2001:db8::1"), bounds.enter("2001:db8::2"), bounds.enter("2001:db8::3")][2] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", ""])
def test_this_machine_and_proxies_have_no_bound(host: str) -> None:
    bounds = ConnectionBounds(per_address=1, proxies=("10.0.0.0/8",))
    assert None not in [bounds.enter(host) for _ in range(10)]


def test_the_bounds_are_those_of_the_settings() -> None:
    settings = Settings(_env_file=None, max_connections_address=3, trusted_proxies=("10.0.0.0/8",))
    bounds = ConnectionBounds.from_settings(settings)
    assert (bounds.per_address, bounds.proxies, bounds.stalled_seconds) == (3, ("10.0.0.0/8",), 30)


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", urlsplit(url).port)


async def test_a_connection_too_many_is_told_so_and_another_may_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionBounds, "_is_free", lambda self, host: False)
    settings = Settings(_env_file=None, max_connections_address=1)
    async with open_server(build_world(answered_script(), settings=settings)) as url:
        first = await _connect(url)
        await asyncio.sleep(0.05)
        second = await _connect(url)
        assert (await asyncio.wait_for(second[0].read(), 5)).startswith(b"HTTP/1.1 429")
        first[1].close()
        await asyncio.sleep(0.1)
        third = await _connect(url)
        third[1].write(b"GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert (await asyncio.wait_for(third[0].read(), 5)).startswith(b"HTTP/1.1 200")
        for _, writer in (second, third):
            writer.close()


async def test_a_client_that_reads_nothing_is_ended_and_its_answer_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionBounds, "from_settings", lambda settings: ConnectionBounds(stalled_seconds=0.6))
    script = answered_script()
    world = build_world([script[0], *[TextDelta(LARGE)] * 40, *script[3:]])
    async with open_server(world) as url:
        _, writer = await _connect(url)
        head = b"POST /api/v1/chat HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        began = time.monotonic()
        with capture_logs() as lines:
            writer.write((head + b"content-length: %d\r\n\r\n" % len(ASK) + ASK) * 3)  # the others wait behind it
            await eventually(lambda: any(line["event"] == "reader_stalled" for line in lines), 10)
        ended = time.monotonic() - began
        note_figures("a reader who reads nothing", bound_seconds=0.6, ended_seconds=ended)
        assert 0.5 < ended < 5
        await eventually(lambda: world.engine.closed == len(world.engine.questions), 5)
        await asyncio.sleep(0.2)
        assert len(world.engine.questions) == 1
        writer.close()


async def test_a_client_that_reads_slowly_is_let_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionBounds, "from_settings", lambda settings: ConnectionBounds(stalled_seconds=0.6))
    script = answered_script()
    world = build_world([script[0], *[TextDelta(LARGE)] * 8, *script[3:]])
    async with open_server(world) as url:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", urlsplit(url).port))
        reader, writer = await asyncio.open_connection(sock=narrow)
        head = b"POST /api/v1/chat HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n"
        writer.write(head + b"content-length: %d\r\n\r\n" % len(ASK) + ASK)
        size, began = 0, time.monotonic()
        while piece := await reader.read(1 << 20):
            size += len(piece)
            await asyncio.sleep(0.02)
        assert size > 8 * len(LARGE)
        assert time.monotonic() - began > 0.8  # longer than a client may take nothing
        writer.close()
