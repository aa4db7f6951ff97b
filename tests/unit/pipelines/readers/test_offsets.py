"""`text[start:end]` is exact for every reader: over generated pages sections, headings, chunks and quotes lie there."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, Flavour, SitemapSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.sitemap.sitemap import SitemapPages
from pipelines.readers.sources import open_source, read_upload
from pipelines.source_specs import FLAVOURS
from pipelines.types import PageFailure, Upload
from storage_config.vocabulary import PageFormat
from tests.support.page_offsets import offsets_are_exact
from tests.support.page_pieces import HTML_PIECES, MARKDOWN, MDX, OWN
from tests.support.pdf_files import build_pdf
from tests.support.sitemap_sites import HOST, HTML, Site, sitemap
from tests.support.unpacking import unpacked

MAX_CHARS = 100_000
ODD = "aé 1.#*_`~<>[](){}|!&;:/\\\"'$^+-=%@\t\n\r\x00\x0b\x0c\x1c\x85\u00a0\u00ad\u200b\u200d\u200e\u2028\u202e"
ODD += "\ufb01e\u0301🎉中\ud83d"  # the last is half of an emoji
odd_text = st.text(alphabet=ODD, max_size=40)


def pieces(*known: str) -> st.SearchStrategy[str]:
    """Pages of known pieces and odd text, joined by blank lines, line ends or nothing."""
    one = st.one_of(st.sampled_from(known), st.sampled_from(known), odd_text)
    join = st.sampled_from(["\n\n", "\n", "", "\n\n\n   "])
    return st.lists(st.tuples(one, join), max_size=12).map(lambda parts: "".join(text + gap for text, gap in parts))


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


def declare(folder: Path, **source: Any) -> CorpusSpec:
    return CorpusSpec.model_validate(
        {"name": "book", "folder": folder, "base_url": "https://example.org/docs", "source": {"path": ".", **source}}
    )


def read(spec: CorpusSpec) -> Sequence[Document]:
    """The pages, whose reader must not have choked on one."""
    try:
        found = asyncio.run(open_source(spec, max_page_chars=MAX_CHARS).pages({}))
    except SourceMissing:
        return ()  # a page without text is left out, and it is the only one
    assert not [page for page in found if isinstance(page, PageFailure) and page.message.startswith("cannot be read: ")]
    return unpacked(found)


generated = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize(
    ("flavour", "ending"),
    [*((flavour, "md") for flavour in FLAVOURS), ("docusaurus", "mdx"), ("starlight", "mdx")],
)
def test_markdown(folder: Path, flavour: Flavour, ending: str) -> None:
    home = folder / f"{flavour}-{ending}"
    home.mkdir()
    if flavour == "mdbook":
        (home / "SUMMARY.md").write_text("# S\n\n- [A](a.md)\n")
    (home / "_a.mdx").write_text("Partial of {props.name}\n\n## In the partial\n")
    spec = declare(home, kind="markdown", flavour=flavour, exclude=["part.md", "_a.mdx"])

    @generated
    @given(text=pieces(*MARKDOWN, *OWN[flavour]), part=pieces(*MARKDOWN))
    def check(text: str, part: str) -> None:
        if flavour == "starlight":
            # Astro knows no ids of one's own, and shows them: who writes one takes it out again.
            text = text.replace(" {#custom}", "").replace(" {/* #explicit */}", "")
        (home / "part.md").write_bytes(as_bytes(part))
        (home / f"a.{ending}").write_bytes(as_bytes(text))
        for page in read(spec):
            assert offsets_are_exact(page)

    check()


@generated
@given(html=pieces(*HTML_PIECES))
def test_html(folder: Path, html: str) -> None:
    (folder / "html").mkdir(exist_ok=True)
    (folder / "html" / "a.html").write_bytes(as_bytes(f"<main>{html}</main>"))
    for page in read(declare(folder / "html", kind="html")):
        assert offsets_are_exact(page)


@generated
@given(html=pieces(*HTML_PIECES), charset=st.sampled_from(["utf-8", "windows-1252", "utf-16", "shift_jis"]))
def test_sitemap(html: str, charset: str) -> None:
    body = f"<article>{html}</article>".encode(charset, "replace")
    answers = {
        f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a"),
        f"{HOST}/a": httpx.Response(
            200, headers={**HTML, "Content-Type": f"text/html; charset={charset}"}, content=body
        ),
    }
    spec = CorpusSpec.model_validate(
        {
            "name": "site",
            "folder": Path("/nowhere"),
            "base_url": HOST,
            "source": {"kind": "sitemap", "url": f"{HOST}/sitemap.xml"},
        }
    )
    assert isinstance(spec.source, SitemapSource)
    reader = SitemapPages(spec, spec.source, max_page_chars=MAX_CHARS, transport=Site(answers))
    try:
        found = asyncio.run(reader.pages({}))
    except SourceMissing:
        return
    for page in found:
        assert isinstance(page, Document), page
        assert offsets_are_exact(page)


latin = st.text(alphabet="abcé 1.#-|\u00ad\xa0'\"*", max_size=60).map(
    lambda line: line.encode("latin-1").decode("latin-1")
)


@generated
@given(pages=st.lists(st.lists(latin, max_size=12), min_size=1, max_size=4))
def test_pdf(folder: Path, pages: list[list[str]]) -> None:
    (folder / "pdf").mkdir(exist_ok=True)
    (folder / "pdf" / "a.pdf").write_bytes(build_pdf(pages))
    for page in read(declare(folder / "pdf", kind="pdf")):
        assert offsets_are_exact(page)


def cells() -> st.SearchStrategy[dict[str, Any]]:
    source = st.one_of(pieces(*MARKDOWN), pieces(*MARKDOWN).map(lambda text: text.splitlines(keepends=True)))
    output = st.one_of(
        st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.just("stdout"), "text": odd_text}),
        st.fixed_dictionaries(
            {
                "output_type": st.just("execute_result"),
                "data": st.fixed_dictionaries({"text/plain": odd_text}),
                "metadata": st.just({}),
                "execution_count": st.just(1),
            }
        ),
    )
    prose = st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["markdown", "raw"]), "metadata": st.just({}), "source": source}
    )
    code = st.fixed_dictionaries(
        {
            "cell_type": st.just("code"),
            "metadata": st.just({}),
            "source": source,
            "execution_count": st.just(None),
            "outputs": st.lists(output, max_size=2),
        }
    )
    return st.one_of(prose, code)


@generated
@given(found=st.lists(cells(), max_size=5))
def test_notebook(folder: Path, found: list[dict[str, Any]]) -> None:
    (folder / "notebooks").mkdir(exist_ok=True)
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": found}
    (folder / "notebooks" / "a.ipynb").write_text(json.dumps(notebook))
    for page in read(declare(folder / "notebooks", kind="markdown", include=["**/*.ipynb"])):
        assert offsets_are_exact(page)


def schemas() -> st.SearchStrategy[Any]:
    leaf: st.SearchStrategy[Any] = st.one_of(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["string", "integer", ["string", "null"]]), "description": pieces(*MARKDOWN[:12])}
        ),
        st.just({"$ref": "#/components/schemas/Pet"}),
        st.just({}),
        st.fixed_dictionaries({"enum": st.lists(odd_text, max_size=3)}),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.fixed_dictionaries(
                {"type": st.just("object"), "properties": st.dictionaries(odd_text, inner, max_size=3)}
            ),
            st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
            st.fixed_dictionaries({"oneOf": st.lists(inner, max_size=2)}),
        ),
        max_leaves=4,
    )


def operations() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "responses": st.fixed_dictionaries(
                {
                    "200": st.fixed_dictionaries(
                        {
                            "description": odd_text,
                            "content": st.fixed_dictionaries(
                                {"application/json": st.fixed_dictionaries({"schema": schemas()})}
                            ),
                        }
                    )
                }
            )
        },
        optional={
            "operationId": odd_text,
            "summary": odd_text,
            "description": pieces(*MARKDOWN),
            "tags": st.lists(odd_text, max_size=2),
            "parameters": st.lists(
                st.fixed_dictionaries(
                    {"name": odd_text, "in": st.sampled_from(["query", "path"]), "schema": schemas()}
                ),
                max_size=2,
            ),
        },
    )


@generated
@given(
    paths=st.dictionaries(
        odd_text.map(lambda text: f"/{text}"),
        st.dictionaries(st.sampled_from(["get", "post"]), operations(), min_size=1),
        max_size=3,
    ),
    about=pieces(*MARKDOWN),
    viewer=st.sampled_from(["redoc", "swagger-ui"]),
)
def test_openapi(folder: Path, paths: dict[str, Any], about: str, viewer: str) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1", "description": about},
        "paths": paths,
        "components": {
            "schemas": {
                "Pet": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Pet"}},
                }
            }
        },
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    for page in read(declare(folder, kind="openapi", path="openapi.json", viewer=viewer)):
        assert offsets_are_exact(page)


@pytest.mark.parametrize("kind", ["markdown", "html", "pdf"])
def test_uploads(folder: Path, kind: PageFormat) -> None:
    spec = declare(folder, kind="markdown", flavour="docusaurus")
    pdf = st.lists(st.lists(latin, max_size=12), min_size=1, max_size=3).map(build_pdf)
    data = {
        "markdown": pieces(*MARKDOWN, *MDX).map(as_bytes),
        "html": pieces(*HTML_PIECES).map(as_bytes),
        "pdf": pdf,
    }[kind]

    @generated
    @given(sent=data)
    def check(sent: bytes) -> None:
        try:
            page = read_upload(spec, Upload(kind, sent, "a.mdx"), max_page_chars=MAX_CHARS)
        except PageError:
            return
        assert offsets_are_exact(page)

    check()
