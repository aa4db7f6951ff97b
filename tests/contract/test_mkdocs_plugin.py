"""The MkDocs plugin on MkDocs itself: what its pages get, what its options may be, and that it brings nothing along."""

import os
import subprocess
import sys
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from tests.support.mkdocs_plugin import build_wheel, unpack_wheel

SERVER = "https://chat.example.org"


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_wheel(tmp_path_factory.mktemp("plugin"))


class Elements(HTMLParser):
    """The chat's elements and module scripts of a page, each with the element that it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self.chats: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "footnoted-chat":
            self.chats.append((self._open[-1], dict(attrs)))
        if tag == "script" and dict(attrs).get("type") == "module":
            self.scripts.append((self._open[-1], dict(attrs)["src"]))
        if tag not in ("meta", "link", "img", "br", "hr", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass


def build(plugin: Path, folder: Path, *, pages: dict[str, str], site_url: str = "", **options: Any) -> str:
    """Builds a site into `folder/site`. What the command said; empty where it went well."""
    for name, text in pages.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = {"site_name": "Docs", "site_url": site_url, "plugins": [{"footnoted": options}]}
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(plugin)}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return done.stderr if done.returncode else ""


def test_every_page_gets_the_element_but_those_that_are_excluded(plugin: Path, tmp_path: Path) -> None:
    pages = {"index.md": "# Home", "guide/use.md": "# Use", "blog/new.md": "# New"}
    assert build(plugin, tmp_path, pages=pages, server=f"{SERVER}/", corpus="docs", exclude=["blog/*"]) == ""
    for page in ("index.html", "guide/use/index.html"):
        shown = Elements((tmp_path / "site" / page).read_text("utf-8"))
        assert shown.scripts == [("head", f"{SERVER}/assets/footnoted-chat.mjs")]
        assert shown.chats == [("body", {"corpus": "docs"})]
    assert "footnoted-chat" not in (tmp_path / "site" / "blog" / "new" / "index.html").read_text("utf-8")


def test_options_become_attributes_and_stay_text(plugin: Path, tmp_path: Path) -> None:
    heading = 'Ask "us" <now>&amp;'
    said = build(
        plugin, tmp_path, pages={"index.md": "# Home\n\n    </head></body>\n"}, server=SERVER, heading=heading,
        theme="dark", shortcut="", texts={"open": "Fragen'\"<"}, visitors=True, credentials=True, selection=False,
        sections=True,
    )  # fmt: skip
    assert said == ""
    (chat,) = Elements((tmp_path / "site" / "index.html").read_text("utf-8")).chats
    assert chat == (
        "body",
        {
            "heading": heading, "theme": "dark", "shortcut": "", "texts": '{"open": "Fragen\'\\"<"}', "visitors": "",
            "credentials": "", "selection": "off", "sections": "",
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "site_url", "named"),
    [
        ({}, "", "'server'"),
        ({"server": "chat.example.org"}, "", "'server'"),
        ({"server": "ftp://chat.example.org"}, "", "no http(s) address"),
        ({"server": f"{SERVER}/?a=1"}, "", "no http(s) address"),
        ({"server": "http://chat.example.org"}, "https://docs.example.org", "over https load no script over http"),
        ({"server": SERVER, "theme": "blue"}, "", "'theme'"),
        ({"server": SERVER, "visitors": "yes"}, "", "'visitors'"),
        ({"server": SERVER, "servr": "x"}, "", "servr"),
    ],
)
def test_a_wrong_option_ends_the_build_and_is_named(
    plugin: Path, tmp_path: Path, options: dict[str, Any], site_url: str, named: str
) -> None:
    assert named in build(plugin, tmp_path, pages={"index.md": "# Home"}, site_url=site_url, **options)


def test_it_brings_nothing_of_footnoted_along(tmp_path: Path) -> None:
    with ZipFile(build_wheel(tmp_path)) as wheel:
        names = wheel.namelist()
        metadata = next(wheel.read(name) for name in names if name.endswith("METADATA"))
    assert {name.split("/")[0].split("-")[0] for name in names} == {"mkdocs_footnoted"}
    assert message_from_bytes(metadata).get_all("Requires-Dist") == ["mkdocs>=1.5"]
