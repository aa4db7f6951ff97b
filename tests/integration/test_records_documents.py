"""Corpora and documents against a real Postgres."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import (
    Corpus,
    activate_collection,
    ensure_corpus,
    forget_retired_collection,
    get_corpus,
    list_corpora,
)
from storage_config.records.documents import (
    DocumentToSave,
    count_documents,
    delete_documents,
    find_document_at,
    get_document,
    get_document_by_uri,
    list_document_states,
    list_documents,
    mark_documents_pending,
    save_documents,
)
from storage_config.records.ids import new_id
from storage_config.records.rows import InvalidCursor
from storage_config.vocabulary import DocumentStatus
from tests.support.records import delete_corpus, mark_document_failed, save_document

PAGE = DocumentToSave(
    uri="guide/intro.md",
    url="https://example.org/guide/intro",
    title="Introduction",
    content_hash="a" * 64,
    text="# Introduction\n\nHello.",
    source_quality="official",
    fingerprint="f1",
    node_count=3,
    bibliography={"type": "webpage", "issued": {"date-parts": [[2024]]}},
    headings=[{"level": 1, "text": "Introduction", "anchor": "introduction", "start": 0, "end": 14}],
    etag='"v1"',
    last_modified="Mon, 01 Jan 2024 00:00:00 GMT",
)


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


async def _corpus(database: Database, name: str = "handbook") -> Corpus:
    return await database.run(lambda session: ensure_corpus(session, name=name))


async def test_a_saved_document_is_read_as_it_was_given(database: Database) -> None:
    corpus = await _corpus(database)
    document_id = await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    found = await database.run(lambda s: get_document(s, document_id=document_id))
    assert found is not None
    assert (found.id, found.corpus_id, found.uri, found.url) == (PAGE.id, corpus.id, PAGE.uri, PAGE.url)
    assert (found.text, found.title, found.content_hash) == (PAGE.text, PAGE.title, PAGE.content_hash)
    assert found.headings == list(PAGE.headings)
    assert found.bibliography == PAGE.bibliography
    assert (found.status, found.origin, found.error, found.node_count) == ("indexed", "source", None, 3)
    assert (found.etag, found.last_modified) == (PAGE.etag, PAGE.last_modified)
    assert found.indexed_at is not None
    assert found.indexed_at.utcoffset() is not None
    by_uri = await database.run(lambda s: get_document_by_uri(s, corpus_id=corpus.id, uri=PAGE.uri))
    by_url = await database.run(lambda s: find_document_at(s, corpora=[corpus.name], urls=[PAGE.url], groups=None))
    assert found == by_uri == by_url


async def test_of_pages_at_one_url_the_one_with_the_anchor_is_found(database: Database) -> None:
    corpus = await _corpus(database)
    heading = {"level": 2, "text": "A", "start": 0, "end": 1}
    pages = [
        replace(PAGE, uri=name, id=new_id(), headings=[{**heading, "anchor": f"tag/{name}"}]) for name in ("a", "b")
    ]
    await database.run(lambda s: save_documents(s, corpus_id=corpus.id, documents=pages))

    async def find(*anchors: str) -> str:
        found = await database.run(
            lambda s: find_document_at(s, corpora=[corpus.name], urls=[PAGE.url], groups=None, anchors=anchors)
        )
        return found.uri if found else "none"

    assert [await find("gone", "tag/a"), await find("tag/b")] == ["a", "b"]
    assert await find("gone") in ("a", "b")


async def test_many_documents_are_saved_by_few_statements(database: Database) -> None:
    corpus = await _corpus(database)
    pages = [replace(PAGE, uri=f"{number:03}.md", id=new_id()) for number in range(450)]
    statements: list[str] = []

    async def save(session: Session) -> None:
        connection = await session.connection()
        listen(connection.sync_connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        await save_documents(session, corpus_id=corpus.id, documents=pages)

    await database.run(save)
    assert len(statements) == 3
    kept = {state.uri: state.id for state in await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))}
    assert kept == {page.uri: page.id for page in pages}
    again = [replace(page, id=new_id(), status="pending") for page in pages]
    await database.run(lambda s: save_documents(s, corpus_id=corpus.id, documents=again))
    states = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    assert {state.uri: state.id for state in states} == kept
    assert all(state.status == "pending" and state.indexed_at is not None for state in states)


async def test_no_documents_are_saved_by_no_statement(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_documents(s, corpus_id=corpus.id, documents=[]))
    assert await database.run(lambda s: list_document_states(s, corpus_id=corpus.id)) == []


async def test_saving_again_keeps_the_id_and_replaces_the_rest(database: Database) -> None:
    corpus = await _corpus(database)
    first = await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    changed = replace(PAGE, id=new_id(), text="other", title="Other", bibliography=None, headings=[], etag=None)
    second = await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=changed))
    assert first == second
    found = await database.run(lambda s: get_document(s, document_id=first))
    assert found is not None
    assert (found.text, found.title) == ("other", "Other")
    assert (found.bibliography, found.headings, found.etag) == (None, [], None)


async def test_equal_uris_of_two_corpora_are_two_documents(database: Database) -> None:
    first, second = await _corpus(database, "a"), await _corpus(database, "b")
    await database.run(lambda s: save_document(s, corpus_id=first.id, document=PAGE))
    await database.run(lambda s: save_document(s, corpus_id=second.id, document=replace(PAGE, id=new_id())))
    assert len(await database.run(lambda s: list_document_states(s, corpus_id=first.id))) == 1
    assert await database.run(lambda s: get_document_by_uri(s, corpus_id=new_id(), uri=PAGE.uri)) is None


@pytest.mark.parametrize(("text", "kept"), [("a\0b\ud800c", "a\ufffdb\ufffdc"), ("e\u0301 😀 ا", "e\u0301 😀 ا")])
async def test_any_text_is_kept_with_its_offsets(database: Database, text: str, kept: str) -> None:
    corpus = await _corpus(database)
    page = replace(PAGE, text=text, title=text, headings=[{"text": text}], bibliography={text: [text]})
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=page))
    found = await database.run(lambda s: get_document(s, document_id=page.id))
    assert found is not None
    assert (found.text, found.title) == (kept, kept)
    assert (found.headings, found.bibliography) == ([{"text": kept}], {kept: [kept]})
    assert len(found.text) == len(text)


async def test_a_failure_keeps_the_older_version(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    await database.run(lambda s: mark_document_failed(s, corpus_id=corpus.id, uri=PAGE.uri, error="no embedding"))
    found = await database.run(lambda s: get_document(s, document_id=PAGE.id))
    assert found is not None
    assert (found.status, found.error) == ("failed", "no embedding")
    assert (found.text, found.content_hash) == (PAGE.text, PAGE.content_hash)
    assert found.indexed_at is not None
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    mended = await database.run(lambda s: get_document(s, document_id=PAGE.id))
    assert mended is not None
    assert (mended.status, mended.error) == ("indexed", None)


async def test_a_failure_of_a_new_page_is_recorded_without_content(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: mark_document_failed(s, corpus_id=corpus.id, uri="new.md", error="not UTF-8"))
    [state] = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    assert (state.uri, state.status, state.content_hash, state.indexed_at) == ("new.md", "failed", None, None)


async def test_pending_documents_are_pending_until_saved(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    await database.run(lambda s: mark_documents_pending(s, document_ids=[PAGE.id, new_id()]))
    [state] = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    assert (state.status, state.content_hash) == ("pending", PAGE.content_hash)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    [state] = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    assert state.status == "indexed"


async def test_saving_as_pending_keeps_when_it_was_indexed(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    [before] = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    pending = replace(PAGE, status="pending", content_hash="b")
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=pending))
    [after] = await database.run(lambda s: list_document_states(s, corpus_id=corpus.id))
    assert (after.status, after.content_hash, after.indexed_at) == ("pending", "b", before.indexed_at)


async def test_deleting_counts_what_was_there(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    assert await database.run(lambda s: delete_documents(s, document_ids=[PAGE.id, new_id()])) == 1
    assert await database.run(lambda s: delete_documents(s, document_ids=[PAGE.id])) == 0
    assert await database.run(lambda s: delete_documents(s, document_ids=[])) == 0


async def _save_many(database: Database, corpus: Corpus, count: int) -> None:
    async def work(session: Session) -> None:
        for number in range(count):
            status: DocumentStatus = "failed" if number % 5 == 4 else "indexed"
            quality = "book" if number % 2 else "official"
            page = replace(PAGE, id=new_id(), uri=f"{number:03}.md", status=status, source_quality=quality)
            await save_document(session, corpus_id=corpus.id, document=page)

    await database.run(work)


async def test_a_listing_is_walked_page_by_page_without_gaps(database: Database) -> None:
    corpus = await _corpus(database)
    await _save_many(database, corpus, 23)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        async with database.session() as session:
            page = await list_documents(session, corpus_id=corpus.id, groups=None, limit=5, cursor=cursor)
        seen += [item.uri for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"{number:03}.md" for number in range(23)]


async def test_a_listing_is_filtered_and_counted(database: Database) -> None:
    corpus = await _corpus(database)
    await _save_many(database, corpus, 20)
    failed = await database.run(lambda s: list_documents(s, corpus_id=corpus.id, groups=None, status="failed"))
    books = await database.run(
        lambda s: list_documents(s, corpus_id=corpus.id, groups=None, source_quality="book", status="indexed")
    )
    assert [item.uri for item in failed.items] == ["004.md", "009.md", "014.md", "019.md"]
    assert len(books.items) == 8
    assert failed.next_cursor is None
    counts = await database.run(lambda s: count_documents(s, corpus_id=corpus.id))
    assert (counts.indexed, counts.pending, counts.failed, counts.nodes) == (16, 0, 4, 60)


@pytest.mark.parametrize("cursor", ["", "x", "bnVsbA==", "WzFd", "WyJhIiwiYiJd", "Ä"])
async def test_a_made_up_cursor_is_refused(database: Database, cursor: str) -> None:
    corpus = await _corpus(database)
    with pytest.raises(InvalidCursor):
        await database.run(lambda s: list_documents(s, corpus_id=corpus.id, groups=None, cursor=cursor))


@pytest.mark.parametrize(
    "wrong", [{"status": "done"}, {"origin": "web"}, {"source_quality": "good"}, {"node_count": -1}]
)
async def test_postgres_refuses_what_no_enumeration_allows(database: Database, wrong: dict[str, Any]) -> None:
    corpus = await _corpus(database)
    with pytest.raises(IntegrityError):
        await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=replace(PAGE, **wrong)))
    assert await database.run(lambda s: list_document_states(s, corpus_id=corpus.id)) == []


async def test_a_corpus_is_made_once_by_many(database: Database) -> None:
    made = await asyncio.gather(*(_corpus(database) for _ in range(10)))
    assert len({corpus.id for corpus in made}) == 1
    assert await database.run(lambda s: list_corpora(s)) == [made[0]]
    assert await database.run(lambda s: get_corpus(s, name="other")) is None


async def test_the_switch_retires_the_collection_before(database: Database) -> None:
    corpus = await _corpus(database)

    async def switch(collection: str) -> Corpus:
        await database.run(
            lambda s: activate_collection(
                s, corpus_id=corpus.id, collection=collection, fingerprint=f"of {collection}", shape={"of": collection}
            )
        )
        return await _corpus(database)

    first = await switch("one")
    assert (first.active_collection, first.fingerprint, first.retired_collections) == ("one", "of one", [])
    assert first.shape == {"of": "one"}
    assert await switch("one") == first
    assert (await switch("two")).retired_collections == ["one"]
    assert (await switch("three")).retired_collections == ["one", "two"]
    back = await switch("one")
    assert (back.active_collection, back.retired_collections) == ("one", ["two", "three"])
    await database.run(lambda s: forget_retired_collection(s, corpus_id=corpus.id, collection="two"))
    assert (await _corpus(database)).retired_collections == ["three"]


async def test_deleting_a_corpus_takes_its_documents(database: Database) -> None:
    corpus = await _corpus(database)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=PAGE))
    await database.run(lambda s: delete_corpus(s, corpus_id=corpus.id))
    assert await database.run(lambda s: get_document(s, document_id=PAGE.id)) is None
