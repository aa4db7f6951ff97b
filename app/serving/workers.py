"""Several server processes on one port, each with everything of its own, over storage that they share."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from app.auth.exposure import check_exposure
from app.errors import AppError
from app.main import OpenResources, create_app
from app.serving.server import Address, build_config, listen_often, open_listener, settle_garbage
from app.serving.state_sharing import check_state
from app.telemetry.logs import LogOptions, configure_logs
from storage_config.settings import Settings

READY_SECONDS = 60.0


class WorkersFailed(AppError):
    """A server process could not start; it logged why."""


@dataclass(frozen=True, slots=True)
class BuildApp:
    """Builds the application inside a worker: it is sent there, and the application could not be."""

    settings: Settings
    open_resources: OpenResources
    listens_on: str

    def __call__(self) -> ASGIApp:
        """The application, with logs as the settings want them."""
        configure_logs(LogOptions.from_settings(self.settings))
        return Settled(create_app(self.settings, self.open_resources, listens_on=self.listens_on))


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
        if all(self._serves(process) for process in self.processes):
            self.on_ready()

    def keep_subprocess_alive(self) -> None:
        """Replace what died or hangs, and wait: a new process answers nothing while it loads its libraries.

        The next look would take it for one that hangs, end it, and so on for ever.
        """
        before = list(self.processes)
        super().keep_subprocess_alive()
        for process in self.processes:
            if process not in before:
                self._serves(process)

    def _serves(self, process: Process) -> bool:
        """Whether it does in time; a signal is obeyed meanwhile."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and process.process.is_alive() and not self.should_exit.is_set():
            if process.wait_until_ready(1.0, self.should_exit):
                return True
            self.handle_signals()
        return False

    @property
    def failed(self) -> bool:
        """Whether a process could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)


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
    check_state(settings, workers)
    check_exposure(settings, address.host)
    with open_listener(address) as listener, listen_often(listener) as listeners:
        asyncio.run(_try_out(settings, open_resources))
        build: Any = BuildApp(settings, open_resources, address.host)
        config = build_config(build, settings)
        config.workers, config.factory = workers, True
        processes = ReadyMultiprocess(config, sockets=[*listeners])
        host = f"[{address.host}]" if ":" in address.host else address.host
        processes.on_ready = lambda: on_ready(f"http://{host}:{listener.getsockname()[1]}")
        processes.run()
    if processes.failed:
        raise WorkersFailed("A server process could not start: its log says why.")


async def _try_out(settings: Settings, open_resources: OpenResources) -> None:
    async with open_resources(settings):
        pass
