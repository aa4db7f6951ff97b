"""<footnoted-chat> in Chromium, on pages of another origin than the server's, over a real site."""

import gzip
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from tests.conftest import ROOT
from tests.e2e.element import Element
from tests.e2e.site import Site
from tests.support.bakery import Bakery, write_bakery
from tests.support.quickstarts import aimed_at, read_blocks

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202egnp.exe'
HEAD = "<!doctype html><html lang=en{html}><head><meta charset=utf-8><title>Oven</title>"
BODY = (
    "<main><h1>Oven</h1><p id=doors>The oven is a brick oven with two doors.</p><h2 id=setting-the-temperature>Setting "
    "the temperature</h2><p id=hot>Set the temperature to 230 degrees before the bread goes in.</p></main>"
)


@dataclass
class HostPage:
    """What the docs site serves at every path. `{server}` in it is the address of the API."""

    elements: str = "<footnoted-chat></footnoted-chat>"
    html: str = ""
    policy: str = ""
    script: str = '<script type="module" src="{server}/assets/footnoted-chat.mjs"></script>'
    server: str = ""

    def render(self) -> str:
        """The page."""
        script = self.script.format(server=self.server)
        return HEAD.format(html=self.html) + script + "</head><body>" + BODY + self.elements + "</body></html>"


@pytest.fixture(scope="module")
def host() -> Iterator[tuple[HostPage, str]]:
    """The host page, and the origin that it is served at."""
    page = HostPage()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            if page.policy:
                self.send_header("content-security-policy", page.policy.format(server=page.server))
            self.end_headers()
            self.wfile.write(page.render().encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield page, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(5)


@pytest.fixture(scope="module")
def site(host: tuple[HostPage, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server of the bakery, whose pages are those of the host."""
    page, origin = host
    voice = '[corpora.bakery.voice]\ncontact = "https://help.example/?c={conversation_id}"\n'
    folder = write_bakery(tmp_path_factory.mktemp("element") / "bakery", base_url=origin, more=voice)
    bakery = Bakery(folder, allowed_origins=(origin,), token_secret=secrets.token_urlsafe(32))
    site = Site(bakery).open()
    site.wait_for(bakery.ingest)
    page.server = site.url
    yield site
    site.close()


OpenHost = Callable[..., Element]


@pytest.fixture
def open_host(browser: Chrome, host: tuple[HostPage, str], site: Site) -> Iterator[OpenHost]:
    """Opens the host page as described, at a path; nothing may have gone wrong in the browser at the end."""
    page, origin = host

    def open_page(path: str = "/oven", **changes: str) -> Element:
        for name in ("elements", "html", "policy", "script"):
            setattr(page, name, changes.get(name, getattr(HostPage(), name)))
        browser.get_log("browser")  # type: ignore[no-untyped-call]
        browser.get(origin + path)
        return Element(browser)

    yield open_page
    logged = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    browser.execute_script("sessionStorage.clear(); localStorage.clear()")  # the next reader comes for the first time
    browser.get("about:blank")
    assert [one for one in logged if "favicon" not in one and "/api/v1/chat" not in one] == []


def test_a_reader_asks_and_sees_footnotes_and_verdicts(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    assert chat.script("return root.activeElement.tagName") == "TEXTAREA"
    chat.ask("What temperature must be set before the bread goes in?")
    assert "230 degrees" in chat.texts(".prose")[0]
    assert chat.texts(".prose .verdict")
    assert set(chat.texts(".prose .verdict")) <= {"quoted", "supported"}
    link = chat.all(".sources .where a")[0]
    assert "/oven#setting-the-temperature" in str(link.get_attribute("href"))
    assert chat.all(".footnote")[0].text == "1"
    assert chat.texts(".rating button")


def test_questions_of_the_page_stand_there_to_begin_with_and_behind_an_answer(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    first = chat.until(lambda: chat.shown(".suggestions .choice"))
    assert "How do I set the temperature?" in [one.text for one in first]
    next(one for one in first if one.text == "What is steam?").click()
    chat.until_answered(1)
    assert not chat.shown(".suggestions")
    again = chat.until(lambda: chat.shown(".answer .choice"))
    assert "What is steam?" not in [one.text for one in again]
    again[0].click()
    chat.until_answered(2)


def test_what_the_pages_do_not_answer_names_the_nearest_and_whom_to_ask(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    chat.ask("Who won the last election in France?")
    assert chat.all(".refused")
    links = [str(one.get_attribute("href")) for one in chat.all(".foot a")]
    assert [link for link in links if link.startswith("https://help.example/?c=")]
    assert "{conversation_id}" not in links[0]


def test_the_selected_text_is_asked_about_and_forgotten_again(open_host: OpenHost) -> None:
    chat = open_host()
    chat.until(lambda: chat.shown(".open"))
    select = "getSelection().selectAllChildren(document.getElementById('doors'))"
    chat.browser.execute_script(select)
    chat.until(lambda: chat.shown(".bubble"))[0].click()
    assert "two doors" in chat.until(lambda: chat.shown(".chosen"))[0].text
    assert not chat.shown(".scope")
    chat.ask("How many doors does the oven have?")
    assert "two doors" in chat.texts(".prose")[0]
    chat.ask("What keeps the crust soft?")
    assert len(chat.all(".refused")) == 1, "the selection says nothing of it"
    chat.all(".chosen button")[0].click()
    chat.ask("What keeps the crust soft?")
    assert len(chat.all(".refused")) == 1
    assert "Steam is water" in chat.texts(".prose")[2]


def test_a_page_can_be_the_scope(open_host: OpenHost) -> None:
    chat = open_host("/dough")
    chat.open()
    chat.script("root.querySelector('#footnoted-scope').value = 'page'")
    chat.ask("How hot must the oven be?")
    assert chat.all(".refused")
    chat.ask("How long does dough rest?")
    assert "twelve hours" in chat.texts(".prose")[1]


def test_scripts_of_the_page_open_ask_and_listen(open_host: OpenHost) -> None:
    chat = open_host()
    chat.until(lambda: chat.shown(".open"))
    told = chat.browser.execute_async_script(
        """
        const [done] = arguments;
        const chat = document.querySelector("footnoted-chat");
        const heard = [];
        for (const name of ["open", "ask", "close"]) chat.on(name, (detail) => heard.push([name, detail]));
        chat.setContext({ language: "de" });
        const off = chat.on("answer", (answer) => {
          off();
          chat.close();
          let refused = "";
          try { chat.on("nothing", () => {}); } catch (error) { refused = error.message; }
          done({ heard, status: answer.status, sources: answer.sources.length, open: chat.isOpen, refused });
        });
        chat.ask("How hot must the oven be?");
        """
    )
    assert [name for name, _ in told["heard"]] == ["open", "ask", "close"]
    assert told["heard"][1][1]["question"] == "How hot must the oven be?"
    assert (told["status"], told["open"]) == ("answered", False)
    assert told["sources"] >= 1
    assert "no event nothing" in told["refused"]


def test_a_link_can_ask_and_keys_open_and_close(open_host: OpenHost) -> None:
    chat = open_host("/oven?ask=What+is+steam%3F")
    chat.until_answered(1)
    assert chat.texts(".asked") == ["You asked: What is steam?"]
    chat.all("textarea")[0].send_keys(Keys.ESCAPE)
    chat.until(lambda: not chat.shown(".panel"))
    assert chat.script("return root.activeElement.className") == "open"
    ActionChains(chat.browser).key_down(Keys.CONTROL).send_keys("i").key_up(Keys.CONTROL).perform()
    chat.until(lambda: chat.shown(".panel"))


def test_a_visitor_has_a_token_and_a_conversation_of_their_own(open_host: OpenHost) -> None:
    chat = open_host(elements="<footnoted-chat visitors></footnoted-chat>")
    chat.open()
    chat.ask("What is steam?")
    chat.ask("How hot must the oven be?")
    assert len(chat.all(".turn")) == 2
    assert not chat.all(".problem")
    chat.all(".anew")[0].click()
    assert chat.all(".turn") == []
    assert chat.shown(".welcome")


def test_its_words_can_be_an_attribute(open_host: OpenHost) -> None:
    chat = open_host(elements="""<footnoted-chat texts='{"open": "Fragen", "ask": "Los"}'></footnoted-chat>""")
    chat.open()
    assert chat.texts(".open") == ["Fragen"]
    chat.ask("What is steam?")
    chat.browser.execute_script(
        "document.querySelector('footnoted-chat').setAttribute('texts', '{\"open\": \"Demander\"}')"
    )
    assert chat.texts(".open") == ["Demander"]
    assert chat.texts("form button[type=submit]") == ["Ask"]
    assert len(chat.all(".turn")) == 1, "the conversation stays"


def test_it_follows_the_theme_of_its_host(open_host: OpenHost) -> None:
    chat = open_host(html=" data-theme=dark")
    chat.open()
    theme = "return root.querySelector('.widget').dataset.theme"
    assert chat.script(theme) == "dark"
    chat.browser.execute_script("document.documentElement.dataset.theme = 'light'")
    chat.until(lambda: chat.script(theme) == "light")
    chat.browser.execute_script("document.querySelector('footnoted-chat').setAttribute('theme', 'dark')")
    assert chat.script(theme) == "dark"


@pytest.mark.parametrize("html", ["", " data-theme=dark", " dir=rtl"])
@pytest.mark.parametrize("width", [1100, 320])
def test_nothing_is_hard_to_reach(open_host: OpenHost, html: str, width: int) -> None:
    chat = open_host(html=html)
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    chat.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        chat.open()
        chat.until(lambda: chat.shown(".choice"))
        assert chat.accessibility_problems() == []
        chat.ask("How hot must the oven be?")
        chat.ask("Who won the last election in France?")
        assert chat.accessibility_problems() == []
        wide = chat.script("const b = root.querySelector('.body'); return b.scrollWidth > b.clientWidth + 1")
        assert not wide
    finally:
        chat.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_strict_policy_needs_to_allow_the_server_alone(open_host: OpenHost) -> None:
    policy = "default-src 'none'; script-src {server}; connect-src {server}; img-src 'self'"
    chat = open_host(policy=policy)
    chat.open()
    chat.ask("What is steam?")
    assert chat.all(".footnote")
    background = "return getComputedStyle(root.querySelector('.panel')).position"
    assert chat.script(background) == "fixed"


def test_nothing_that_is_said_becomes_markup(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    chat.ask(EVIL)
    assert EVIL in chat.texts(".asked")[0]
    assert chat.all("img, script") == []
    assert chat.browser.execute_script("return window.hacked") is None


def test_the_page_s_own_size_of_text_changes_nothing_but_the_browser_s_does(open_host: OpenHost) -> None:
    size = "return [getComputedStyle(root.querySelector('.prose')).fontSize, root.querySelector('.panel').offsetWidth]"
    chat = open_host(html=' style="font-size: 125%"')
    chat.open()
    chat.ask("What is steam?")
    assert chat.script(size) == ["16px", 432]
    # What a reader chooses in the browser is the size of `medium`.
    chat.script("root.querySelector('.widget').style.fontSize = '20px'")
    assert chat.script(size) == ["20px", 540]


def test_a_conversation_goes_on_where_the_site_loads_each_page_anew(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    chat.ask("What is steam?")
    chat.browser.get(chat.browser.current_url.replace("/oven", "/dough"))
    chat.until(
        lambda: chat.browser.execute_script("return Boolean(document.querySelector('footnoted-chat')?.shadowRoot)")
    )
    chat.until(lambda: len(chat.all(".turn")) == 1)
    assert chat.shown(".panel")
    chat.ask("How long does dough rest?")
    assert len(chat.all(".turn")) == 2


def test_a_host_page_of_megabytes_is_selected_and_asked_about(open_host: OpenHost) -> None:
    chat = open_host()
    chat.until(lambda: chat.shown(".open"))
    chat.browser.execute_script(
        "document.querySelector('main').append('\u202e', 'bread '.repeat(1_700_000));"
        "getSelection().selectAllChildren(document.querySelector('main'))"
    )
    chat.until(lambda: chat.shown(".bubble"))[0].click()
    assert len(chat.until(lambda: chat.shown(".chosen"))[0].text) < 250
    chat.ask("How many doors does the oven have?")
    assert not chat.all(".problem")


def test_two_elements_on_one_page_are_two_conversations(open_host: OpenHost) -> None:
    both = "<footnoted-chat mode=inline></footnoted-chat><footnoted-chat heading=Baker selection=off></footnoted-chat>"
    first = open_host(elements=both)
    second = Element(first.browser, 1)
    first.until(lambda: first.shown(".panel"))
    first.ask("What is steam?")
    second.open()
    assert second.texts("header h2") == ["Baker"]
    assert second.all(".turn") == []
    assert second.script("return root.querySelector('textarea').id") == "footnoted-question"


def test_the_readme_s_lines_are_all_that_a_page_needs(open_host: OpenHost, host: tuple[HostPage, str]) -> None:
    (code,) = read_blocks("On your pages", "html")
    page, _ = host
    chat = open_host(elements=aimed_at(code, page.server), script="")
    chat.open()
    chat.ask("What is steam?")
    assert "Steam is water" in chat.texts(".prose")[0]


def test_one_script_can_bring_the_element_along(open_host: OpenHost, host: tuple[HostPage, str]) -> None:
    script = '<script type="module" src="{}/assets/footnoted-chat.mjs?mount&heading=Baker&onclick=alert(1)"></script>'
    chat = open_host(elements=script.format(host[0].server))
    chat.until(lambda: chat.browser.execute_script("return document.querySelector('footnoted-chat') !== null"))
    chat.open()
    assert chat.texts("header h2") == ["Baker"]
    names = "return document.querySelector('footnoted-chat').getAttributeNames()"
    assert chat.browser.execute_script(names) == ["heading"]


def test_texts_given_as_text_are_json_and_a_hidden_element_takes_no_shortcut(open_host: OpenHost) -> None:
    chat = open_host(elements="<footnoted-chat hidden></footnoted-chat>")
    chat.browser.execute_script("document.querySelector('footnoted-chat').texts = '{\"open\": \"Fragen\"}'")
    assert chat.until(lambda: chat.texts(".open") == ["Fragen"])
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'i', ctrlKey: true}))"
    state = "return document.querySelector('footnoted-chat').isOpen"
    chat.browser.execute_script(press)
    assert chat.browser.execute_script(state) is False
    chat.browser.execute_script("document.querySelector('footnoted-chat').hidden = false;" + press)
    assert chat.browser.execute_script(state) is True


def test_what_is_typed_is_no_shortcut_of_the_page(open_host: OpenHost) -> None:
    chat = open_host()
    chat.open()
    listen = "document.addEventListener(type, ({ key }) => heard.push(key))"
    chat.browser.execute_script(f"heard = []; for (const type of ['keydown', 'keypress', 'keyup']) {listen}")
    chat.all("textarea")[0].send_keys("n?/", Keys.CONTROL, "k")
    assert chat.script("return root.querySelector('textarea').value") == "n?/"
    assert set(chat.browser.execute_script("return heard")) <= {"Shift", "Control", "k"}
    assert "k" in chat.browser.execute_script("return heard")
    chat.all("textarea")[0].send_keys(Keys.CONTROL, "i")
    chat.until(lambda: not chat.shown(".panel"))


def test_texts_can_be_replaced(open_host: OpenHost) -> None:
    chat = open_host()
    chat.until(lambda: chat.shown(".open"))
    chat.browser.execute_script("document.querySelector('footnoted-chat').texts = {open: 'Fragen', ask: 'Los'}")
    assert chat.until(lambda: chat.shown(".open"))[0].text == "Fragen"
    chat.open()
    assert chat.texts("button[type=submit]") == ["Los"]


def test_it_is_small() -> None:
    """All that a page loads for the element; what a page of its own or a kept file need is loaded later."""
    web = ROOT / "app" / "web"
    names, waiting = {"chat.css"}, {"footnoted-chat.mjs"}
    while waiting:
        names |= waiting
        imported = {
            name for one in waiting for name in re.findall(r'from "\./([^"]+)"', (web / one).read_text("utf-8"))
        }
        waiting = imported - names
    sizes = {name: len(gzip.compress((web / name).read_bytes(), 9)) for name in sorted(names)}
    assert len(sizes) > 10
    assert sum(sizes.values()) <= 30_000, json.dumps(sizes)
