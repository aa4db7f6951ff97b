"""Connections to vendors: reused when idle, bounded, closed when left early, failures told apart, cheap for many."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from pipelines.providers.aiohttp_transport import PAUSED, AiohttpTransport
from tests.emulators.server import Emulator, Exchange, Failure


class Slow(Emulator):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        await self.go.wait()
        await exchange.send_json({"ok": True})


@pytest.fixture
async def slow() -> AsyncIterator[Slow]:
    async with Slow() as emulator:
        yield emulator


def client_of(most: int = 64) -> httpx.AsyncClient:
    transport = AiohttpTransport(max_connections=most, keepalive_seconds=30)
    return httpx.AsyncClient(transport=transport, timeout=10)


async def test_one_after_the_other_reuses_one_connection(slow: Slow) -> None:
    slow.go.set()
    async with client_of() as client:
        for _ in range(5):
            assert (await client.get(slow.url)).json() == {"ok": True}
    assert slow.connections == 1


async def test_a_second_burst_reuses_the_connections_of_the_first(slow: Slow) -> None:
    async with client_of() as client, asyncio.timeout(10):
        tasks = [asyncio.create_task(client.get(slow.url)) for _ in range(40)]
        await slow.until(lambda: slow.calls == 40)
        slow.go.set()
        assert {response.status_code for response in await asyncio.gather(*tasks)} == {200}
        await asyncio.gather(*(client.get(slow.url) for _ in range(40)))
    assert slow.connections == 40


async def test_beyond_the_bound_requests_wait_for_a_place_and_give_up(slow: Slow) -> None:
    async with client_of(4) as client, asyncio.timeout(10):
        tasks = [asyncio.create_task(client.get(slow.url)) for _ in range(4)]
        await slow.until(lambda: slow.calls == 4)
        with pytest.raises(httpx.TimeoutException):
            await client.get(slow.url, timeout=httpx.Timeout(1, pool=0.05, connect=0.05))
        slow.go.set()
        await asyncio.gather(*tasks)
        assert (await client.get(slow.url)).status_code == 200


async def test_failures_are_told_apart(slow: Slow) -> None:
    async with client_of() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://127.0.0.1:1/")
        with pytest.raises(httpx.ReadTimeout):
            await client.get(slow.url, timeout=0.05)
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.get("ftp://127.0.0.1/")


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", b"no HTTP at all\r\n\r\n"],
    ids=["hangs up", "half", "garbage"],
)
async def test_a_vendor_that_breaks_off_is_none_that_is_slow(said: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client_of() as client:
        with pytest.raises(httpx.HTTPError) as caught:
            await client.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert not isinstance(caught.value, httpx.TimeoutException)


async def test_leaving_a_body_unread_closes_its_connection() -> None:
    closed = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegins")
        await reader.read()  # until the other end closes
        closed.set()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client_of() as client, asyncio.timeout(5):
        async with client.stream("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/") as response:
            assert await anext(response.aiter_bytes()) == b"begins"
        await closed.wait()


async def test_only_the_headers_that_were_asked_for_are_sent() -> None:
    heads: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nset-cookie: a=b\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a%2Fb?c=%20"
    async with server, client_of() as client:
        client.headers.clear()
        for _ in range(2):
            await client.post(url, content=b"{}", headers={"content-type": "application/json"})
    names = sorted(line.partition(b":")[0].lower() for line in heads[1].split(b"\r\n")[1:] if line)
    assert heads[0].startswith(b"POST /a%2Fb?c=%20 HTTP/1.1\r\n")
    assert names == [b"content-length", b"content-type", b"cookie", b"host"]  # httpx keeps cookies, aiohttp none


async def test_a_request_costs_the_same_beside_many_connections(slow: Slow) -> None:
    """In one pool of httpcore the same burst takes more than ten times as long, and grows with the square."""
    slow.go.set()
    async with client_of(400) as client:
        spent = []
        for burst in (20, 200):
            await asyncio.gather(*(client.get(slow.url) for _ in range(burst)))  # opens the connections
            start = time.process_time()
            await asyncio.gather(*(client.get(slow.url) for _ in range(burst)))
            spent.append((time.process_time() - start) / burst)
    assert spent[1] < 5 * spent[0], f"{spent[0] * 1e3:.2f} ms a request beside 20, {spent[1] * 1e3:.2f} ms beside 200"


async def test_what_comes_while_reading_is_paused_is_one_read() -> None:
    go = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\na")
        await go.wait()
        for letter in b"bcdefgh":
            writer.write(bytes([letter]))
            await asyncio.sleep(0.01)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, client_of() as client, asyncio.timeout(10), client.stream("GET", url) as response:
        reads = aiter(response.aiter_raw())
        assert await anext(reads) == b"a"
        with response.extensions[PAUSED]():
            go.set()
            await asyncio.sleep(0.5)
        assert [read async for read in reads] == [b"bcdefgh"]
        with response.extensions[PAUSED]():  # its connection went back already
            assert response.is_stream_consumed


async def _slowly(url: str) -> tuple[bytes, bool]:
    """What a consumer who takes its time gets of a body, and whether it was told that the body is not whole."""
    got = b""
    async with client_of() as client, client.stream("GET", url) as response:
        try:
            async for chunk in response.aiter_raw():
                got += chunk
                await asyncio.sleep(0.1)
        except httpx.RemoteProtocolError:
            return got, True
    return got, False


@pytest.mark.parametrize(
    ("head", "cut"),
    [(b"transfer-encoding: chunked", True), (b"content-length: 9", True), (b"connection: close", False)],
)
async def test_what_came_before_a_vendor_hung_up_is_given_to_a_slow_consumer(head: bytes, cut: bool) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        for text in (b"one", b"two"):
            writer.write(b"3\r\n%b\r\n" % text if head.startswith(b"transfer") else text)
            await asyncio.sleep(0.02)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        assert await _slowly(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/") == (b"onetwo", cut)


async def test_a_long_header_is_read() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nx-long: " + b"a" * 40_000 + b"\r\ncontent-length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client_of() as client:
        response = await client.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert (response.content, len(response.headers["x-long"])) == (b"ok", 40_000)
