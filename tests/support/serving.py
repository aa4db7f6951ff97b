"""The application over fakes: as an httpx client in process, or on a real loopback port."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.routing import BaseRoute

from app.main import create_app
from app.serving.server import Address, ReadyServer, build_config, open_listener
from pipelines.bootstrap import Resources
from storage_config.settings import Settings
from tests.support.fakes import FakeCorpus, FakeResources, InMemoryConversations, ScriptedEngine, Step


@dataclass
class World:
    """An application under test and all that it stands on."""

    resources: FakeResources
    conversations: InMemoryConversations = field(default_factory=InMemoryConversations)
    listens_on: str | None = None

    @property
    def engine(self) -> ScriptedEngine:
        """The engine of the first corpus."""
        return next(iter(self.resources.corpora.values())).engine

    def build(self) -> FastAPI:
        """The application, with the routes that were built for the first one."""
        app = create_app(
            self.resources.settings,
            self.resources.open(),
            listens_on=self.listens_on,
            build_conversations=lambda database: self.conversations,
        )
        app.router.routes[:] = _shared_routes()
        return app


@cache
def _shared_routes() -> tuple[BaseRoute, ...]:
    """The routes of every application: they find its state by the request, and nothing of them depends on settings.

    FastAPI builds the models of what goes in and out at the first request, 0.2 s for each application.
    """
    resources = FakeResources({})
    return tuple(create_app(resources.settings, resources.open(), listens_on=None).router.routes)


class OpenWorld(World):
    """An application over resources that are open already, `app`."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(FakeResources({}, settings=resources.settings))

        @asynccontextmanager
        async def opened(settings: Settings) -> AsyncIterator[Resources]:
            yield resources

        self.app = create_app(resources.settings, opened, listens_on=None)

    def build(self) -> FastAPI:
        """The application."""
        return self.app


def build_world(*scripts: Sequence[Step], **changes: Any) -> World:
    """A world with one corpus for each script: `docs`, `docs2`, ..."""
    names = ["docs", *(f"docs{number}" for number in range(2, len(scripts) + 1))]
    corpora = {name: FakeCorpus(ScriptedEngine(script)) for name, script in zip(names, scripts, strict=True)}
    return World(FakeResources(corpora, **changes))


@asynccontextmanager
async def open_client(
    world: World, *, host: str = "127.0.0.1", token: str | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls the application in process, from the address `host`, showing `token` as its bearer.

    Failures come as responses.
    """
    app = world.build()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(host, 1234))
    async with (
        _running(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        if token is not None:
            client.headers["authorization"] = f"Bearer {token}"
        yield client


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """The application's lifespan in a task of its own, as under a server: a fixture begins and ends in two."""
    ending = asyncio.Event()
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with app.router.lifespan_context(app):
            ready.set_result(None)
            await ending.wait()

    task = asyncio.create_task(run())
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    try:
        if task.done():
            await task
        yield
    finally:
        ending.set()
        await task


@asynccontextmanager
async def open_server(world: World) -> AsyncIterator[str]:
    """The application on a free loopback port; yields its url."""
    listener = open_listener(Address(port=0))
    ready = asyncio.Event()
    server = ReadyServer(build_config(world.build(), world.resources.settings), on_ready=ready.set)
    serving = asyncio.create_task(server._serve([listener]))  # `serve` would take the signals of the test run
    try:
        async with asyncio.timeout(10):
            await ready.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        async with asyncio.timeout(20):
            await serving
        listener.close()


def read_parts(body: str) -> list[Any]:
    """The parts of an AI SDK stream; the closing mark as it stands."""
    return [data if data == "[DONE]" else json.loads(data) for data in _events(body)]


def _events(body: str) -> list[str]:
    return [event.removeprefix("data: ") for event in body.split("\n\n") if event.startswith("data: ")]


def of_type(parts: Sequence[Any], kind: str) -> list[Mapping[str, Any]]:
    """The parts of one type."""
    return [part for part in parts if isinstance(part, dict) and part["type"] == kind]
