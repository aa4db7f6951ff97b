"""The server in a process of its own, and what it does before one is needed."""

import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from app.http.connection import BoundedConnection
from app.serving.server import Address, build_config, open_listener, serve, settle_garbage
from pipelines.bootstrap import Resources
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings


@pytest.fixture
def _collector() -> Iterator[None]:
    threshold = gc.get_threshold()
    gc.unfreeze()  # what the suite froze
    yield
    gc.freeze()
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_collector")
def test_garbage_is_settled() -> None:
    settle_garbage()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] > 10_000


def test_the_default_is_loopback() -> None:
    assert Address().host == "127.0.0.1"


def test_how_uvicorn_runs() -> None:
    config = build_config(_never, Settings(_env_file=None, drain_seconds=10))
    assert (config.loop, config.http.func, config.lifespan) == ("uvloop", BoundedConnection, "on")  # type: ignore[union-attr]
    assert config.timeout_graceful_shutdown == 15
    assert not config.server_header


def test_a_taken_port_is_told_before_anything_is_opened() -> None:
    with open_listener(Address(port=0)) as taken, pytest.raises(OSError, match="in use"):
        serve(Settings(_env_file=None), _refuse, address=Address(port=taken.getsockname()[1]))


def test_why_it_cannot_start_is_raised(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match="FOOTNOTED_CONFIG is wrong"):
        serve(Settings(_env_file=None), _refuse, address=Address(port=0), on_ready=pytest.fail)
    assert "Traceback" not in "".join(capfd.readouterr())


def _has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6_loopback(), reason="no IPv6 loopback on this machine")
def test_it_listens_on_ipv6_too() -> None:
    with open_listener(Address("::1", 0)) as listener:
        assert listener.family == socket.AF_INET6


async def _never(scope: object, receive: object, send: object) -> None:
    raise AssertionError("called")


@asynccontextmanager
async def _refuse(settings: Settings) -> AsyncIterator[Resources]:
    raise ConfigurationError("FOOTNOTED_CONFIG is wrong")
    yield
