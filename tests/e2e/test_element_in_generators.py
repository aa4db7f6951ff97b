"""The packages for Docusaurus and MkDocs, in Chromium on pages that the generators built."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from tests.e2e.element import Element
from tests.e2e.generators import DOCUSAURUS, PLUGIN, answering, build_docusaurus, build_mkdocs, docusaurus_folder
from tests.e2e.site import Site
from tests.support.bakery import PAGES, write_bakery
from tests.support.static_site import serving_folder

pytestmark = pytest.mark.sites

THEME = "return root.querySelector('.widget').dataset.theme"
OLDER_OVEN = PAGES["oven.md"].replace("230 degrees", "200 degrees")


@dataclass
class Built:
    """A built site, its origin and the Footnoted server that answers from its pages."""

    origin: str
    server: Site


@pytest.fixture(scope="module")
def docusaurus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Two versions of the bakery's pages at the site's root."""
    site = docusaurus_folder("plugin-site")
    folder = tmp_path_factory.mktemp("docusaurus") / "bakery"
    with serving_folder(site / "html") as origin:
        write_bakery(folder, base_url=origin)
        _write_versions(folder)
        config = (folder / "footnoted.toml").read_text("utf-8")
        (folder / "footnoted.toml").write_text(
            config.replace(f'"{origin}"', f'"{origin}"\nversions = ["1.0"]'), "utf-8"
        )
        with answering(folder, origin) as server:
            shutil.copytree(folder, site, dirs_exist_ok=True, ignore=shutil.ignore_patterns("state", "footnoted.toml"))
            build_docusaurus(
                site, naming({"server": server.url, "corpus": "bakery", "texts": {"open": "Ask the baker"}})
            )
            yield Built(origin, server)


@pytest.fixture(scope="module")
def mkdocs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The bakery's pages with the theme Material and its instant navigation."""
    folder = tmp_path_factory.mktemp("mkdocs")
    with serving_folder(folder / "bakery" / "site") as origin:
        site = write_bakery(folder / "bakery", base_url=origin)
        config = (site / "footnoted.toml").read_text("utf-8")
        (site / "footnoted.toml").write_text(config.replace("docusaurus", "mkdocs"), "utf-8")
        with answering(site, origin) as server:
            palette = "[{scheme: default, toggle: {icon: material/weather-night, name: Dark}}, {scheme: slate}]"
            build_mkdocs(
                site,
                f"site_name: Bakery\nsite_url: {origin}/\n"
                f"theme: {{name: material, font: false, features: [navigation.instant], palette: {palette}}}\n"
                f"plugins: [search, {{footnoted: {{server: {server.url}, texts: {{open: Ask the baker}}}}}}]\n",
                folder / "plugin",
            )
            yield Built(origin, server)


def naming(options: dict[str, Any]) -> str:
    """The plugin with its options, as the configuration of a site names it."""
    return f"  plugins: [['{PLUGIN.name}', {json.dumps(options)}]],"


def keep_screenshot(browser: Chrome, name: str) -> None:
    """A picture for the docs, where FOOTNOTED_SCREENSHOTS names a folder."""
    if folder := os.environ.get("FOOTNOTED_SCREENSHOTS"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def ask_and_follow_the_footnote(chat: Element, built: Built, url: str, name: str) -> None:
    """From another page to the section that is cited, with its words marked and the conversation still open."""
    chat.open()
    assert chat.texts(".open") == ["Ask the baker"]
    chat.ask("What temperature must be set before the bread goes in?")
    assert "230 degrees" in chat.texts(".prose")[0]
    keep_screenshot(chat.browser, name)
    link = chat.all(".sources .where a")[0]
    assert str(link.get_attribute("href")).split(":~:")[0] == f"{built.origin}{url}"
    chat.browser.get(str(link.get_attribute("href")))
    heading = (
        "const at = document.getElementById('setting-the-temperature'); return at && at.getBoundingClientRect().top"
    )
    chat.until(lambda: chat.browser.execute_script(heading) is not None)


def select_and_ask(chat: Element) -> str:
    """What is answered about the words that are selected on the page."""
    select = """
        const all = [...document.querySelectorAll("p")].filter((p) => p.textContent.includes("brick oven"));
        getSelection().selectAllChildren(all[0]);
    """
    chat.until_made()
    chat.until(lambda: chat.shown(".open"))
    chat.browser.execute_script(select)
    chat.until(lambda: chat.shown(".bubble"))[0].click()
    chat.ask("How many doors does the oven have?")
    return chat.texts(".prose")[-1]


def has_theme(chat: Element, theme: str) -> bool:
    """Whether the panel is light or dark, as wanted."""
    return bool(chat.script(THEME) == theme)


def go_to(chat: Element, path: str) -> None:
    """By a link of the page, which its own script follows."""
    find = "[...document.links].find(({ href }) => new URL(href).pathname.replace(/\\/$/, '') === arguments[0])"
    chat.until(lambda: chat.browser.execute_script(f"const link = {find}; link?.click(); return Boolean(link)", path))
    chat.until(lambda: path in chat.browser.current_url)


def test_docusaurus_asks_cites_and_jumps(docusaurus: Built, chat: Element) -> None:
    chat.browser.get(f"{docusaurus.origin}/dough")
    ask_and_follow_the_footnote(chat, docusaurus, "/oven#setting-the-temperature", "element-docusaurus")
    assert "two doors" in select_and_ask(chat)


def test_docusaurus_keeps_the_conversation_from_page_to_page(docusaurus: Built, chat: Element) -> None:
    chat.browser.get(f"{docusaurus.origin}/oven")
    chat.open()
    chat.ask("What is steam?")
    go_to(chat, "/dough")
    assert len(chat.all(".turn")) == 1
    assert chat.shown(".panel")
    chat.ask("How long does it rest?")
    assert len(chat.all(".turn")) == 2
    assert chat.browser.execute_script("return document.querySelectorAll('footnoted-chat').length") == 1


def test_docusaurus_follows_the_color_mode(docusaurus: Built, chat: Element) -> None:
    chat.browser.get(f"{docusaurus.origin}/oven")
    chat.open()
    for theme in ("dark", "light"):
        chat.browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        assert chat.until(partial(has_theme, chat, theme))


def test_docusaurus_answers_from_the_reader_s_version(docusaurus: Built, chat: Element) -> None:
    chat.browser.get(f"{docusaurus.origin}/1.0/oven")
    chat.open()
    chat.ask("What temperature must be set before the bread goes in?")
    assert "200 degrees" in chat.texts(".prose")[0]
    assert "230" not in chat.texts(".prose")[0]
    assert "/1.0/oven" in str(chat.all(".sources .where a")[0].get_attribute("href"))


def test_docusaurus_refuses_a_wrong_option(docusaurus: Built) -> None:
    site = DOCUSAURUS / "build" / "plugin-site"
    for options, named in (({}, '"server" is required'), ({"server": "https://a.example", "servr": 1}, '"servr"')):
        assert named in build_docusaurus(site, naming(options), out="refused", fails=True)


def test_mkdocs_asks_cites_and_jumps(mkdocs: Built, chat: Element) -> None:
    chat.browser.get(f"{mkdocs.origin}/dough/")
    ask_and_follow_the_footnote(chat, mkdocs, "/oven/#setting-the-temperature", "element-mkdocs")
    assert "two doors" in select_and_ask(chat)


def test_mkdocs_keeps_the_conversation_under_instant_navigation(mkdocs: Built, chat: Element) -> None:
    chat.browser.get(f"{mkdocs.origin}/oven/")
    chat.open()
    chat.ask("What is steam?")
    go_to(chat, "/dough")
    chat.until(lambda: "flour and water" in chat.browser.find_element("css selector", "article").text)
    assert len(chat.all(".turn")) == 1
    assert chat.browser.execute_script("return document.querySelectorAll('footnoted-chat').length") == 1


def test_mkdocs_follows_the_palette(mkdocs: Built, chat: Element) -> None:
    chat.browser.get(f"{mkdocs.origin}/oven/")
    chat.open()
    for scheme, theme in (("slate", "dark"), ("default", "light")):
        chat.browser.execute_script(f"document.body.setAttribute('data-md-color-scheme', '{scheme}')")
        assert chat.until(partial(has_theme, chat, theme))


def _write_versions(folder: Path) -> None:
    """`docs` is what comes next; 2.0 is the current version, and in 1.0 the oven is not as hot."""
    for version, oven in (("2.0", PAGES["oven.md"]), ("1.0", OLDER_OVEN)):
        pages = folder / "versioned_docs" / f"version-{version}"
        shutil.copytree(folder / "docs", pages)
        (pages / "oven.md").write_text(oven, "utf-8")
        sidebars = folder / "versioned_sidebars" / f"version-{version}-sidebars.json"
        sidebars.parent.mkdir(exist_ok=True)
        sidebars.write_text('{"all": [{"type": "autogenerated", "dirName": "."}]}', "utf-8")
    (folder / "versions.json").write_text('["2.0", "1.0"]', "utf-8")
