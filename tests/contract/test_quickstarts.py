"""The README's quickstarts for curl, the `openai` package and MCP, run as they stand against a real server."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.command_line import copy_book
from tests.support.quickstarts import aimed_at, read_blocks
from tests.support.served_book import Served, serve_book

CITED = "https://example.org/handbook/search/bm25#term-frequency-saturates"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_book(tmp_path_factory.mktemp("book")) as server:
        yield server


def run(*command: str, **options: Any) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl(served: Served) -> None:
    (code,) = read_blocks("curl", "bash")
    answer = json.loads(run("bash", "-c", aimed_at(code, served.url)))
    assert answer["status"] == "answered"
    assert answer["sources"][0]["url"] == CITED
    quotes = [citation["quote"] for claim in answer["claims"] for citation in claim["citations"]]
    assert quotes
    assert all(quote in answer["sources"][0]["text"] for quote in quotes)
    known = f'"conversation_id": "{answer["conversation_id"]}", '
    follow_up = re.sub(r'(\{)"question": "[^"]*"', rf'\1{known}"question": "Why does it do that?"', code)
    assert known in follow_up
    followed = json.loads(run("bash", "-c", aimed_at(follow_up, served.url)))
    assert followed["conversation_id"] == answer["conversation_id"]
    assert followed["sources"][0]["url"].partition("#")[0] == CITED.partition("#")[0]


def test_search(served: Served) -> None:
    (code,) = read_blocks("Search", "bash")
    found = json.loads(run("bash", "-c", aimed_at(code, served.url)))["passages"]
    assert len(found) == 3
    assert found[0]["url"] == CITED
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert all(one["scores"]["dense"] > 0 for one in found)
    marked = {found[0]["text"][span["start"] : span["end"]].lower() for span in found[0]["highlights"]}
    assert {"weight", "term"} <= marked


def test_the_openai_package(served: Served) -> None:
    (code,) = read_blocks("The `openai` package", "python")
    said = run(sys.executable, "-c", aimed_at(code, served.url))
    assert "saturation" in said
    assert CITED in said


def test_python_with_llama_index(tmp_path: Path) -> None:
    (code,) = read_blocks("In Python, with LlamaIndex", "python")
    said = run(sys.executable, "-c", code, cwd=copy_book(tmp_path), env={"PYTHONPATH": str(ROOT)})
    assert said.count(CITED) >= 2, "found, and cited"
    assert "'supported'" in said


def test_mcp_over_http(served: Served) -> None:
    (code,) = read_blocks("MCP", "python")
    assert CITED in run(sys.executable, "-c", aimed_at(code, served.url))


def test_mcp_as_an_agent_is_configured(served: Served) -> None:
    (code,) = read_blocks("MCP", "json")
    servers = json.loads(aimed_at(code, served.url))["mcpServers"]
    assert servers["docs"] == {"url": f"{served.url}/mcp"}
    local = servers["docs-local"]
    command = str(Path(sys.executable).with_name(local["command"]))
    started = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    first = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": started})
    said = run(command, *local["args"], cwd=served.folder, input=first + "\n", env={"PYTHONPATH": str(ROOT)})
    assert json.loads(said.splitlines()[0])["result"]["serverInfo"]["name"] == "footnoted"
