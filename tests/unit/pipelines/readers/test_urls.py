"""Urls of pages under the three flavours. The generators' own routing is compared in tests/contract."""

from pathlib import PurePosixPath
from typing import Any

import pytest

from pipelines.corpus import Flavour
from pipelines.readers.front_matter import FrontMatter, read_front_matter
from pipelines.readers.markdown.urls import page_url, resolve_route, strip_number_prefix

BASE = "https://example.org/docs"


def url(flavour: Flavour, path: str, trailing_slash: bool | None = None, **values: Any) -> str:
    front_matter = read_front_matter(values) if values else FrontMatter()
    return page_url(flavour, BASE, PurePosixPath(path), front_matter, trailing_slash)


@pytest.mark.parametrize(
    ("path", "values", "route"),
    [
        ("intro.md", {}, "/intro"),
        ("guide/intro.mdx", {}, "/guide/intro"),
        ("index.md", {}, "/"),
        ("guide/index.md", {}, "/guide/"),
        ("guide/README.md", {}, "/guide/"),
        ("guide/Guide.md", {}, "/guide/"),
        ("01-guide/02-intro.md", {}, "/guide/intro"),
        ("01-guide/02-intro.md", {"parse_number_prefixes": False}, "/01-guide/02-intro"),
        ("2021-11-02-news.md", {}, "/2021-11-02-news"),
        ("guide/Intro.md", {"id": "start"}, "/guide/start"),
        ("guide/index.md", {"id": "start"}, "/guide/"),
        ("guide/intro.md", {"slug": "/x"}, "/x"),
        ("guide/intro.md", {"slug": "x"}, "/guide/x"),
        ("guide/intro.md", {"slug": "../x/"}, "/x/"),
        ("guide/intro.md", {"slug": "/"}, "/"),
        ("guide/index.md", {"slug": "index"}, "/guide/index"),
        ("a b/ü.md", {}, "/a%20b/%C3%BC"),
    ],
)
def test_docusaurus(path: str, values: dict[str, Any], route: str) -> None:
    assert url("docusaurus", path, **values) == BASE + route


def test_docusaurus_trailing_slash() -> None:
    assert url("docusaurus", "a.md", True) == f"{BASE}/a/"
    assert url("docusaurus", "a/index.md", False) == f"{BASE}/a"
    assert url("docusaurus", "index.md", False) == f"{BASE}/"


@pytest.mark.parametrize(
    ("path", "directories", "files"),
    [
        ("a.md", "/a/", "/a.html"),
        ("a/b.md", "/a/b/", "/a/b.html"),
        ("index.md", "/", "/index.html"),
        ("a/README.md", "/a/", "/a/index.html"),
        ("a/Index.md", "/a/Index/", "/a/Index.html"),
        ("01-a.md", "/01-a/", "/01-a.html"),
    ],
)
def test_mkdocs(path: str, directories: str, files: str) -> None:
    assert url("mkdocs", path) == url("mkdocs", path, True) == BASE + directories
    assert url("mkdocs", path, False) == BASE + files


def test_plain_keeps_the_file_unless_told_how_urls_end() -> None:
    assert url("plain", "a/b.md") == f"{BASE}/a/b.md"
    assert url("plain", "a/b.md", True) == f"{BASE}/a/b/"
    assert url("plain", "a/b.md", False) == f"{BASE}/a/b"
    assert url("plain", "a/index.md", False) == f"{BASE}/a/"
    assert url("plain", "a/b.md", slug="/c") == f"{BASE}/c"


@pytest.mark.parametrize(
    ("name", "stripped"),
    [
        ("01-intro", "intro"),
        ("1. Setup", "Setup"),
        ("003 - doc", "doc"),
        ("2021-11-02", "2021-11-02"),
        ("7.0-notes", "7.0-notes"),
        ("8.0", "8.0"),
        ("5-", "5-"),
        ("abc", "abc"),
        ("1_a", "a"),
    ],
)
def test_number_prefixes(name: str, stripped: str) -> None:
    assert strip_number_prefix(name) == stripped


def test_routes_never_leave_the_root() -> None:
    assert resolve_route("../../../x", "/a/") == "/x"
    assert resolve_route("..", "/a/b/") == "/a/"
    assert resolve_route("./x//y", "/a/") == "/a/x/y"
