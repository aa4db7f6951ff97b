"""What every test stands on: no network but loopback, and where the public data sets lie."""

import gc
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests.support.needs import needs

# The suite says the same about the same tree every time; HYPOTHESIS_PROFILE=explore looks for new examples.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

_FIXTURES = (
    "tests.support.fixtures_postgres", "tests.support.fixtures_ingesting", "tests.support.fixtures_conversations",
)  # fmt: skip

ROOT = Path(__file__).parent.parent
# Reasons to leave a test out that are the processor's, the system's or the owner's of a vendor's key.
_OF_THE_MACHINE = (
    "int8 products saturate",
    "no IPv6",
    "this onnxruntime keeps no telemetry",
    "only root's server runs as another user",
    "no Python of this version that an unprivileged user may run",
    "no file system can be mounted here",
    "the Dockerfile's steps cannot run on this machine",
    "no wheel of mdBook",
    "`make test-live` only",
    "is not set",
)
_LOOPBACK = ("127.", "::1", "localhost")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Fixtures import our own code, 3 s of CPU, which a process that only hands out tests to others does not need.

    Not before, since what is imported is counted as covered only once pytest-cov began with the session.
    """
    config = session.config
    hands_out = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    for name in () if hands_out else _FIXTURES:
        config.pluginmanager.import_plugin(name)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through all of it again, a third of a second each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _plain_log() -> None:
    """Left alone, structlog draws stacks with the values of all variables, which takes seconds."""
    structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be left out, a test that would be fails, but for what no package and no folder can give."""
    report = yield
    if report.skipped and "TESTS_LEAVE_NOTHING_OUT" in os.environ and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        if not any(allowed in reason for allowed in _OF_THE_MACHINE):
            report.outcome, report.longrepr = "failed", f"left out, where nothing may be: {reason}"
    return report


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections go to loopback and local sockets only, except in tests marked `live`."""
    if request.node.get_closest_marker("live"):
        yield
        return
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
            raise NetworkForbidden(f"{request.node.nodeid} tried to reach {address[0]}")

    def guarded_connect(sock: socket.socket, address: Any) -> None:
        check(sock, address)
        connect(sock, address)

    def guarded_connect_ex(sock: socket.socket, address: Any) -> int:
        check(sock, address)
        return connect_ex(sock, address)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    yield


def shared_data_folder() -> Path:
    """Where the public data sets lie; the folder may be absent."""
    return Path(os.environ.get("FOOTNOTED_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets; the test is left out with a clear message where it is absent."""
    folder = shared_data_folder()
    needs(folder.is_dir(), f"no public data sets at {folder}: set FOOTNOTED_SHARED_DATA")
    return folder
