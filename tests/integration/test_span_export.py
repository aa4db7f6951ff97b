"""Spans leave by OTLP, also those that wait when the server ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import PIPE
from threading import Thread

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = Path(__file__).parents[2]


class Collector(HTTPServer):
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.received: list[bytes] = []


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.received.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_server_that_ends_sends_its_last_spans(collector: Collector, tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    command = [sys.executable, "-m", "tests.support.limited_server"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        body = {"question": "A secret question?", "corpus": "docs", "stream": False}
        assert httpx.post(f"{url}/api/v1/chat", json=body, timeout=20, trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    sent = [ExportTraceServiceRequest.FromString(body) for body in collector.received]
    (resource,) = {str(group.resource.attributes) for one in sent for group in one.resource_spans}
    names = {
        span.name for one in sent for group in one.resource_spans for scope in group.scope_spans for span in scope.spans
    }
    assert {"POST /api/v1/chat", "record"} <= names
    assert "footnoted" in resource
    assert b"secret" not in b"".join(collector.received)
