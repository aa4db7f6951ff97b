"""`llms.txt` from a real database."""

from functools import partial

import pytest

from app.corpus import llms_txt
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import ensure_corpus
from storage_config.records.document_texts import list_whole_pages, read_published_version
from storage_config.records.documents import DocumentToSave
from tests.support.fakes import answered_script
from tests.support.records import mark_document_failed, save_document
from tests.support.serving import World, build_world, open_client


def _page(name: str, text: str) -> DocumentToSave:
    return DocumentToSave(
        uri=f"guide/{name}.md",
        url=f"https://example.org/docs/{name}",
        title=name.upper(),
        content_hash="0" * 64,
        text=text,
        source_quality="official",
        fingerprint="f" * 16,
        node_count=1,
    )


async def _save(database: Database, name: str, text: str) -> None:
    async def save(session: Session) -> None:
        corpus = await ensure_corpus(session, name="docs")
        await save_document(session, corpus_id=corpus.id, document=_page(name, text))

    await database.run(save)


@pytest.fixture
async def world(database: Database) -> World:
    """Two pages and one that could not be read."""
    for name in "ab":
        await _save(database, name, f"# {name.upper()}\n\nWords of {name}. More.")

    async def fail(session: Session) -> None:
        corpus = await ensure_corpus(session, name="docs")
        await mark_document_failed(session, corpus_id=corpus.id, uri="guide/c.md", error="broken")

    await database.run(fail)
    return build_world(answered_script(), database=database)


async def test_the_only_corpus_has_its_files_at_the_root_and_under_its_name(world: World) -> None:
    async with open_client(world) as client:
        for path in ("/llms.txt", "/docs/llms.txt"):
            response = await client.get(path)
            assert response.headers["content-type"] == "text/plain; charset=utf-8"
            assert response.headers["cache-control"] == "private, max-age=60"
            assert (await client.head(path)).headers["etag"] == response.headers["etag"]
            assert "## Guide\n\n- [A](https://example.org/docs/a): Words of a." in response.text
            assert "broken" not in response.text
        for path in ("/llms-full.txt", "/docs/llms-full.txt"):
            text = (await client.get(path)).text
            assert text.index("# A\n\nWords of a. More.") < text.index("# B\n\nWords of b. More.")
        assert (await client.get("/gone/llms.txt")).status_code == 404


async def test_it_is_kept_for_a_minute_and_then_made_again_when_pages_changed(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_client(world) as client:
        first = await client.get("/llms.txt")
        known = {"if-none-match": first.headers["etag"]}
        assert (await client.get("/llms.txt", headers=known)).status_code == 304
        await _save(database, "d", "# D\n\nWords of d.")
        assert (await client.get("/llms.txt", headers=known)).status_code == 304  # the database is not asked
        monkeypatch.setattr(llms_txt, "FRESH_SECONDS", 0.0)
        changed = await client.get("/llms.txt", headers=known)
        assert changed.status_code == 200
        assert "https://example.org/docs/d" in changed.text
        assert (await client.get("/llms.txt")).headers["etag"] == changed.headers["etag"]


async def test_several_corpora_have_a_list_of_theirs(database: Database) -> None:
    async with open_client(build_world(answered_script(), answered_script(), database=database)) as client:
        assert "[docs2](/docs2/llms.txt)" in (await client.get("/llms.txt")).text
        assert (await client.get("/docs2/llms.txt")).text.startswith("# docs2\n\n> 0 pages.")
        assert (await client.get("/llms-full.txt")).status_code == 404


async def test_whole_pages_end_where_the_bound_is(world: World, database: Database) -> None:
    one = len("# A\n\nWords of a. More.")
    for bound, uris in ((one - 1, []), (one, ["guide/a.md"]), (2 * one, ["guide/a.md", "guide/b.md"])):
        found = await database.run(partial(list_whole_pages, corpus="docs", groups=(), max_chars=bound))
        assert [page.uri for page in found] == uris
    assert (await database.run(partial(read_published_version, corpus="docs", groups=())))[0] == 2
