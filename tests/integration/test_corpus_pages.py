"""Pages without a file in the source: kept by an upload, found at once, across re-runs, rebuilds and failures."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from pipelines import corpus
from pipelines.errors import IngestionBusy, PageError, PageInSource, PipelineChanged, VendorBroken
from pipelines.ingestion.corpus_pages import CorpusPages
from pipelines.ingestion.group_work import GroupWork
from pipelines.ingestion.growth import StorageLimits
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.run import open_run
from pipelines.readers import upload
from pipelines.readers.source_folder import decode
from pipelines.splitting.splitter import SectionSplitter
from pipelines.types import Upload
from storage_config.errors import LimitExceeded
from storage_config.postgres.database import Database, Session
from storage_config.records.documents import StoredDocument, get_document
from storage_config.records.ingestion_runs import IngestionRun, get_last_run, list_runs
from storage_config.records.tables import DOCUMENTS, UPLOADS
from storage_config.records.uploads import delete_uploads
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.ingesting import HashedEmbedding, IndexState, Site, build_ingestion, read_index_state
from tests.support.pdf_files import build_pdf

NOTE = Upload("markdown", b"# Note\n\n## Why\n\nWhat the operator adds.\n", "notes/why.md")


class Bench:
    """A site under ingestion, and its pages."""

    def __init__(self, site: Site, database: Database, vectors: EdgeShards) -> None:
        self.site, self.database, self.vectors = site, database, vectors
        self.embed_model = HashedEmbedding()

    def ingestion(self, *, fingerprint: str = "f1") -> Ingestion:
        return build_ingestion(
            self.site.spec(), self.database, self.vectors, embed_model=self.embed_model, fingerprint=fingerprint
        )

    def pages(self, *, fingerprint: str = "f1") -> CorpusPages:
        return CorpusPages(self.ingestion(fingerprint=fingerprint), self.database, collections_of(self.vectors))

    async def state(self) -> IndexState:
        return await read_index_state(self.site.spec(), self.database, self.vectors)

    async def texts(self, uri: str = NOTE.uri) -> list[str]:
        return [chunk.text for chunk in await self.pages().chunks(uri)]

    async def document(self, document_id: UUID) -> StoredDocument:
        found = await self.database.run(partial(get_document, document_id=document_id))
        assert found is not None
        return found

    async def runs(self, document_id: UUID) -> Sequence[IngestionRun]:
        corpus_id = (await self.document(document_id)).corpus_id
        return (await self.database.run(partial(list_runs, corpus_id=corpus_id))).items

    async def last_run(self, document_id: UUID) -> IngestionRun | None:
        corpus_id = (await self.document(document_id)).corpus_id
        return await self.database.run(partial(get_last_run, corpus_id=corpus_id))


@pytest.fixture
async def bench(tmp_path: Path, database: Database) -> AsyncIterator[Bench]:
    site = Site(tmp_path / "docs")
    for name in ("intro", "guide/use", "reference"):
        site.write(name)
    shards = EdgeShards(tmp_path / "vectors")
    yield Bench(site, database, shards)
    await shards.close()


async def test_an_upload_is_found_at_once_and_stays(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    document_id, is_new = await bench.pages().add(NOTE)
    assert is_new
    document = await bench.document(document_id)
    assert (document.uri, document.status, document.origin) == (NOTE.uri, "indexed", "upload")
    (chunk,) = await bench.pages().chunks(NOTE.uri)
    assert chunk.text == document.text[chunk.start : chunk.end] == "## Why\n\nWhat the operator adds."
    assert (chunk.ordinal, chunk.heading_path, chunk.anchor) == (0, ("Why",), "why")
    assert chunk.url == "https://example.org/docs/notes/why.md#why"
    after, embedded = await bench.state(), len(bench.embed_model.embedded)
    assert before.points.keys() < after.points.keys()
    report = await bench.ingestion().ingest()
    assert (report.unchanged, report.removed, report.nodes_embedded) == (4, 0, 0)
    assert (await bench.state(), len(bench.embed_model.embedded)) == (after, embedded)


async def test_an_upload_is_replaced_and_keeps_its_id(bench: Bench) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)
    again = Upload("html", b"<main><h1>Note</h1><h2 id=new>New</h2><p>Other words.</p></main>", NOTE.uri)
    assert await bench.pages().add(again) == (document_id, False)
    assert await bench.texts() == ["## New\n\nOther words."]
    embedded = len(bench.embed_model.embedded)
    assert await bench.pages().add(again) == (document_id, False)
    assert len(bench.embed_model.embedded) == embedded, "the same page again costs nothing"


async def test_a_pdf_is_kept(bench: Bench) -> None:
    await bench.pages().add(Upload("pdf", build_pdf([["A result."], ["A second page."]]), "papers/a.pdf"))
    chunks = await bench.pages().chunks("papers/a.pdf")
    assert [chunk.anchor for chunk in chunks] == ["page=1", "page=2"]


async def test_the_first_page_of_a_corpus_may_be_an_upload(bench: Bench) -> None:
    await bench.pages().add(NOTE)
    assert (await bench.state()).active == "handbook-f1"
    assert await bench.texts() == ["## Why\n\nWhat the operator adds."]
    assert (await bench.ingestion().ingest()).added == 3
    assert len(await bench.texts()) == 1


async def test_an_upload_survives_a_new_pipeline(bench: Bench) -> None:
    await bench.ingestion().ingest()
    await bench.pages().add(NOTE)
    with pytest.raises(PipelineChanged, match="footnoted ingest"):
        await bench.pages(fingerprint="f2").add(Upload("markdown", b"# More", "notes/more.md"))
    await bench.ingestion(fingerprint="f2").ingest()
    state = await bench.state()
    assert state.active == "handbook-f2"
    assert await bench.texts() == ["## Why\n\nWhat the operator adds."]
    assert {point["fingerprint"] for point in state.points.values()} == {"f2"}


async def test_what_the_source_holds_is_changed_there(bench: Bench) -> None:
    with pytest.raises(PageInSource, match=r"intro\.md"):  # a file that was never ingested
        await bench.pages().add(Upload("markdown", b"# Mine", "intro.md"))
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.remove("intro")  # recorded, and its file gone meanwhile
    with pytest.raises(PageInSource, match=r"intro\.md"):
        await bench.pages().add(Upload("markdown", b"# Mine", "intro.md"))
    with pytest.raises(PageInSource, match=r"intro\.md"):
        await bench.pages().remove("intro.md")
    assert await bench.state() == before


async def test_a_file_of_the_same_uri_takes_the_place_of_an_upload(bench: Bench) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)
    (bench.site.folder / "notes").mkdir()
    (bench.site.folder / NOTE.uri).write_bytes(NOTE.data)
    report = await bench.ingestion().ingest()
    assert (report.changed, report.nodes_embedded) == (1, 0)
    assert (await bench.document(document_id)).origin == "source"
    with pytest.raises(PageInSource):
        await bench.pages().remove(NOTE.uri)


async def test_an_upload_stays_while_a_file_of_its_uri_cannot_be_read(bench: Bench) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)
    (bench.site.folder / "notes").mkdir()
    (bench.site.folder / NOTE.uri).write_bytes(b"\xff")
    for fingerprint in ("f1", "f2"):
        assert (await bench.ingestion(fingerprint=fingerprint).ingest()).failed == 1
        assert await bench.texts() == ["## Why\n\nWhat the operator adds."]
    assert (await bench.document(document_id)).origin == "upload"


def raise_reader_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of tomorrow: markdown is shouted."""
    monkeypatch.setattr(corpus, "READER_VERSION", corpus.READER_VERSION + 1)
    monkeypatch.setattr(upload, "decode", lambda uri, data: decode(uri, data).upper())


async def test_an_upload_is_read_anew_from_its_bytes_by_other_readers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)
    raise_reader_version(monkeypatch)
    report = await bench.ingestion().ingest()
    assert (report.changed, report.failed, report.warnings) == (1, 0, ())
    document = await bench.document(document_id)
    assert (document.origin, document.status) == ("upload", "indexed")
    assert await bench.texts() == ["## WHY\n\nWHAT THE OPERATOR ADDS."]
    again = await bench.ingestion().ingest()
    assert (again.changed, again.unchanged, again.nodes_embedded) == (0, 4, 0)
    # In an index that is built anew too, and with what was sent last.
    await bench.pages().add(Upload("markdown", b"# Note\n\n## Why\n\nSomething else.\n", NOTE.uri))
    raise_reader_version(monkeypatch)
    await bench.ingestion(fingerprint="f2").ingest()
    assert await bench.texts() == ["## WHY\n\nSOMETHING ELSE."]


async def test_an_upload_that_other_readers_cannot_read_keeps_its_old_version(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.ingestion().ingest()
    await bench.pages().add(NOTE)
    before = await bench.texts()
    monkeypatch.setattr(corpus, "READER_VERSION", corpus.READER_VERSION + 1)
    monkeypatch.setattr(upload, "decode", lambda uri, data: decode(uri, b"\xff"))
    report = await bench.ingestion().ingest()
    assert [(one.path, one.message[:12]) for one in report.errors] == [(NOTE.uri, "is not UTF-8")]
    assert await bench.texts() == before


async def test_an_upload_from_before_its_bytes_were_kept_is_named(bench: Bench) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)

    async def forget(session: Session) -> None:
        await delete_uploads(session, document_ids=[document_id])
        await session.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(read_with=None))

    await bench.database.run(forget)
    report = await bench.ingestion().ingest()
    assert (report.unchanged, report.failed) == (4, 0)
    assert [(one.path, "upload" in one.message) for one in report.warnings] == [(NOTE.uri, True)]
    await bench.pages().add(NOTE)  # the same page again
    assert (await bench.ingestion().ingest()).warnings == ()


async def test_what_was_sent_goes_with_its_page(bench: Bench) -> None:
    async def kept(session: Session) -> int:
        return len((await session.execute(select(UPLOADS.c.id))).all())

    await bench.ingestion().ingest()
    await bench.pages().add(NOTE)
    await bench.pages().add(Upload("markdown", b"# More", "notes/more.md"))
    assert await bench.database.run(kept) == 2
    await bench.pages().remove("notes/more.md")
    assert await bench.database.run(kept) == 1
    (bench.site.folder / "notes").mkdir()
    (bench.site.folder / NOTE.uri).write_bytes(NOTE.data)
    await bench.ingestion().ingest()
    assert await bench.database.run(kept) == 0


async def test_what_was_sent_counts_against_the_limit(bench: Bench) -> None:
    await bench.ingestion().ingest()
    used = await bench.database.size_bytes()
    limits = StorageLimits(10**12, used + 3_000_000)
    ingestion = build_ingestion(
        bench.site.spec(), bench.database, bench.vectors, embed_model=bench.embed_model, limits=limits
    )
    pages = CorpusPages(ingestion, bench.database, collections_of(bench.vectors))
    large = b"<main><h1>A</h1><p>Words.</p><!--" + b"x" * 4_000_000 + b"--></main>"
    with pytest.raises(LimitExceeded, match="FOOTNOTED_POSTGRES_LIMIT_BYTES"):
        await pages.add(Upload("html", large, "large.html"))
    await pages.add(Upload("html", large[:200] + b"--></main>", "small.html"))


async def test_an_upload_is_removed(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    await bench.pages().add(NOTE)
    await bench.pages().remove(NOTE.uri)
    assert await bench.state() == before
    await bench.pages().remove(NOTE.uri)  # gone already


async def test_an_upload_is_removed_from_the_index_that_serves(bench: Bench) -> None:
    await bench.ingestion().ingest()
    await bench.pages().add(NOTE)
    await bench.pages(fingerprint="f2").remove(NOTE.uri)
    state = await bench.state()
    assert state.active == "handbook-f1"
    assert NOTE.uri not in {point["uri"] for point in state.points.values()}


async def test_while_a_run_is_under_way_nothing_is_uploaded_or_removed(bench: Bench) -> None:
    await bench.ingestion().ingest()
    await bench.pages().add(NOTE)
    before = await bench.state()
    async with open_run(bench.database, "handbook"):
        with pytest.raises(IngestionBusy):
            await bench.pages().add(Upload("markdown", b"# More", "notes/more.md"))
        with pytest.raises(IngestionBusy):
            await bench.pages().remove(NOTE.uri)
    assert await bench.state() == before


async def test_an_upload_that_fails_leaves_everything_as_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.ingestion().ingest()
    document_id, _ = await bench.pages().add(NOTE)
    before = await bench.state()
    for uri in (NOTE.uri, "notes/new.md"):
        bench.embed_model.fail_next(VendorBroken("cohere is broken", vendor="cohere"))
        with pytest.raises(VendorBroken):
            await bench.pages().add(Upload("markdown", b"# Other\n\nWords.", uri))
        assert await bench.state() == before
    run, *_, first = await bench.runs(document_id)
    assert (run.status, run.errors[0]["error"]) == ("failed", "VendorBroken")
    assert await bench.last_run(document_id) == first, "what became of one page is not what became of the corpus"

    def poison(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SectionSplitter, "_nodes_of", poison)
    with pytest.raises(PageError, match="cannot be split"):
        await bench.pages().add(Upload("markdown", b"# Other\n\nWords.", "notes/new.md"))
    assert await bench.state() == before


@pytest.mark.parametrize("crash_at", [1, 2])
async def test_a_crash_in_an_upload_is_mended_by_the_next_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, crash_at: int
) -> None:
    await bench.ingestion().ingest()
    saves = 0

    async def crash(update: GroupWork, session: Session, pages: object, *, pending: bool = False) -> None:
        nonlocal saves
        saves += 1
        if saves == crash_at:
            raise RuntimeError("power cut")
        await save(update, session, pages, pending=pending)  # type: ignore[arg-type]

    save = GroupWork._save
    monkeypatch.setattr(GroupWork, "_save", crash)
    with pytest.raises(RuntimeError, match="power"):
        await bench.pages().add(NOTE)
    monkeypatch.undo()
    await bench.ingestion().ingest()
    state = await bench.state()
    # Before the mark nothing was kept, and the client was told so; after it the page is whole.
    expected = set() if crash_at == 1 else {NOTE.uri}
    uploads = {"intro.md", "guide/use.md", "reference.md"} ^ {point["uri"] for point in state.points.values()}
    assert uploads == expected == {"intro.md", "guide/use.md", "reference.md"} ^ {row[0] for row in state.rows}
    assert {row[5] for row in state.rows} == {"indexed"}


async def test_a_page_that_is_not_there_has_no_chunks(bench: Bench) -> None:
    assert await bench.pages().chunks("intro.md") == ()
    await bench.ingestion().ingest()
    assert await bench.pages().chunks("none.md") == ()
