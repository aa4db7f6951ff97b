"""Conversations on the chat page and in the element: listed, read again, edited, kept as files, printed, resumed."""

import base64
import json
import re
import shutil
import time
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.e2e.element import Element
from tests.e2e.site import Site
from tests.support.bakery import PAGES, Bakery, write_bakery

HOT = "What temperature must be set before the bread goes in?"
STEAM = "What is steam?"
TOLD = """
const kept = [];
URL.createObjectURL = (blob) => { kept.push(blob); return "blob:kept"; };
HTMLAnchorElement.prototype.click = function () { if (this.download) kept.at(-1).told = this.download; };
window.kept = kept;
"""
READ = "const [done] = arguments; const last = window.kept.at(-1); last.text().then((text) => done([last.told, text]));"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A bakery of two versions."""
    folder = write_bakery(tmp_path_factory.mktemp("conversations") / "bakery")
    older = folder / "versioned_docs" / "version-1.0"
    shutil.copytree(folder / "docs", older)
    (older / "oven.md").write_text(PAGES["oven.md"].replace("230 degrees", "200 degrees"), "utf-8")
    (folder / "versions.json").write_text('["1.0"]', "utf-8")
    config = folder / "footnoted.toml"
    said = config.read_text("utf-8").replace('handbook"\n', 'handbook"\nversions = ["next", "1.0"]\n', 1)
    config.write_text(said, "utf-8")
    bakery = Bakery(folder)
    site = Site(bakery).open()
    site.wait_for(bakery.ingest)
    yield site
    site.close()


@pytest.fixture
def chat(browser: Chrome, site: Site) -> Iterator[Element]:
    """The chat page, seen for the first time."""
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    load(browser, site.url)
    yield Element(browser)
    logged = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    browser.execute_script("sessionStorage.clear(); localStorage.clear()")
    browser.get("about:blank")
    assert [one for one in logged if "/api/v1/chat" not in one] == []


def load(browser: Chrome, url: str) -> None:
    browser.get(url)
    Element(browser).until(lambda: is_made(browser))


def is_made(browser: Chrome) -> bool:
    made = "return Boolean(document.querySelector('footnoted-chat')?.shadowRoot?.querySelector('.past'))"
    return bool(browser.execute_script(made))


def emulate_network(browser: Chrome, *, offline: bool) -> None:
    browser.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


def keep_as(chat: Element, kind: str) -> tuple[str, str]:
    """The name and the text of the file that the reader is given."""
    chat.browser.execute_script(TOLD)
    chat.all(".save summary")[0].click()
    chat.all(f"[data-kind={kind}]")[0].click()
    chat.until(lambda: chat.browser.execute_script("return window.kept.length > 0"))
    name, text = chat.browser.execute_async_script(READ)
    return name, text


def test_conversations_are_listed_read_again_and_deleted(chat: Element, site: Site) -> None:
    assert chat.texts(".past p") == ["What you ask is listed here."]
    chat.ask(HOT)
    answer = chat.texts(".prose")[0]
    chat.all(".anew")[0].click()
    chat.ask(STEAM)
    chat.until(lambda: chat.texts(".conversation") == [STEAM, HOT])
    assert [one.text for one in chat.all(".conversation[aria-current]")] == [STEAM]
    chat.all(".conversation")[1].click()
    chat.until(lambda: chat.texts(".asked") == [f"You asked: {HOT}"])
    assert chat.texts(".prose") == [answer]
    assert chat.all(".prose .verdict")
    assert chat.all(".sources .where a")
    chat.ask("And how many doors does it have?")
    chat.until(lambda: chat.texts(".conversation") == [HOT, STEAM])
    chat.all(".remove")[0].click()
    chat.until(lambda: chat.texts(".conversation") == [STEAM])
    assert chat.all(".turn") == []


def shared(browser: Chrome, css: str) -> list[str]:
    """What matches on the page of a shared conversation says."""
    told: list[str] = browser.execute_script(
        "const root = document.getElementById('shared')?.shadowRoot;"
        "return root ? [...root.querySelectorAll(arguments[0])].map((one) => one.textContent) : []",
        css,
    )
    return told


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_a_conversation_is_shared_by_a_link_until_it_is_revoked(
    chat: Element, site: Site, dark: bool, width: int
) -> None:
    browser = chat.browser
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        assert chat.shown(".share") == []
        chat.ask(HOT)
        answer = chat.texts(".prose")[0]
        chat.until(lambda: chat.shown(".share summary"))[0].click()
        press(chat, "Make a link")
        link = str(chat.until(lambda: chat.shown(".sharing input"))[0].get_property("value"))
        assert link.startswith(f"{site.url}/shared#")
        assert chat.accessibility_problems() == []
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        chat.ask(STEAM)
        browser.get(link)
        chat.until(lambda: shared(browser, ".prose"))
        assert shared(browser, "h1") == [HOT]
        assert shared(browser, ".prose") == [answer]  # and nothing that was asked since
        assert shared(browser, ".prose .verdict")
        assert shared(browser, "textarea, .rating, .edit, .actions") == []
        opened = "document.getElementById('shared').shadowRoot.querySelector('.footnote').click()"
        browser.execute_script(opened)
        assert shared(browser, ".opened mark")
        assert chat.accessibility_problems() == []
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        load(browser, site.url)
        chat.until(lambda: chat.shown(".share summary"))[0].click()
        press(chat, "Revoke the link")
        chat.until(lambda: chat.texts(".sharing [role=status]") == ["Nobody can read it by that link any more."])
        browser.get(link)
        chat.until(lambda: shared(browser, "[role=alert]"))
        assert shared(browser, ".turn") == []
        assert chat.accessibility_problems() == []
        logged = browser.get_log("browser")  # type: ignore[no-untyped-call]
        assert all("/share" in str(entry["message"]) for entry in logged)  # 404s that are meant
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def press(chat: Element, name: str) -> None:
    chat.until(lambda: [one for one in chat.shown("button") if one.text == name])[0].click()


def test_a_page_that_is_loaded_again_goes_on(chat: Element, site: Site) -> None:
    chat.ask(HOT)
    load(chat.browser, site.url)
    chat.until(lambda: chat.texts(".asked") == [f"You asked: {HOT}"])
    chat.ask(STEAM)
    assert len(chat.all(".turn")) == 2
    chat.until(lambda: chat.texts(".conversation") == [HOT])


def test_a_question_is_edited_and_an_answer_made_again(chat: Element) -> None:
    chat.ask(HOT)
    chat.ask("Who won the election in France?")
    chat.all(".edit")[1].click()
    assert len(chat.all(".turn")) == 1
    field = chat.all("textarea")[0]
    assert field.get_property("value") == "Who won the election in France?"
    field.clear()
    chat.ask(STEAM)
    assert "Steam is water" in chat.texts(".prose")[1]
    again = [one for one in chat.shown(".actions button") if one.text == "Answer again"]
    again[-1].click()
    chat.until_answered(2)
    assert "Steam is water" in chat.texts(".prose")[1]
    chat.all(".edit")[0].click()
    assert chat.all(".turn") == []


def test_a_conversation_is_kept_as_markdown_and_its_references_for_managers(chat: Element) -> None:
    chat.ask(HOT)
    name, text = keep_as(chat, "markdown")
    assert name == "conversation.md"
    assert text.startswith(f"## {HOT}\n")
    assert "[^1-1]" in text
    note = re.search(r"^\[\^1-1\]: (.+) <(https://bakery\.example/handbook/oven\S*)>$", text, re.M)
    assert note
    name, text = keep_as(chat, "csl")
    (item, *_) = json.loads(text)
    assert (name, item["type"], item["URL"]) == ("references.json", "webpage", note[2])
    assert item["title"] == "Oven"
    assert item["accessed"]["date-parts"][0][0] == time.localtime().tm_year
    name, text = keep_as(chat, "bibtex")
    assert name == "references.bib"
    assert re.match(r"@misc\{source1,\n  title = \{\{Oven › .+\}\},\n  howpublished = \{\\url\{https://", text)
    assert text.count("{") == text.count("}")


def test_what_is_printed_is_the_conversation_with_its_addresses(chat: Element) -> None:
    chat.ask(HOT)
    chat.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert chat.shown(".prose")
        assert [chat.shown(css) for css in (".ask", ".past", ".rating", ".actions", "header .quiet", ".save")] == [
            []
        ] * 6
        shown = "return getComputedStyle(root.querySelector('.sources a'), '::after').content"
        assert "attr(href)" in chat.script(shown) or "https://bakery.example" in chat.script(shown)
        printed = chat.browser.execute_cdp_cmd("Page.printToPDF", {})
        assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    finally:
        chat.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_version_is_chosen(chat: Element) -> None:
    chat.until(lambda: chat.shown(".versions"))
    assert chat.texts(".versions option") == ["the current one", "next"]
    chat.ask(HOT)
    assert "200 degrees" in chat.texts(".prose")[0]
    # The versions are asked for anew with each conversation: a choice made before they are told stands.
    chat.browser.execute_script("""
        const own = fetch;
        window.told = false;
        window.fetch = async (url, ...more) => {
            const answer = await own(url, ...more);
            if (!String(url).includes("/corpora")) return answer;
            await new Promise((done) => setTimeout(done, 300));
            setTimeout(() => { window.told = true; }, 50);
            return answer;
        };
    """)
    chat.all(".anew")[0].click()
    chat.script("root.querySelector('.versions select').value = '\"next\"'")
    chat.until(lambda: chat.browser.execute_script("return told"))
    chat.ask(HOT)
    assert "230 degrees" in chat.texts(".prose")[0]


def test_who_is_offline_is_told_and_asked_for_once_there_is_a_connection(chat: Element) -> None:
    chat.ask(STEAM)
    emulate_network(chat.browser, offline=True)
    try:
        chat.ask(HOT)
        assert chat.texts(".problem strong") == ["You are offline."]
    finally:
        emulate_network(chat.browser, offline=False)
    chat.until(lambda: not chat.all(".problem") and not chat.all("[aria-busy]"))
    assert len(chat.all(".turn")) == 2
    assert "200 degrees" in chat.texts(".prose")[1]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_is_hard_to_reach(chat: Element, dark: bool, width: int, direction: str) -> None:
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    chat.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    chat.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chat.browser.execute_script("document.documentElement.dir = arguments[0]", direction)
    try:
        assert chat.accessibility_problems() == []
        chat.ask(HOT)
        chat.all(".footnote")[0].click()
        chat.until(lambda: chat.shown(".opened"))
        chat.all(".save summary")[0].click()
        assert chat.accessibility_problems() == []
        if width < 500:
            chat.all(".show-past")[0].click()
            chat.until(lambda: chat.shown(".conversation"))
            assert chat.accessibility_problems() == []
        assert chat.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        chat.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        chat.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
