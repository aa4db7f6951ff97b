"""Ingestions that the API runs, over a real database and a real shard."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from pipelines.errors import RemovalRefused, VendorRefused
from pipelines.ingestion.run import open_run
from storage_config.postgres.database import Database
from storage_config.records.ids import new_id
from storage_config.vectors.edge import EdgeShards
from tests.support.fakes import FakeCorpus, FakeIngestion, FakeResources, ScriptedEngine, answered_script
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion, read_index_state
from tests.support.serving import World, open_client
from tests.support.waiting import eventually

RUNS = "/api/v1/ingestions"
SECONDS = 30


@pytest.fixture
def world(site: Site, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> World:
    """`docs` is a real site, `docs2` a fake that never ends by itself."""
    ingestion = build_ingestion(site.spec(corpus="docs"), database, vectors, embed_model=embed_model)
    corpora = {
        "docs": FakeCorpus(ScriptedEngine(answered_script()), ingestion),
        "docs2": FakeCorpus(ScriptedEngine(answered_script()), FakeIngestion("docs2")),
    }
    return World(FakeResources(corpora, database=database))


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(world, token="local-token") as client:
        yield client


async def _ended(client: httpx.AsyncClient, run: str) -> Any:
    body: Any = {}

    async def over() -> bool:
        nonlocal body
        body = (await client.get(f"{RUNS}/{run}")).json()
        return bool(body["status"] != "running")

    await eventually(over, SECONDS)
    return body


async def test_a_run_is_started_followed_and_reported(client: httpx.AsyncClient) -> None:
    started = await client.post(RUNS, json={"corpus": "docs"})
    assert started.status_code == 202
    body = started.json()
    assert started.headers["location"] == f"{RUNS}/{body['id']}"
    assert (body["status"], body["corpus"], body["report"], body["failure"]) == ("running", "docs", None, None)
    ended = await _ended(client, body["id"])
    assert (ended["status"], ended["progress"], ended["failure"]) == ("done", None, None)
    assert ended["finished_at"] >= ended["started_at"]
    report = ended["report"]
    assert (report["added"], report["errors"], report["corpus"]) == (4, [], "docs")
    assert report["nodes_embedded"] == report["nodes_total"] > 8


async def test_a_second_run_is_refused_while_one_runs(
    client: httpx.AsyncClient, site: Site, database: Database, vectors: EdgeShards
) -> None:
    async with open_run(database, "docs"):
        refused = await client.post(RUNS, json={"corpus": "docs"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:footnoted:problem:ingestion-busy")
    both = await asyncio.gather(*(client.post(RUNS, json={"corpus": "docs"}) for _ in range(2)))
    assert sorted(response.status_code for response in both) == [202, 409]
    run = next(response for response in both if response.status_code == 202).json()
    report = (await _ended(client, run["id"]))["report"]
    state = await read_index_state(site.spec(corpus="docs"), database, vectors)
    assert len(state.points) == report["nodes_total"] == report["nodes_embedded"]


async def test_why_a_run_failed_is_told(client: httpx.AsyncClient, site: Site, embed_model: HashedEmbedding) -> None:
    embed_model.fail_next(VendorRefused("cohere refuses the API key", vendor="cohere", status=401))
    failed = await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
    assert failed["status"] == "failed"
    assert failed["failure"] == {
        "type": "urn:footnoted:problem:vendor-refused",
        "message": "cohere refuses the API key",
    }
    assert failed["progress"] == {"pages_total": 4, "pages_done": 0, "nodes_embedded": 0}
    await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
    for name in ("reference", "intro"):
        site.remove(name)
    refused = await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
    assert refused["failure"]["type"] == "urn:footnoted:problem:removal-refused"
    assert RemovalRefused.__name__ not in refused["failure"]["message"]
    allowed = {"corpus": "docs", "allow_removals": True}
    assert (await _ended(client, (await client.post(RUNS, json=allowed)).json()["id"]))["report"]["removed"] == 2


async def test_pages_that_fail_are_named(client: httpx.AsyncClient, site: Site) -> None:
    (site.folder / "intro.md").write_bytes(b"\xff\xfe broken")
    ended = await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
    assert (ended["status"], ended["report"]["failed"]) == ("done", 1)
    assert [error["path"] for error in ended["report"]["errors"]] == ["intro.md"]


async def test_runs_are_listed_in_stretches(client: httpx.AsyncClient) -> None:
    assert (await client.get(RUNS, params={"corpus": "docs"})).json() == {"items": [], "next_cursor": None}
    runs = []
    for _ in range(3):
        runs.append((await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
        await _ended(client, runs[-1])
    first = (await client.get(RUNS, params={"corpus": "docs", "limit": 2})).json()
    rest = (await client.get(RUNS, params={"corpus": "docs", "limit": 2, "cursor": first["next_cursor"]})).json()
    assert [run["id"] for run in first["items"] + rest["items"]] == runs[::-1]
    assert rest["next_cursor"] is None
    forged = await client.get(RUNS, params={"corpus": "docs", "cursor": "forged"})
    assert (forged.status_code, forged.json()["errors"][0]["field"]) == (422, "cursor")


async def test_a_plan_costs_nothing(client: httpx.AsyncClient, embed_model: HashedEmbedding) -> None:
    plan = (await client.post(f"{RUNS}/plan", json={"corpus": "docs"})).json()
    assert (plan["added"], plan["unchanged"], len(plan["pages"])) == (4, 0, 4)
    assert plan["nodes_to_embed"] == plan["nodes"] > 8
    assert embed_model.embedded == []


async def test_a_run_is_stopped(client: httpx.AsyncClient, database: Database) -> None:
    run_id = new_id()
    async with open_run(database, "docs", run_id=run_id) as run:  # as if by another process
        assert (await client.delete(f"{RUNS}/{run_id}")).json()["status"] == "abandoned"
        with pytest.raises(Exception, match="took this run over"):
            await run.check()
    ended = await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"])
    assert (await client.delete(f"{RUNS}/{ended['id']}")).json() == ended


async def test_the_end_of_the_server_ends_the_run_and_keeps_what_was_embedded(
    world: World, site: Site, database: Database, embed_model: HashedEmbedding
) -> None:
    for number in range(60):
        site.write(f"more/page{number}", paragraphs=30)
    async with open_client(world, token="local-token") as client:
        run = (await client.post(RUNS, json={"corpus": "docs"})).json()["id"]

        async def begun() -> bool:
            progress = (await client.get(f"{RUNS}/{run}")).json()["progress"]
            return progress is not None and bool(progress["pages_done"])

        await eventually(begun, SECONDS)
    first = len(embed_model.embedded)
    async with open_client(world, token="local-token") as client:
        ended = (await client.get(f"{RUNS}/{run}")).json()
        assert (ended["status"], ended["failure"]["type"]) == ("failed", "urn:footnoted:problem:interrupted")
        kept = ended["progress"]["nodes_embedded"]
        report = (await _ended(client, (await client.post(RUNS, json={"corpus": "docs"})).json()["id"]))["report"]
    assert 0 < kept <= first < report["nodes_total"]
    assert report["nodes_embedded"] <= report["nodes_total"] - kept


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "problem"),
    [
        ("POST", RUNS, {}, 422, "unknown-corpus"),
        ("POST", RUNS, {"corpus": "gone"}, 422, "unknown-corpus"),
        ("POST", RUNS, {"corpus": "docs", "force": True}, 422, "invalid-request"),
        ("POST", RUNS, {"corpus": "docs", "declared": "e" * 64}, 409, "corpus-file-changed"),
        ("POST", f"{RUNS}/plan", {"corpus": "docs", "declared": "e" * 64}, 409, "corpus-file-changed"),
        ("GET", f"{RUNS}?corpus=docs&limit=0", None, 422, "invalid-request"),
        ("GET", f"{RUNS}/0192f0c1-0000-7000-8000-000000000001", None, 404, "ingestion-not-found"),
        ("DELETE", f"{RUNS}/0192f0c1-0000-7000-8000-000000000001", None, 404, "ingestion-not-found"),
    ],
)
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, method: str, path: str, body: Any, status: int, problem: str
) -> None:
    response = await client.request(method, path, json=body)
    assert (response.status_code, response.json()["type"]) == (status, f"urn:footnoted:problem:{problem}")


async def test_only_writers_may(world: World) -> None:
    async with open_client(world) as client:
        for method, path in (("POST", RUNS), ("POST", f"{RUNS}/plan"), ("GET", RUNS), ("GET", f"{RUNS}/{new_id()}")):
            response = await client.request(method, path, json={} if method == "POST" else None)
            assert (response.status_code, response.json()["type"]) == (401, "urn:footnoted:problem:not-signed-in")
