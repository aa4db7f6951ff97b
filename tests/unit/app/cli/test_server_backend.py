"""Commands through a server: how a run is left."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.cli.outcomes import UNAVAILABLE, ServerGone, ServerRefused, ServerStrange, exit_code_of
from app.cli.server_backend import ServerBackend
from app.cli.server_client import ServerClient
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner
from tests.support.waiting import eventually

RUN = {
    "id": str(uuid4()), "corpus": "docs", "status": "running", "started_at": "2026-01-01T00:00:00Z",
    "finished_at": None, "progress": None, "report": None, "failure": None,
}  # fmt: skip
CORPUS = '[corpora.docs]\nbase_url = "https://x"\nsource = { kind = "markdown", path = "docs" }'


@pytest.fixture
def open_run(tmp_path: Path) -> Callable[[Callable[[httpx.Request], httpx.Response]], ServerBackend]:
    (tmp_path / "footnoted.toml").write_text(CORPUS, encoding="utf-8")

    def build(answer: Callable[[httpx.Request], httpx.Response]) -> ServerBackend:
        client = httpx.AsyncClient(base_url="http://server", transport=httpx.MockTransport(answer))
        owner = StateOwner(pid=1, url="http://server", token="token")
        settings = Settings(_env_file=None, config=tmp_path / "footnoted.toml")
        return ServerBackend(ServerClient(owner, client), settings)

    return build


@pytest.mark.parametrize("is_gone", [False, True])
async def test_who_leaves_stops_the_run_and_is_let_go_though_the_server_went_first(
    open_run: Callable[..., Any], is_gone: bool
) -> None:
    """An error in place of the cancellation would have `--watch` go on, deaf to the first Ctrl+C."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if request.method == "DELETE" and is_gone:
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(200, json=RUN)

    backend: ServerBackend = open_run(answer)
    task = asyncio.create_task(backend.ingest("docs", allow_removals=False, on_progress=lambda progress: None))
    await eventually(lambda: "POST" in asked)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked[-1] == "DELETE"


async def test_a_server_that_goes_is_told_to_who_stays(open_run: Callable[..., Any]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(200, json=RUN)

    with pytest.raises(ServerGone, match="process 1"):
        await open_run(answer).ingest("docs", allow_removals=False, on_progress=lambda progress: None)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<h1>Welcome</h1>"),
        httpx.Response(200, content=b"\xff\xfe{"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={"status": "well"}),
        httpx.Response(200),
        httpx.Response(502, content=b"{", headers={"content-type": "application/problem+json"}),
        httpx.Response(502, json=["no"], headers={"content-type": "Application/Problem+JSON; charset=utf-8"}),
    ],
    ids=["page", "bytes", "list", "other shape", "empty", "broken problem", "no problem"],
)
async def test_an_answer_that_is_none_of_ours_is_told(open_run: Callable[..., Any], answer: httpx.Response) -> None:
    backend: ServerBackend = open_run(lambda request: answer)
    for asking in (backend.status, lambda: backend.call_tool("search_docs", {})):
        with pytest.raises(ServerStrange, match="process 1 at http://server answered with") as caught:
            await asking()
        assert exit_code_of(caught.value) == UNAVAILABLE == 5


async def test_a_problem_is_told_whatever_its_type_says_behind_its_name(open_run: Callable[..., Any]) -> None:
    problem = {"type": "urn:footnoted:problem:ingestion-busy", "title": "Busy.", "errors": ["x", {"field": "a"}]}
    headers = {"content-type": "application/problem+json; charset=utf-8"}
    backend: ServerBackend = open_run(lambda request: httpx.Response(409, json=problem, headers=headers))
    with pytest.raises(ServerRefused, match=r"Busy\. a: None") as caught:
        await backend.status()
    assert exit_code_of(caught.value) == 4
