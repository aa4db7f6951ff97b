"""The HTTP server: one uvicorn worker with uvloop and httptools, its connections bounded."""

import gc
import math
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.auth.exposure import check_exposure
from app.http.connection import BoundedConnection
from app.http.connection_bounds import ConnectionBounds
from app.main import OpenResources, create_app
from storage_config.settings import Settings

# Raised from (700, 10, 10): with a thousand streams open, scanning their objects over and over makes gaps.
_GC_THRESHOLDS = (50_000, 50, 100)
# A search runs in a thread, which asks for the interpreter several times and has it from a busy loop after so long at
# most; Python's own are five milliseconds.
_SWITCH_SECONDS = 0.001
# After the seconds that answers have to end by themselves: for the last words of those that are ended then.
_GRACEFUL_SECONDS = 5
_KEEP_ALIVE_SECONDS = 75
_BACKLOG = 4_096
# libuv takes one connection of a listening socket in each turn of the loop. A busy loop makes 30 turns a second: then
# readers would wait for seconds before the server knew of them, and nobody could tell them that it is overloaded.
_ACCEPTED_A_TURN = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 8000


def serve(
    settings: Settings,
    open_resources: OpenResources,
    *,
    address: Address = Address(),
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve until a signal ends it; open answers get FOOTNOTED_DRAIN_SECONDS to finish. Blocks.

    `on_ready` is told the url once requests are answered. Raises what `open_resources` raises, ConfigurationError where
    nothing says who may read and other machines could, and OSError where the port is taken, which is tried before
    anything is opened.
    """
    check_exposure(settings, address.host)
    with open_listener(address) as listener:
        app = create_app(settings, open_resources, listens_on=address.host)
        startup = Startup(app)
        url = f"http://{_bracketed(address.host)}:{listener.getsockname()[1]}"

        def start() -> None:
            settle_garbage()
            sys.setswitchinterval(_SWITCH_SECONDS)
            app.state.footnoted.resources.publish(local_url(address.host, listener.getsockname()[1]))
            on_ready(url)

        server = ReadyServer(build_config(startup, settings), on_ready=start)
        try:
            with listen_often(listener) as listeners:
                server.run(sockets=listeners)
        except SystemExit:
            if startup.failure is not None:
                raise startup.failure from None
            raise


def local_url(host: str, port: int) -> str:
    """Where this machine reaches a server that listens on `host`."""
    return f"http://{_bracketed({'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host))}:{port}"


def open_listener(address: Address) -> socket.socket:
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    return socket.create_server((address.host, address.port), family=family, backlog=_BACKLOG)


@contextmanager
def listen_often(listener: socket.socket) -> Iterator[list[socket.socket]]:
    """The socket and copies of it, for a server that accepts one connection of each in a turn of its loop."""
    copies = [listener.dup() for _ in range(_ACCEPTED_A_TURN - 1)]
    try:
        yield [listener, *copies]
    finally:
        for copy in copies:
            copy.close()


def build_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn runs."""
    return uvicorn.Config(
        app,
        log_level=settings.log_level,
        loop="uvloop",
        http=partial(BoundedConnection, bounds=ConnectionBounds.from_settings(settings)),  # type: ignore[arg-type]
        lifespan="on",
        ws="none",
        log_config=None,  # its lines go where all others go
        access_log=False,  # ours says more, and less: the route, no query
        proxy_headers=False,  # the application knows which proxies to believe
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(settings.drain_seconds) + _GRACEFUL_SECONDS,
    )


class Startup:
    """ASGI wrapper that keeps why the application could not start, instead of having its stack printed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_quietly(message: Message) -> None:
            await send({"type": message["type"]} if message["type"] == "lifespan.startup.failed" else message)

        try:
            await self._app(scope, receive, send_quietly)
        except Exception as error:
            self.failure = error
            raise


class ReadyServer(uvicorn.Server):
    """A server that tells when it answers requests."""

    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application, then the sockets."""
        await super().startup(sockets=sockets)
        self._on_ready()


def settle_garbage() -> None:
    """Make the collector leave alone what start-up made, and look seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
