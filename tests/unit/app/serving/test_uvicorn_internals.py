"""What we take of uvicorn's internals, by name: another version of it is taken only where all of this still holds."""

import inspect
from importlib.metadata import version

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from tests.conftest import ROOT

# Overridden or called by our subclasses, with the parameters that they pass on.
METHODS = [
    (HttpToolsProtocol, "connection_made", ["transport"]),
    (HttpToolsProtocol, "connection_lost", ["exc"]),
    (HttpToolsProtocol, "data_received", ["data"]),
    (HttpToolsProtocol, "shutdown", []),
    (HttpToolsProtocol, "resume_writing", []),
    (HttpToolsProtocol, "on_message_begin", []),
    (HttpToolsProtocol, "on_headers_complete", []),
    (HttpToolsProtocol, "on_message_complete", []),
    (HttpToolsProtocol, "on_response_complete", []),
    (uvicorn.Server, "startup", ["sockets"]),
    (Multiprocess, "__init__", ["config", "sockets"]),
    (Multiprocess, "init_processes", []),
    (Multiprocess, "keep_subprocess_alive", []),
    (Multiprocess, "handle_signals", []),
    (Multiprocess, "run", []),
    (Process, "wait_until_ready", ["timeout", "should_exit"]),
]
# Read or set by them.
ATTRIBUTES = [
    (HttpToolsProtocol, ("app", "app_state", "client", "cycle", "headers", "loop", "transport", "url")),
    (RequestResponseCycle, ("response_complete",)),
    (Multiprocess, ("processes", "should_exit")),
    (Process, ("process",)),
]


def test_the_version_is_the_one_that_is_pinned() -> None:
    assert f'"uvicorn[standard]=={version("uvicorn")}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("owner", "name", "parameters"), METHODS, ids=[f"{c.__name__}.{m}" for c, m, _ in METHODS])
def test_what_is_overridden_or_called_is_there(owner: type, name: str, parameters: list[str]) -> None:
    assert name in vars(owner), f"{owner.__name__}.{name} is gone"
    assert list(inspect.signature(vars(owner)[name]).parameters)[1:] == parameters


@pytest.mark.parametrize(("owner", "names"), ATTRIBUTES, ids=[owner.__name__ for owner, _ in ATTRIBUTES])
def test_what_is_read_or_set_is_there(owner: type, names: tuple[str, ...]) -> None:
    source = inspect.getsource(owner)
    assert not [name for name in names if f"self.{name}" not in source]


def test_a_worker_that_cannot_start_has_the_exit_code_that_is_looked_for() -> None:
    assert STARTUP_FAILURE == 3
    assert isinstance(inspect.getattr_static(Process, "exitcode"), property)
