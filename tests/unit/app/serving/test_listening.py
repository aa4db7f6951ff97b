"""A busy loop takes many connections in one of its turns."""

import asyncio
import contextlib
import socket
import time

import uvloop

from app.serving.server import Address, listen_often, open_listener

_TURNS, _CONNECTIONS = 5, 60


async def test_a_busy_loop_hears_of_many_connections_in_a_turn() -> None:
    by_turn = await asyncio.to_thread(lambda: uvloop.run(_accepted_by_turn()))  # the server's kind of loop
    assert by_turn[-1] - by_turn[0] > 2 * _TURNS


async def _accepted_by_turn() -> list[int]:
    loop = asyncio.get_running_loop()
    accepted: list[asyncio.BaseTransport] = []
    by_turn: list[int] = []
    done = asyncio.Event()

    class Counted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    def be_busy() -> None:
        time.sleep(0.005)
        by_turn.append(len(accepted))
        if len(by_turn) <= _TURNS:
            loop.call_soon(be_busy)
        else:
            done.set()

    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(open_listener(Address(port=0)))
        listeners = stack.enter_context(listen_often(listener))
        servers = [await loop.create_server(Counted, sock=one, backlog=100) for one in listeners]
        for _ in range(_CONNECTIONS):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(listener.getsockname())
        loop.call_soon(be_busy)
        await done.wait()
        for transport in accepted:
            transport.close()
        for server in servers:
            server.close()
    return by_turn
