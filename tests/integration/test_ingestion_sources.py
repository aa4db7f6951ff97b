"""Several sources in one corpus: what one of them loses, breaks or shares with another."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from pipelines.corpus import CorpusSpec, read_corpora
from pipelines.errors import RemovalRefused, SourceMissing
from pipelines.types import IngestionReport
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import ensure_corpus
from storage_config.records.documents import list_document_states
from storage_config.records.tables import DOCUMENTS
from storage_config.vectors.edge import EdgeShards
from tests.support.ingesting import HashedEmbedding, IndexState, build_ingestion, read_index_state
from tests.support.pdf_files import build_pdf

API = {
    "openapi": "3.1.0", "info": {"title": "Pumps", "version": "1", "description": "All of the pumps."},
    "paths": {"/pumps": {"get": {"tags": ["pumps"], "operationId": "list", "summary": "Lists pumps", "responses": {}}}},
}  # fmt: skip
DECLARED = """
[corpora.handbook]
base_url = "https://my.site/docs"
source = [
  { kind = "markdown", path = "docs" },
  { kind = "openapi", path = "openapi.json", base_url = "https://my.site/api" },
  { kind = "pdf", path = "papers", base_url = "https://files.my.site/" },
  { kind = "markdown", path = "blog", name = "blog", base_url = "https://my.site/blog" },
]
"""


class Home:
    """A folder with a corpus of four sources, and what an ingestion makes of it."""

    def __init__(self, folder: Path, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> None:
        self.folder, self.database, self._vectors, self._embed_model = folder, database, vectors, embed_model
        (folder / "footnoted.toml").write_text(DECLARED)
        for name in (
            "docs/index",
            "docs/one",
            "docs/two",
            "docs/three",
            "blog/index",
            "blog/news",
            "blog/more",
            "blog/old",
        ):
            self.write(f"{name}.md", f"# {name}\n\nA page about {name}.\n")
        (folder / "openapi.json").write_text(json.dumps(API))
        (folder / "papers").mkdir()
        (folder / "papers" / "one.pdf").write_bytes(build_pdf([["A paper about valves."]]))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text)

    @property
    def spec(self) -> CorpusSpec:
        return read_corpora(self.folder / "footnoted.toml", need_folders=False)["handbook"]

    async def ingest(self, fingerprint: str = "f1", **options: Any) -> IngestionReport:
        ingestion = build_ingestion(
            self.spec, self.database, self._vectors, embed_model=self._embed_model, fingerprint=fingerprint
        )
        return await ingestion.ingest(**options)

    async def state(self) -> IndexState:
        return await read_index_state(self.spec, self.database, self._vectors)

    async def uris(self) -> set[str]:
        return {row[0] for row in (await self.state()).rows}


@pytest.fixture
def home(tmp_path: Path, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder, database, vectors, embed_model)


ALL = {
    "index.md", "one.md", "two.md", "three.md", "openapi.json/tag/pumps", "openapi.json/info", "one.pdf",
    "blog/index.md", "blog/news.md", "blog/more.md", "blog/old.md",
}  # fmt: skip


async def test_all_sources_are_one_index_with_addresses_of_their_own(home: Home) -> None:
    report = await home.ingest()
    assert (report.added, report.failed) == (len(ALL), 0)
    assert await home.uris() == ALL
    urls = {point["uri"]: point["url"] for point in (await home.state()).points.values()}
    assert urls["one.md"] == "https://my.site/docs/one.md"
    assert urls["openapi.json/tag/pumps"].startswith("https://my.site/api")
    assert urls["one.pdf"].startswith("https://files.my.site/one.pdf")
    assert urls["blog/index.md"] == "https://my.site/blog/index.md"
    again = await home.ingest()
    assert (again.unchanged, again.nodes_embedded) == (len(ALL), 0)


@pytest.mark.parametrize("fingerprint", ["f1", "f2"])  # in the same index, and in one that is built anew
async def test_a_source_that_cannot_be_read_keeps_its_pages_and_is_reported(home: Home, fingerprint: str) -> None:
    await home.ingest()
    (home.folder / "openapi.json").write_text("{")
    (home.folder / "docs" / "three.md").unlink()
    home.write("docs/four.md", "# Four\n\nA page about four.\n")
    report = await home.ingest(fingerprint)
    assert (report.added, report.removed, report.failed) == (1, 1, 1)
    (error,) = report.errors
    assert error.path == "openapi.json"
    assert await home.uris() == ALL - {"three.md"} | {"four.md"}
    points = {point["uri"] for point in (await home.state()).points.values()}
    assert points == await home.uris()
    # What was wrong leaves no trace once it is right.
    (home.folder / "openapi.json").write_text(json.dumps(API))
    mended = await home.ingest(fingerprint)
    assert (mended.unchanged, mended.removed, mended.failed) == (len(ALL), 0, 0)


async def test_pages_of_a_missing_folder_stay(home: Home) -> None:
    await home.ingest()
    (home.folder / "blog").rename(home.folder / "away")
    report = await home.ingest()
    assert (report.removed, report.failed, report.errors[0].path) == (0, 1, "blog")
    assert await home.uris() == ALL


async def test_the_guard_is_that_of_each_source(home: Home) -> None:
    await home.ingest()
    for name in ("news", "more"):
        (home.folder / "blog" / f"{name}.md").unlink()  # 2 of 11 pages, but half of the blog
    with pytest.raises(RemovalRefused, match="2 of 4 pages of blog"):
        await home.ingest()
    assert (await home.ingest(allow_removals=True)).removed == 2


async def test_one_uri_twice_is_told_and_the_first_is_it(home: Home) -> None:
    text = (home.folder / "footnoted.toml").read_text().replace(', name = "blog"', "")
    (home.folder / "footnoted.toml").write_text(text)
    report = await home.ingest()
    (error,) = report.errors
    assert error.path == "blog: index.md"
    assert "give one of the sources a name" in error.message
    urls = {point["uri"]: point["url"] for point in (await home.state()).points.values()}
    assert urls["index.md"] == "https://my.site/docs/index.md"
    assert urls["news.md"] == "https://my.site/blog/news.md"
    assert len(await home.uris()) == len(ALL) - 1


async def test_where_no_source_can_be_read_nothing_is_done(home: Home) -> None:
    await home.ingest()
    for name in ("docs", "papers", "blog", "openapi.json"):
        (home.folder / name).rename(home.folder / f"{name}.away")
    with pytest.raises(SourceMissing):
        await home.ingest()
    assert await home.uris() == ALL


async def sources_of(home: Home) -> dict[str, str | None]:
    """Which source each record says that its page is of."""

    async def load(session: Session) -> dict[str, str | None]:
        corpus = await ensure_corpus(session, name=home.spec.name)
        return {one.uri: one.source for one in await list_document_states(session, corpus_id=corpus.id)}

    return await home.database.run(load)


def declare(home: Home, *sources: str) -> None:
    listed = "".join(f"  {{ {source} }},\n" for source in sources)
    (home.folder / "footnoted.toml").write_text(
        f'[corpora.handbook]\nbase_url = "https://my.site/docs"\nsource = [\n{listed}]\n'
    )


DOCS, BLOG, MORE = (f'kind = "markdown", path = "{name}"' for name in ("docs", "blog", "more"))


async def test_records_say_which_source_a_page_is_of(home: Home) -> None:
    await home.ingest()
    found = await sources_of(home)
    assert (found["index.md"], found["blog/index.md"], found["one.pdf"]) == ("docs", "blog", "papers")
    # Of records from before nothing is known until the page is read again, which embeds nothing.
    await home.database.run(forget_sources)
    report = await home.ingest()
    assert (report.unchanged, report.nodes_embedded) == (len(ALL), 0)
    assert None not in (await sources_of(home)).values()


async def forget_sources(session: Session) -> None:
    await session.execute(update(DOCUMENTS).values(source=None))


@pytest.mark.parametrize("fingerprint", ["f1", "f2"])
async def test_no_other_source_takes_over_pages_of_one_that_is_down(home: Home, fingerprint: str) -> None:
    declare(home, DOCS, MORE)
    home.write("more/index.md", "# Other\n\nOf the other source.\n")  # the same uri: it is the first source's
    home.write("more/extra.md", "# Extra\n\nOf the other source.\n")
    await home.ingest()
    before = (await home.state()).rows
    (home.folder / "docs").rename(home.folder / "away")
    (home.folder / "more" / "extra.md").unlink()
    home.write("more/extra2.md", "# Extra\n\nOf the other source.\n")
    report = await home.ingest(fingerprint, allow_removals=True)
    assert {error.path for error in report.errors} == {"docs", "more: index.md"}
    # The page of the source that can be read is gone, none of the other's is, and none says what another page says.
    assert await home.uris() == {"index.md", "one.md", "two.md", "three.md", "extra2.md"}
    kept = {row[0]: row[3] for row in (await home.state()).rows}
    assert all(kept[row[0]] == row[3] for row in before if row[0] in kept)
    (home.folder / "away").rename(home.folder / "docs")
    assert (await home.ingest(fingerprint)).removed == 0


async def test_a_page_moves_from_one_source_to_another(home: Home) -> None:
    declare(home, DOCS, MORE)
    home.write("more/extra.md", "# Extra\n\nOf the other source.\n")
    await home.ingest()
    ids = {point for point, payload in (await home.state()).points.items() if payload["uri"] == "one.md"}
    (home.folder / "docs" / "one.md").rename(home.folder / "more" / "one.md")
    report = await home.ingest()
    assert (report.removed, report.nodes_embedded, report.failed) == (0, 0, 0)
    assert (await sources_of(home))["one.md"] == "more"
    assert ids == {point for point, payload in (await home.state()).points.items() if payload["uri"] == "one.md"}
    # From now on it stands and falls with the other source.
    (home.folder / "docs").rename(home.folder / "away")
    (home.folder / "more" / "one.md").unlink()
    assert (await home.ingest(allow_removals=True)).removed == 1
    assert await home.uris() == {"index.md", "two.md", "three.md", "extra.md"}


async def test_a_source_that_is_declared_no_more_takes_its_own_pages_along(home: Home) -> None:
    declare(home, DOCS, BLOG, MORE)
    for name in ("news", "more", "old", "index"):
        (home.folder / "blog" / f"{name}.md").unlink()
    home.write("blog/only.md", "# Only\n\nOf the blog.\n")
    home.write("more/extra.md", "# Extra\n\nOf the other source.\n")
    await home.ingest()
    declare(home, DOCS, MORE)
    (home.folder / "docs").rename(home.folder / "away")  # all of them are markdown: by their uris they may be docs'
    report = await home.ingest()
    assert (report.removed, report.failed) == (0, 1), "it may be docs' by an older label: nothing says that it is gone"
    (home.folder / "away").rename(home.folder / "docs")
    with pytest.raises(RemovalRefused, match="1 of 2 pages of more or of a source that is declared no more"):
        await home.ingest()
    assert (await home.ingest(allow_removals=True)).removed == 1
    assert await home.uris() == {"index.md", "one.md", "two.md", "three.md", "extra.md"}


async def test_a_source_whose_folder_is_misspelt_keeps_its_pages(home: Home) -> None:
    declare(home, DOCS, MORE)
    home.write("more/extra.md", "# Extra\n\nOf the other source.\n")
    await home.ingest()
    declare(home, DOCS.replace("docs", "dosc"), MORE)
    report = await home.ingest(allow_removals=True)
    assert (report.removed, [error.path for error in report.errors]) == (0, ["dosc"])
    # Where it is another folder indeed, it has the pages.
    (home.folder / "docs").rename(home.folder / "dosc")
    assert (await home.ingest()).removed == 0
    assert (await sources_of(home))["one.md"] == "dosc"


MANUAL = DOCS.replace("docs", "manual")


async def move_docs_while_a_page_is_broken(home: Home, fingerprint: str) -> None:
    declare(home, DOCS, MORE)
    home.write("more/extra.md", "# Extra\n\nOf the other source.\n")
    await home.ingest()
    (home.folder / "docs").rename(home.folder / "manual")
    (home.folder / "manual" / "two.md").write_bytes(b"\xff\xfe\xff")
    declare(home, MANUAL, MORE)
    report = await home.ingest(fingerprint)
    assert (report.removed, [error.path for error in report.errors]) == (0, ["two.md"])


@pytest.mark.parametrize("fingerprint", ["f1", "f2"])
async def test_a_page_that_was_broken_while_its_folder_moved_stays(home: Home, fingerprint: str) -> None:
    await move_docs_while_a_page_is_broken(home, fingerprint)
    assert (await sources_of(home))["two.md"] == "manual", "the record follows, though the page cannot be read"
    (home.folder / "manual").rename(home.folder / "away")
    report = await home.ingest(fingerprint, allow_removals=True)
    assert (report.removed, [error.path for error in report.errors]) == (0, ["manual"])
    assert await home.uris() == {"index.md", "one.md", "two.md", "three.md", "extra.md"}


async def test_a_record_that_kept_an_older_label_is_held_by_who_may_have_it(home: Home) -> None:
    await move_docs_while_a_page_is_broken(home, "f1")

    async def forget(session: Session) -> None:  # as after a run that was killed between the pages
        await session.execute(update(DOCUMENTS).where(DOCUMENTS.c.uri == "two.md").values(source="docs"))

    await home.database.run(forget)
    (home.folder / "manual").rename(home.folder / "away")
    assert (await home.ingest(allow_removals=True)).removed == 0
    assert "two.md" in await home.uris()


async def test_the_guard_of_a_source_sees_pages_from_before_its_folder_moved(home: Home) -> None:
    for number in range(8):
        home.write(f"blog/{number}.md", f"# {number}\n\nA page of the blog.\n")
    named = f'{BLOG}, name = "blog"'
    declare(home, DOCS, named)
    await home.ingest()
    declare(home, MANUAL, named)
    home.write("manual/one.md", "# docs/one\n\nA page about docs/one.\n")
    with pytest.raises(RemovalRefused, match="3 of 4 pages of manual"):  # of 16 in the corpus
        await home.ingest()
    assert (await home.ingest(allow_removals=True)).removed == 3


async def test_of_two_sources_in_one_folder_each_fails_alone(home: Home) -> None:
    papers = 'kind = "pdf", path = "docs"'
    (home.folder / "docs" / "one.pdf").write_bytes(build_pdf([["A paper about valves."]]))
    declare(home, DOCS, papers)
    await home.ingest()
    labels = await sources_of(home)
    assert (labels["one.md"], labels["one.pdf"]) == ("docs (markdown)", "docs (pdf)")

    async def relabel(session: Session) -> None:  # as both were called before they were told apart
        await session.execute(update(DOCUMENTS).values(source="docs"))

    for label in ("docs", None):  # older records are told by what the source includes, newer ones by what they say
        if label:
            await home.database.run(relabel)
        (home.folder / "docs" / "one.pdf").rename(home.folder / "one.pdf")  # no page: the source cannot be read
        gone = home.folder / "docs" / ("three.md" if label else "two.md")
        kept = gone.read_text()
        gone.unlink()
        report = await home.ingest(allow_removals=True)
        assert (report.removed, [error.path for error in report.errors]) == (1, ["docs (pdf)"])
        assert await home.uris() == {"index.md", "one.md", "two.md", "three.md", "one.pdf"} - {gone.name}
        (home.folder / "one.pdf").rename(home.folder / "docs" / "one.pdf")
        gone.write_text(kept)
        report = await home.ingest()
        assert (report.added, report.removed, report.failed) == (1, 0, 0)
        assert (await sources_of(home))["one.pdf"] == "docs (pdf)"
