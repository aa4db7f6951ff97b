"""The documents that the API shows, from a real database."""

from typing import Any

import httpx
import pytest

from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import ensure_corpus
from storage_config.records.documents import DocumentToSave
from storage_config.records.ids import new_id
from tests.support.fakes import answered_script
from tests.support.records import mark_document_failed, save_document
from tests.support.serving import World, build_world, open_client

DOCUMENTS = "/api/v1/documents"
TEXT = "🔎 Ranking\n\n## Weights\n\nBM25 saturates."


def _page(uri: str, **changes: object) -> DocumentToSave:
    values: dict[str, object] = {
        "uri": uri,
        "url": f"https://example.org/docs/{uri}",
        "title": uri.upper(),
        "content_hash": "0" * 64,
        "text": TEXT,
        "source_quality": "official",
        "fingerprint": "f" * 16,
        "node_count": 2,
        "headings": [{"level": 2, "text": "Weights", "anchor": "weights", "start": 11, "end": 21}],
        "bibliography": {"type": "webpage", "title": "Ranking"},
    }
    return DocumentToSave(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
async def world(database: Database) -> World:
    """Two declared corpora: `docs` with five pages, `docs2` never ingested; `gone` is declared no more."""

    async def fill(session: Session) -> None:
        docs = await ensure_corpus(session, name="docs")
        for name in "abcd":
            quality = "book" if name == "d" else "official"
            await save_document(session, corpus_id=docs.id, document=_page(name, source_quality=quality))
        await mark_document_failed(session, corpus_id=docs.id, uri="e", error="broken")
        gone = await ensure_corpus(session, name="gone")
        await save_document(session, corpus_id=gone.id, document=_page("z"))

    await database.run(fill)
    return build_world(answered_script(), answered_script(), database=database)


async def _get(world: World, path: str = DOCUMENTS, **params: Any) -> httpx.Response:
    async with open_client(world) as client:
        return await client.get(path, params=params)


async def test_documents_are_listed_in_stretches(world: World) -> None:
    first = (await _get(world, corpus="docs", limit=3)).json()
    rest = (await _get(world, corpus="docs", limit=3, cursor=first["next_cursor"])).json()
    assert [item["uri"] for item in first["items"] + rest["items"]] == ["a", "b", "c", "d", "e"]
    assert rest["next_cursor"] is None
    assert first["items"][0]["corpus"] == "docs"
    assert "text" not in first["items"][0]
    assert {item["origin"] for item in first["items"]} == {"source"}


async def test_what_went_wrong_with_a_page_is_for_writers(world: World) -> None:
    async with open_client(world, token="local-token") as client:
        seen = (await client.get(DOCUMENTS, params={"corpus": "docs", "status": "failed"})).json()["items"]
    (hidden,) = (await _get(world, corpus="docs", status="failed")).json()["items"]
    assert [(one["status"], one["error"]) for one in (*seen, hidden)] == [("failed", "broken"), ("failed", None)]


@pytest.mark.parametrize(
    ("params", "uris"),
    [({"status": "failed"}, ["e"]), ({"source_quality": "book"}, ["d"]), ({"status": "pending"}, [])],
)
async def test_documents_are_filtered(world: World, params: dict[str, str], uris: list[str]) -> None:
    body = (await _get(world, corpus="docs", **params)).json()
    assert [item["uri"] for item in body["items"]] == uris


async def test_a_corpus_that_was_never_ingested_is_empty(world: World) -> None:
    assert (await _get(world, corpus="docs2")).json() == {"items": [], "next_cursor": None}


async def test_a_document_has_its_text_exactly(world: World) -> None:
    listed = (await _get(world, corpus="docs", limit=1)).json()["items"][0]
    body = (await _get(world, f"{DOCUMENTS}/{listed['id']}")).json()
    assert body["text"] == TEXT
    heading = body["headings"][0]
    assert body["text"][heading["start"] : heading["end"]] == "## Weights"
    assert (body["corpus"], body["uri"], body["node_count"]) == ("docs", "a", 2)
    assert body["bibliography"] == {"type": "webpage", "title": "Ranking"}
    (chunk,) = body["chunks"]
    assert body["text"][chunk["start"] : chunk["end"]] == chunk["text"]
    assert (chunk["anchor"], chunk["heading_path"]) == ("weights", ["Weights"])
    assert chunk["url"] == "https://example.org/docs/a#weights"
    assert {key: body[key] for key in listed} == listed


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "corpus"),
        ({"corpus": "gone"}, "corpus"),
        ({"corpus": "docs", "cursor": "forged"}, "cursor"),
        ({"corpus": "docs", "limit": 0}, "limit"),
        ({"corpus": "docs", "limit": 201}, "limit"),
        ({"corpus": "docs", "status": "lost"}, "status"),
        ({"corpus": "docs", "source_quality": "good"}, "source_quality"),
    ],
)
async def test_what_is_wrong_is_named(world: World, params: dict[str, Any], field: str) -> None:
    response = await _get(world, **params)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == [field]


async def test_unknown_documents_are_not_found(world: World, database: Database) -> None:
    undeclared = await database.run(lambda session: _save_undeclared(session))
    for document_id in (new_id(), undeclared):
        response = await _get(world, f"{DOCUMENTS}/{document_id}")
        assert response.status_code == 404
        assert response.json()["type"] == "urn:footnoted:problem:document-not-found"
    assert (await _get(world, f"{DOCUMENTS}/not-an-id")).status_code == 422


async def _save_undeclared(session: Session) -> object:
    gone = await ensure_corpus(session, name="gone")
    return await save_document(session, corpus_id=gone.id, document=_page("y"))
