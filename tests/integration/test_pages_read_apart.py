"""Ingestions, uploads and cuts whose pages are read apart: one that takes too long fails alone, named."""

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from llama_index.core.schema import MetadataMode

from pipelines.corpus import CorpusSpec, HtmlSource, MarkdownSource, OpenApiSource
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import PagePlan
from pipelines.readers.page import DescribedPage
from pipelines.readers.page_document import build_document
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.page_source import PackedPage, ReadPage, SourcePage
from pipelines.readers.sources import open_source
from pipelines.types import PageFailure
from tests.support import odd_readers
from tests.support.command_line import copy_book, run_here, serving
from tests.support.figures import note_figures
from tests.support.pdf_files import GOOD, PAPERS, build_nested_pdf

MEGABYTE = 1_000_000
CORPUS = """[corpora.papers]
source = { kind = "pdf", path = "papers" }
base_url = "https://files.my.site/"
"""
API = """openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things:
    get: {tags: [things], summary: List things, responses: {"200": {description: All of them.}}}
"""
# A server whose loop is held answers nothing for the two seconds that the page may take; the rest is for others' work.
LONGEST_HOLD = 1.0


async def test_a_page_that_takes_too_long_is_named_and_the_others_are_ingested(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    (site / "footnoted.toml").write_text(CORPUS)
    (site / "papers").mkdir()
    for name, data in (("a.pdf", GOOD), ("hostile.pdf", build_nested_pdf(12)), ("z.pdf", GOOD)):
        (site / "papers" / name).write_bytes(data)
    outcome = await run_here(site, "ingest", "--json", FOOTNOTED_MAX_PAGE_SECONDS="1")
    report = json.loads(outcome.out)
    assert report["added"] == 2
    assert report["errors"] == [
        {"path": "hostile.pdf", "message": "takes more than 1 s to read (FOOTNOTED_MAX_PAGE_SECONDS)"}
    ]
    assert outcome.code != 0


async def test_a_large_page_is_read_apart_as_it_is_read_here(tmp_path: Path) -> None:
    """What takes too long fails alone, named; what does not is the same page."""
    (tmp_path / "docs").mkdir()
    honest = "# Changes\n\n" + "".join(f"## Release {n}\n\nRelease {n} mends what was wrong.\n\n" for n in range(3_000))
    for name, text in (("a.md", "# A\n\nWords."), ("changes.md", honest), ("hostile.md", "# H\n\n" + "![" * 900_000)):
        (tmp_path / "docs" / name).write_text(text)
    source = MarkdownSource(kind="markdown", path=tmp_path / "docs")
    spec = CorpusSpec(name="book", folder=tmp_path, source=source, base_url="https://my.site")
    process = PageProcess(PageLimits(1.0, 400 * MEGABYTE))
    try:
        found = await open_source(spec, max_page_chars=2 * MEGABYTE, process=process).pages({})
    finally:
        process.close()
    failed = [(one.path, one.message) for one in found if isinstance(one, PageFailure)]
    assert failed == [("hostile.md", "takes more than 3 s to read (FOOTNOTED_MAX_PAGE_SECONDS)")]
    (tmp_path / "docs" / "hostile.md").unlink()
    here = await open_source(spec, max_page_chars=2 * MEGABYTE).pages({})
    assert [one for one in found if isinstance(one, PackedPage)] == here
    assert len(here) == 2


async def test_the_log_blames_no_page_for_another_that_its_reader_chokes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("a.md", "b.md", "odd.md"):
        (tmp_path / "docs" / name).write_text("# Words\n")
    source = MarkdownSource(kind="markdown", path=tmp_path / "docs")
    spec = CorpusSpec(name="book", folder=tmp_path, source=source, base_url="https://my.site")
    monkeypatch.setattr("pipelines.readers.files_apart.read_files", odd_readers.chokes_on_odd_files)
    process = PageProcess(PageLimits(10.0, 400 * MEGABYTE))
    try:
        found = await open_source(spec, max_page_chars=MEGABYTE, process=process).pages({})
    finally:
        process.close()
    failed = [(one.path, one.message) for one in found if isinstance(one, PageFailure)]
    assert (len(found), failed) == (3, [("odd.md", "cannot be read: LookupError")])
    logged = [record.getMessage().splitlines()[0].partition(" cannot be read")[0] for record in caplog.records]
    assert logged == ["one of 3 pages from a.md on", "odd.md"]


async def test_a_translation_may_take_what_its_own_file_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that counts is that of the file whose text the page is, not of the one that it translates."""
    large = "# Large\n\n" + "Many words of it. " * 8_000
    files = {"a.md": "# A", "a.fr.md": large, "b.md": large, "b.fr.md": "# B", "c.md": large}
    for name, text in files.items():
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text(text)
    source = MarkdownSource(kind="markdown", path=tmp_path / "docs", flavour="mkdocs")
    spec = CorpusSpec(name="book", folder=tmp_path, source=source, base_url="https://my.site", locales=("fr",))
    process, sizes = PageProcess(PageLimits(10.0, 400 * MEGABYTE)), list[int]()
    call = process.call

    def note(size: int, path: str, *arguments: Any) -> Any:
        sizes.append(size)
        return call(size, path, *arguments)

    monkeypatch.setattr(process, "call", note)
    try:
        found = await open_source(spec, max_page_chars=MEGABYTE, process=process).pages({})
    finally:
        process.close()
    # Of each language's pages: `c.md` is not translated, and is a page of both.
    assert sum(sizes) == 2 * len(files["c.md"]) + sum(len(text) for name, text in files.items() if name != "c.md")
    assert [one for one in found if isinstance(one, PackedPage)] == await open_source(
        spec, max_page_chars=MEGABYTE
    ).pages({})
    assert len(found) == 6


async def test_nothing_of_a_page_is_parsed_or_cut_in_the_process_of_the_ingestion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("a.md", "b.md"):
        (tmp_path / "docs" / name).write_text(f"# {name}\n\nWords of {name}.\n")
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "index.html").write_text("<main><h1>Built</h1><p>Words.</p></main>")
    (tmp_path / "api.yaml").write_text(API)
    sources: list[MarkdownSource | HtmlSource | OpenApiSource] = [
        MarkdownSource(kind="markdown", path=Path("docs")),
        HtmlSource(kind="html", path=Path("built")),
        OpenApiSource(kind="openapi", path=Path("api.yaml")),
    ]
    specs = [CorpusSpec(name="a", folder=tmp_path, source=one, base_url="https://my.site") for one in sources]
    expected = [await open_source(spec, max_page_chars=MEGABYTE).pages({}) for spec in specs]
    nodes = [await _nodes(PageSplitter(spec, "f1"), pages) for spec, pages in zip(specs, expected, strict=True)]

    def raising(*_: Any, **__: Any) -> Any:
        raise AssertionError("a page is read or cut here")

    for place in ("markdown.tree.MarkdownTree", "html.tree.HtmlTree", "openapi.api_pages._ApiReader"):
        monkeypatch.setattr(f"pipelines.readers.{place}.read", raising)
    monkeypatch.setattr("pipelines.splitting.pieces._pieces", raising)
    process = PageProcess(PageLimits(10.0, 400 * MEGABYTE))
    try:
        for spec, pages, cut in zip(specs, expected, nodes, strict=True):
            found = await open_source(spec, max_page_chars=MEGABYTE, process=process).pages({})
            assert [_told(one) for one in found] == [_told(one) for one in pages]
            assert await _nodes(PageSplitter(spec, "f1", process), found) == cut
    finally:
        process.close()


def _told(page: SourcePage) -> tuple[str, dict[str, Any]]:
    assert isinstance(page, ReadPage)
    return page.text, {key: value for key, value in page.metadata.items() if key not in ("document_id", "fingerprint")}


async def _nodes(splitter: PageSplitter, pages: Sequence[SourcePage]) -> list[str]:
    plans = [PagePlan(one.metadata["uri"], "added", one, None) for one in pages if isinstance(one, ReadPage)]
    prepared, failures = await splitter.split(plans)
    assert not failures
    assert all(page.nodes for page in prepared)
    return [node.get_content(MetadataMode.EMBED) for page in prepared for node in page.nodes]


async def test_a_page_that_takes_too_long_to_cut_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.ingestion.page_splitting.cut_pages", odd_readers.cuts_for_ever)
    documents = [
        build_document(DescribedPage({"uri": uri, "url": f"https://my.site/{uri}", "title": uri, "headings": []}, text))
        for uri, text in (("a.md", "Words."), ("hostile.md", "Endless."), ("z.md", "Words."))
    ]
    process = PageProcess(PageLimits(2.0, 400 * MEGABYTE))
    try:
        splitter = PageSplitter(PAPERS, "f1", process)
        prepared, failures = await splitter.split([PagePlan(one.id_, "added", one, None) for one in documents])
    finally:
        process.close()
    assert [page.plan.uri for page in prepared] == ["a.md", "z.md"]
    reason = "cannot be split: takes more than 2 s to read (FOOTNOTED_MAX_PAGE_SECONDS)"
    assert [(one.path, one.message) for one in failures] == [("hostile.md", reason)]


async def test_an_upload_that_takes_too_long_is_an_error_and_the_server_goes_on(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    assert (await run_here(site, "ingest")).code == 0
    async with serving(site, FOOTNOTED_MAX_PAGE_SECONDS="2") as (url, _):
        key = (await run_here(site, "keys", "create", "writer", "--role", "writer", "--json")).out
        headers = {"authorization": f"Bearer {json.loads(key)['key']}"}
        async with httpx.AsyncClient(base_url=url, timeout=60, headers=headers) as client:

            async def upload(name: str, data: bytes) -> httpx.Response:
                return await client.post("/api/v1/documents", files={"file": (name, data)})

            assert (await upload("good.pdf", GOOD)).status_code == 201
            hostile = asyncio.create_task(upload("hostile.pdf", build_nested_pdf(12)))
            longest = 0.0
            while not hostile.done():
                began = time.perf_counter()
                assert (await client.get("/api/v1/health")).status_code == 200
                longest = max(longest, time.perf_counter() - began)
                await asyncio.sleep(0.01)
            answer = await hostile
            assert (answer.status_code, "takes more than 2 s" in answer.text) == (422, True)
            assert (await upload("good2.pdf", GOOD)).status_code == 201
    note_figures("upload that takes its reader for ever", longest_health_seconds=longest)
    assert longest < LONGEST_HOLD
