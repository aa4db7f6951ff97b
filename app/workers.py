"""Several server processes on one port, each with everything of its own, over storage that they share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.auth.exposure import check_exposure
from app.errors import AppError
from app.logs import LogOptions, configure_logs
from app.main import create_app
from app.resources import OpenResources
from app.server import Address, build_config, open_listener, settle_garbage
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings
from storage_config.state_lock import owner_of

READY_SECONDS = 60.0


class WorkersFailed(AppError):
    """A server process could not start; it logged why."""


@dataclass(frozen=True, slots=True)
class BuildApp:
    """Builds the application inside a worker: it is sent there, and the application could not be."""

    settings: Settings
    open_resources: OpenResources

    def __call__(self) -> ASGIApp:
        """The application, with logs as the settings want them."""
        configure_logs(LogOptions.from_settings(self.settings))
        return Settled(create_app(self.settings, self.open_resources))


class Settled:
    """ASGI wrapper that settles the garbage collector once the application has started."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""

        async def send_settled(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                settle_garbage()
            await send(message)

        await self._app(scope, receive, send_settled if scope["type"] == "lifespan" else send)


class ReadyMultiprocess(Multiprocess):
    """Processes that tell when all of them answer requests. One that dies is replaced."""

    def __init__(self, config: uvicorn.Config, **sockets: list[object]) -> None:
        super().__init__(config, **sockets)  # type: ignore[arg-type]
        self.on_ready: Callable[[], None] = lambda: None

    def init_processes(self) -> None:
        """Start them all, then wait."""
        super().init_processes()
        if all(process.wait_until_ready(READY_SECONDS, self.should_exit) for process in self.processes):
            self.on_ready()

    @property
    def failed(self) -> bool:
        """Whether a process could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)


def check_sharing(settings: Settings, workers: int) -> None:
    """Raises ConfigurationError where several processes would need the same embedded storage."""
    if not settings.embedded:
        return
    wanted = {"DATABASE_URL": settings.database_url, "QDRANT_URL": settings.qdrant_url}
    missing = " and ".join(name for name, value in wanted.items() if value is None)
    owner = owner_of(settings.data_folder)
    now = f", now process {owner.pid}" if owner is not None and owner.pid is not None else ""
    raise ConfigurationError(
        f"--workers {workers}: what is kept in {settings.data_folder} belongs to one process{now}. "
        f"Set {missing} to share storage between processes, or leave out --workers."
    )


def serve_workers(
    settings: Settings,
    open_resources: OpenResources,
    *,
    address: Address,
    workers: int,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve by `workers` processes until a signal ends them. Blocks.

    Storage and configuration are tried once before any process is started. Raises what `serve` raises,
    ConfigurationError over embedded storage, and WorkersFailed.
    """
    check_sharing(settings, workers)
    check_exposure(settings, address.host)
    with open_listener(address) as listener:
        asyncio.run(_try_out(settings, open_resources))
        build: Any = BuildApp(settings, open_resources)
        config = build_config(build, log_level=settings.log_level)
        config.workers, config.factory = workers, True
        processes = ReadyMultiprocess(config, sockets=[listener])
        host = f"[{address.host}]" if ":" in address.host else address.host
        processes.on_ready = lambda: on_ready(f"http://{host}:{listener.getsockname()[1]}")
        processes.run()
    if processes.failed:
        raise WorkersFailed("A server process could not start: its log says why.")


async def _try_out(settings: Settings, open_resources: OpenResources) -> None:
    async with open_resources(settings):
        pass
