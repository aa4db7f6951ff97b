"""Uploads over HTTP, through the real ingestion: what a front-end sends, and what it is told."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from app.conversations.background_writer import BackgroundWriter
from app.conversations.metered_corpus import MeteredCorpus
from app.errors import BudgetSpent
from app.http.request_body import MAX_CONVERSATION_BYTES
from pipelines.bootstrap import CorpusResources
from pipelines.errors import VendorTimeout
from pipelines.ingestion.corpus_pages import CorpusPages
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.run import open_run
from pipelines.types import Upload
from storage_config.postgres.database import Database
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.fakes import FakeCorpus, FakeResources, ScriptedEngine, answered_script
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion, read_index_state
from tests.support.metering import build_meter
from tests.support.pdf_files import build_pdf
from tests.support.serving import World, open_client
from tests.support.waiting import eventually

DOCUMENTS = "/api/v1/documents"
TOKEN = "local-token"
DAILY_CALLS = 20
NOTE = {"uri": "notes/why.md", "kind": "markdown", "content": "# Why 🔎\n\n## Because\n\nThe operator says so."}


class Bench:
    """A corpus `docs` of two pages behind the application."""

    def __init__(self, folder: Path, database: Database, vectors: EdgeShards, **changes: Any) -> None:
        site = Site(folder / "docs")
        for name in ("intro", "reference"):
            site.write(name)
        self.database, self.embed_model = database, HashedEmbedding()
        self.ingestion: Ingestion = build_ingestion(
            site.spec(corpus="docs"), database, vectors, embed_model=self.embed_model
        )
        collections = collections_of(vectors)
        pages = CorpusPages(self.ingestion, database, collections)
        corpus = FakeCorpus(ScriptedEngine(answered_script()), pages=pages, ingestion=self.ingestion, **changes)
        settings = Settings(_env_file=None, max_upload_bytes=3_000_000, daily_llm_calls={"all": DAILY_CALLS})
        self.world = World(FakeResources({"docs": corpus}, database=database, settings=settings))


@pytest.fixture
async def bench(tmp_path: Path, database: Database) -> AsyncIterator[Bench]:
    shards = EdgeShards(tmp_path / "vectors")
    bench = Bench(tmp_path, database, shards)
    await bench.ingestion.ingest()
    yield bench
    await shards.close()


class Client:
    """Sends each request to the application of its own run: its lifespan must end in the task that began it."""

    def __init__(self, world: World, *, token: str | None = None) -> None:
        self._world, self._token = world, token

    async def get(self, url: str) -> httpx.Response:
        return await self._send("GET", url)

    async def post(self, url: str, **body: Any) -> httpx.Response:
        return await self._send("POST", url, **body)

    async def delete(self, url: str) -> httpx.Response:
        return await self._send("DELETE", url)

    async def _send(self, method: str, url: str, **body: Any) -> httpx.Response:
        async with open_client(self._world, token=self._token) as client:
            return await client.request(method, url, **body)


@pytest.fixture
def client(bench: Bench) -> Client:
    return Client(bench.world, token=TOKEN)


async def _listed(client: Client) -> dict[str, Any]:
    return {item["uri"]: item for item in (await client.get(DOCUMENTS)).json()["items"]}


async def test_a_page_is_added_read_replaced_and_removed(client: Client) -> None:
    added = await client.post(DOCUMENTS, json=NOTE)
    assert added.status_code == 201, added.text
    summary = added.json()
    assert (summary["uri"], summary["origin"], summary["status"]) == ("notes/why.md", "upload", "indexed")
    assert (summary["title"], summary["node_count"]) == ("Why 🔎", 1)
    place = added.headers["location"]
    page = (await client.get(place)).json()
    (chunk,) = page["chunks"]
    assert page["text"][chunk["start"] : chunk["end"]] == chunk["text"] == "## Because\n\nThe operator says so."
    assert chunk["url"].endswith("notes/why.md#because")

    replaced = await client.post(DOCUMENTS, json=NOTE | {"content": "# Why\n\nOther words.", "url": "https://x.org/y"})
    assert (replaced.status_code, replaced.headers["location"]) == (200, place)
    page = (await client.get(place)).json()
    assert ([chunk["text"] for chunk in page["chunks"]], page["url"]) == (["# Why\n\nOther words."], "https://x.org/y")

    assert (await client.delete(place)).status_code == 204
    assert (await client.get(place)).status_code == 404
    assert (await client.delete(place)).status_code == 404
    assert list(await _listed(client)) == ["intro.md", "reference.md"]


async def test_files_of_every_kind_are_sent_in_forms(client: Client) -> None:
    pdf = await client.post(DOCUMENTS, files={"file": ("paper.PDF", build_pdf([["A result."]]), "application/pdf")})
    assert pdf.status_code == 201, pdf.text
    html = await client.post(
        DOCUMENTS,
        data={"uri": "pages/a.html", "url": "https://example.org/a", "corpus": "docs"},
        files={"file": ("a.html", b"<main><h1>A</h1><p>Words.</p></main>", "text/html")},
    )
    assert html.status_code == 201, html.text
    assert (html.json()["url"], html.json()["title"]) == ("https://example.org/a", "A")
    markdown = await client.post(DOCUMENTS, files={"file": ("b.md", b"# B\n\nWords.", "text/plain")})
    assert markdown.status_code == 201, markdown.text
    assert {"paper.PDF", "pages/a.html", "b.md"} < (await _listed(client)).keys()
    page = (await client.get(pdf.headers["location"])).json()
    assert page["chunks"][0]["url"].endswith("/paper.PDF#page=1")


async def test_a_page_of_the_source_is_changed_there(client: Client) -> None:
    response = await client.post(DOCUMENTS, json=NOTE | {"uri": "intro.md"})
    assert (response.status_code, response.json()["type"]) == (409, "urn:footnoted:problem:page-in-source")
    intro = (await _listed(client))["intro.md"]
    response = await client.delete(f"{DOCUMENTS}/{intro['id']}")
    assert (response.status_code, response.json()["type"]) == (409, "urn:footnoted:problem:page-in-source")
    assert "remove it there" in response.json()["detail"]
    assert (await _listed(client))["intro.md"] == intro


async def test_one_ingestion_at_a_time(client: Client, bench: Bench) -> None:
    async with open_run(bench.database, "docs"):
        response = await client.post(DOCUMENTS, json=NOTE)
    assert (response.status_code, response.json()["type"]) == (409, "urn:footnoted:problem:ingestion-busy")
    assert (await client.post(DOCUMENTS, json=NOTE)).status_code == 201


async def test_a_vendor_that_fails_is_told_and_nothing_is_kept(client: Client, bench: Bench) -> None:
    bench.embed_model.fail_next(VendorTimeout("cohere is too slow", vendor="cohere"))
    response = await client.post(DOCUMENTS, json=NOTE)
    assert (response.status_code, response.json()["type"]) == (503, "urn:footnoted:problem:vendor-timeout")
    assert NOTE["uri"] not in await _listed(client)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uri": ""}, "uri"),
        ({"uri": "x" * 1_025}, "uri"),
        ({"uri": "a\x00b"}, "uri"),
        ({"uri": "../a.md"}, "uri"),
        ({"uri": "/a.md"}, "uri"),
        ({"uri": "a\nb.md"}, "uri"),
        ({"kind": "pdf"}, "kind"),
        ({"kind": None}, "kind"),
        ({"content": 1}, "content"),
        ({"content": "---\nsource_quality: best\n---\n# A"}, "content"),
        ({"kind": "html", "content": "<meta name=robots content=noindex>"}, "content"),
        ({"content": "x" * 100_001}, "content"),
        ({"url": "ftp://example.org"}, "url"),
        ({"url": "https://example.org/a#b"}, "url"),
        ({"corpus": "other"}, "corpus"),
        ({"title": "T"}, "title"),
    ],
)
async def test_what_is_wrong_is_named(client: Client, change: dict[str, Any], field: str) -> None:
    response = await client.post(DOCUMENTS, json=NOTE | change)
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == [field]


async def test_bodies_that_are_none(client: Client) -> None:
    json_type = {"content-type": "application/json"}
    for body in (b"", b"{", b"[]", b"\xff"):
        response = await client.post(DOCUMENTS, content=body, headers=json_type)
        assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "body")
    lone = json.dumps(NOTE | {"content": "\ud800"}).encode()
    assert (await client.post(DOCUMENTS, content=lone, headers=json_type)).status_code == 422
    for content_type in ("text/markdown", "application/pdf", ""):
        response = await client.post(DOCUMENTS, content=b"# A", headers={"content-type": content_type})
        assert response.json()["type"] == "urn:footnoted:problem:unsupported-media-type"
        assert response.status_code == 415


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"data": {"uri": "a.md"}, "files": {"other": ("a.md", b"x")}}, "file"),
        ({"files": {"file": ("a.docx", b"x")}}, "file"),
        ({"files": {"file": ("a.pdf", b"no pdf")}}, "content"),
        ({"files": {"file": ("a.md", b"\xff")}}, "content"),
        ({"data": {"uri": "../a.md"}, "files": {"file": ("a.md", b"# A")}}, "uri"),
        ({"data": {"titel": "T"}, "files": {"file": ("a.md", b"# A")}}, "titel"),
    ],
)
async def test_forms_that_are_wrong(client: Client, form: dict[str, Any], field: str) -> None:
    response = await client.post(DOCUMENTS, **form)
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == [field]


async def test_forms_that_are_none(client: Client) -> None:
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert (await client.post(DOCUMENTS, content=b"garbage", headers=broken)).status_code in (400, 422)
    without = {"content-type": "multipart/form-data"}
    assert (await client.post(DOCUMENTS, content=b"garbage", headers=without)).status_code == 400
    many = [("file", ("a.md", b"# A")), ("file", ("b.md", b"# B"))]
    assert (await client.post(DOCUMENTS, files=many)).status_code == 400


async def test_sizes_are_bounded(client: Client) -> None:
    large = {"files": {"file": ("a.pdf", b"x" * 3_000_001)}}
    response = await client.post(DOCUMENTS, **large)
    assert (response.status_code, response.json()["type"]) == (413, "urn:footnoted:problem:body-too-large")

    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * 1_000_000

    response = await client.post(DOCUMENTS, content=streamed(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    larger_than_others = {"files": {"file": ("a.pdf", b"x" * (MAX_CONVERSATION_BYTES + 1_000))}}
    assert (await client.post(DOCUMENTS, **larger_than_others)).status_code == 422


async def test_only_writers_change_pages(bench: Bench) -> None:
    reader = Client(bench.world)
    for response in (
        await reader.post(DOCUMENTS, json=NOTE),
        await reader.post(DOCUMENTS, content=b"{", headers={"content-type": "application/json"}),
        await reader.delete(f"{DOCUMENTS}/{new_id()}"),
    ):
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert len(await _listed(reader)) == 2


async def test_the_bodies_are_documented(client: Client) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    body = document["paths"][DOCUMENTS]["post"]["requestBody"]["content"]
    assert body.keys() == {"application/json", "multipart/form-data"}
    assert body["application/json"]["schema"]["required"] == ["uri", "kind", "content"]


async def test_what_is_embedded_by_whatever_route_is_taken_from_the_budget(tmp_path: Path, database: Database) -> None:
    """An upload and an ingestion, by a vendor that embeds one text a call, and a probe of it leave less to readers."""
    shards = EdgeShards(tmp_path / "vectors")
    bench = Bench(tmp_path, database, shards, embed_batch=1, search_calls=1)
    bench.world.resources.paid_probes = ("embedding cohere/embed",)
    bearer = {"authorization": f"Bearer {TOKEN}"}
    search = {"query": "weights"}
    async with open_client(bench.world) as client:
        state = client._transport.app.state.footnoted  # type: ignore[attr-defined]
        started = await client.post("/api/v1/ingestions", headers=bearer)
        run_id = UUID(started.json()["id"])
        await eventually(lambda: bool(bench.embed_model.embedded) and state.ingestions.progress_of(run_id) is None)
        in_pages = len(bench.embed_model.embedded)
        assert (await client.post(DOCUMENTS, json=NOTE, headers=bearer)).status_code == 201
        assert (await client.get("/api/v1/health", params={"deep": 1}, headers=bearer)).status_code == 200
        calls = len(bench.embed_model.embedded) + 2  # the server's own look at its start, too
        assert calls > in_pages + 2 > 2
        left = DAILY_CALLS - calls
        statuses = [(await client.post("/api/v1/search", json=search)).status_code for _ in range(left + 1)]
    await shards.close()
    assert statuses == [200] * left + [429]


async def test_without_budget_for_it_nothing_is_embedded(tmp_path: Path, database: Database) -> None:
    shards = EdgeShards(tmp_path / "vectors")
    bench = Bench(tmp_path, database, shards, embed_batch=1)
    await bench.ingestion.ingest()
    embedded = len(bench.embed_model.embedded)
    spend = MeteredCorpus(
        "docs",
        cast(CorpusResources, bench.world.resources.corpora["docs"]),
        meter=build_meter(calls={"api_key": 1}),
        writer=BackgroundWriter(),
    ).spender("api_key")
    upload = Upload("markdown", NOTE["content"].encode(), NOTE["uri"])
    await spend(1)
    with pytest.raises(BudgetSpent):
        await bench.world.resources.corpora["docs"].pages.add(upload, spend=spend)
    assert (await bench.ingestion.ingest(spend=spend)).unchanged == 2
    (tmp_path / "docs" / "intro.md").write_text("# Other\n\nWords.")
    with pytest.raises(BudgetSpent):
        await bench.ingestion.ingest(spend=spend)
    state = await read_index_state(bench.ingestion.spec, database, shards)
    await shards.close()
    assert len(bench.embed_model.embedded) == embedded
    assert {point["uri"] for point in state.points.values()} == {"intro.md", "reference.md"}
