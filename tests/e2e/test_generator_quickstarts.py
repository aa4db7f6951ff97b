"""The configurations that the packages' READMEs and docs/element.md show, each built word for word and asked."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.element import Element
from tests.e2e.generators import PLUGIN, answering, build_docusaurus, build_mkdocs, docusaurus_folder
from tests.support.bakery import write_bakery
from tests.support.mkdocs_plugin import PACKAGE
from tests.support.quickstarts import read_block
from tests.support.static_site import serving_folder

SHOWN_SERVER, SHOWN_SITE = "https://chat.example.org", "https://docs.example.org/"
DOCUSAURUS_README = "packages/docusaurus-plugin-footnoted/README.md"
MKDOCS_README = "packages/mkdocs-footnoted/README.md"


def ask_and_follow(chat: Element, page: str, section: str) -> None:
    """From a page to the section that is cited."""
    chat.browser.get(page)
    chat.open()
    chat.ask("What temperature must be set before the bread goes in?")
    assert "230 degrees" in chat.texts(".prose")[0]
    link = str(chat.all(".sources .where a")[0].get_attribute("href"))
    assert link.split(":~:")[0] == section
    chat.browser.get(link)
    chat.until(
        lambda: chat.browser.execute_script("return document.getElementById('setting-the-temperature') !== null")
    )
    chat.until_made()
    chat.until(lambda: chat.shown(".panel"))
    chat.browser.get("about:blank")  # before its server goes


@pytest.mark.sites
def test_docusaurus(chat: Element, tmp_path: Path) -> None:
    lines = read_block("// docusaurus.config.js", file=DOCUSAURUS_README)
    site = docusaurus_folder("quickstart")
    with serving_folder(site / "html") as origin:
        write_bakery(site, base_url=origin)
        with answering(site, origin) as server:
            assert SHOWN_SERVER in lines
            build_docusaurus(site, lines.replace(SHOWN_SERVER, server.url))
            ask_and_follow(chat, f"{origin}/dough", f"{origin}/oven#setting-the-temperature")


@pytest.mark.sites
def test_mkdocs(chat: Element, tmp_path: Path) -> None:
    lines = read_block("# mkdocs.yml", file=MKDOCS_README)
    site = tmp_path / "bakery"
    with serving_folder(site / "site") as origin:
        config = write_bakery(site, base_url=origin) / "footnoted.toml"
        config.write_text(config.read_text("utf-8").replace("docusaurus", "mkdocs"), "utf-8")
        with answering(site, origin) as server:
            assert SHOWN_SERVER in lines
            assert SHOWN_SITE in lines
            aimed = lines.replace(SHOWN_SERVER, server.url).replace(SHOWN_SITE, f"{origin}/")
            # Its highlighter comes from another host.
            before = "site_name: Bakery\ntheme: {name: mkdocs, highlightjs: false}\n"
            build_mkdocs(site, before + aimed, tmp_path / "plugin")
            ask_and_follow(chat, f"{origin}/dough/", f"{origin}/oven/#setting-the-temperature")


@pytest.mark.parametrize(
    ("begins", "readme"), [("// docusaurus.config.js", DOCUSAURUS_README), ("# mkdocs.yml", MKDOCS_README)]
)
def test_the_element_s_document_shows_the_same(begins: str, readme: str) -> None:
    assert read_block(begins, file="docs/element.md") == read_block(begins, file=readme)


def test_what_is_installed_is_named_from_where_the_reader_stands(tmp_path: Path) -> None:
    """npm beside a clone of the project, pip inside of it."""
    (tmp_path / "footnoted").symlink_to(ROOT)
    (tmp_path / "site").mkdir()
    for readme, command, start, package in (
        (DOCUSAURUS_README, "$ npm install", tmp_path / "site", PLUGIN),
        (MKDOCS_README, "$ pip install", ROOT, PACKAGE),
    ):
        (line,) = [line for line in (ROOT / readme).read_text("utf-8").splitlines() if line.startswith(command)]
        assert (start / line.removeprefix(command).strip()).resolve() == package
