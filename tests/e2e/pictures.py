"""Takes the pictures of the documents anew: `python -m tests.e2e.pictures docs/images [element] [page] [owner]`.

The sample book is served by a real process, and the element stands on a page of another origin. Those of the built
sites come from `tests/e2e/test_element_in_generators.py`, with FOOTNOTED_SCREENSHOTS=docs/images.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.conftest import ROOT
from tests.e2e.chromium import open_chromium
from tests.e2e.element import Element
from tests.emulators.openrouter import API_KEY
from tests.support.remote_postgres import free_port
from tests.support.served_book import Served, serve_book
from tests.support.static_site import serving_folder

QUESTION = "How does BM25 limit the weight of a repeated term?"
ASKED = (
    "What is a chunk?",
    "How long is a passage?",
    "What are the parameters of BM25?",
    "How is the recall of a ranking computed?",
    "Does it work with Japanese?",
    "What is reciprocal rank fusion?",
)
OUTSIDE = "Who won the last election in France?"
WRITTEN = (
    {"questions": ["Is there a print edition?", "Can I buy it on paper?"], "text": "No, the handbook is a site."},
    {
        "questions": ["May I translate the handbook?"],
        "text": "Yes, under its licence. Tell us where it stands, so that we can link to it:\n\n- name the language,\n"
        "- say who answers for it,\n- and which pages are there.",
    },
)
ENGLISH = '{"heading": "Ask the handbook"}'
ARABIC = (
    '{"heading": "اسأل الدليل", "open": "اسأل", "ask": "اسأل", "anew": "محادثة جديدة", "placeholder": "اكتب سؤالك", '
    '"scope": "الإجابة من", "all": "كل الصفحات", "page": "هذه الصفحة", "quoted": "اقتباس", "sources": "المصادر"}'
)
HOST = """<!doctype html><html lang="en"{attributes}><head><meta charset="utf-8"><title>BM25</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root {{ color-scheme: light; }} :root[data-theme=dark] {{ color-scheme: dark; }}
  body {{ margin: 0; font: 17px/1.65 system-ui, sans-serif; }}
  nav {{ padding: 14px 32px; border-bottom: 1px solid #8884; font-weight: 650; }}
  main {{ max-width: 600px; padding: 12px 32px; }} h1 {{ font-size: 34px; }} code {{ font-size: .9em; }}
</style>
<script type="module" src="{server}/assets/footnoted-chat.mjs"></script></head><body>
<nav>The search handbook</nav><main><h1>BM25</h1>
<p>BM25 scores a page by the terms that it shares with the question, rare ones more than common ones.</p>
<h2>Term frequency saturates</h2>
<p id="saturation">A term that occurs twice as often does not make a page twice as relevant. The parameter k1 says
how fast the weight of a repeated term levels off; with k1 of 1.2 ten occurrences count little more than five.</p>
<h2>Length</h2><p>Long pages hold more terms without being more relevant. The parameter b says how
much of that is taken back.</p></main><footnoted-chat texts='{texts}'></footnoted-chat></body></html>"""


class Camera:
    """Opens the host page as it is wanted, and keeps what is seen."""

    def __init__(self, browser: Chrome, served: Served, site: Path, origin: str, folder: Path) -> None:
        self.browser = browser
        self.served = served
        self._site = site
        self._origin = origin
        self._folder = folder

    def host(self, attributes: str = "", *, width: int = 1180, height: int = 760) -> Element:
        """The element on its page, closed."""
        self.resize(width, height)
        (self._site / "index.html").write_text(
            HOST.format(
                attributes=attributes, server=self.served.url, texts=ARABIC if "rtl" in attributes else ENGLISH
            ),
            "utf-8",
        )
        (self._site / "empty.html").write_text("<!doctype html><title>Empty</title>", "utf-8")
        self.browser.get(f"{self._origin}/empty.html")
        self.browser.execute_script("sessionStorage.clear(); localStorage.clear()")
        self.browser.get(f"{self._origin}/index.html")
        return self._element()

    def page(self, *, width: int = 1180, height: int = 760, scheme: str = "light") -> Element:
        """The server's own page."""
        self.resize(width, height)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.browser.get(f"{self.served.url}/")
        return self._element()

    def _element(self) -> Element:
        element = Element(self.browser)
        shown = "document.querySelector('footnoted-chat')?.shadowRoot?.querySelector('.widget:not([hidden])')"
        made = f"return Boolean({shown})"
        element.until(lambda: self.browser.execute_script(made))
        return element

    def resize(self, width: int, height: int) -> None:
        """The window, at three pixels for two points."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1.5, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def keep(self, name: str) -> None:
        """The picture, under that name."""
        self.browser.save_screenshot(str(self._folder / f"{name}.png"))


def open_note(element: Element) -> None:
    """The first footnote's passage, in the middle of what is seen."""
    element.all(".footnote")[0].send_keys(Keys.ENTER)
    element.script("root.activeElement.blur(); root.querySelector('.opened').scrollIntoView({ block: 'center' })")


def take_element(camera: Camera) -> None:
    """The element beside a page."""
    for name, attributes in (("light", ""), ("dark", ' data-theme="dark"'), ("rtl", ' dir="rtl"')):
        element = camera.host(attributes)
        element.open()
        element.ask(QUESTION)
        element.script("root.querySelector('.body').scrollTop = 0")
        camera.keep(f"element-{name}")
        if name == "light":
            open_note(element)
            camera.keep("element-footnote")
    element = camera.host()
    element.open()
    element.until(lambda: element.shown(".choice"))
    element.ask(OUTSIDE)
    camera.keep("element-refusal")
    element = camera.host(width=360, height=720)
    element.open()
    element.ask(QUESTION)
    element.script("root.querySelector('.body').scrollTop = 0")
    camera.keep("element-narrow")
    element = camera.host()
    camera.browser.execute_script("getSelection().selectAllChildren(document.getElementById('saturation'))")
    element.until(lambda: element.shown(".bubble"))
    camera.keep("element-selection")


def take_page(camera: Camera) -> None:
    """The chat page."""
    element = camera.page()
    element.until(lambda: element.shown(".legend"))
    element.ask(QUESTION)
    element.ask("What does a verdict say?")
    element.all(".anew")[0].click()
    element.ask("How are dense and BM25 scores fused?")
    element.script("root.querySelector('.body').scrollTop = 0")
    camera.keep("page-light")
    element.all(".share summary")[0].click()
    element.until(lambda: element.shown(".sharing button"))[0].click()
    element.until(lambda: element.shown(".sharing input"))
    camera.keep("page-share")
    element.all(".share summary")[0].click()
    element = camera.page(scheme="dark")
    element.until(lambda: element.all(".turn"))
    open_note(element)
    camera.keep("page-dark")
    camera.page(width=360, height=720)
    camera.keep("page-narrow")


def take_owner(camera: Camera) -> None:
    """The owner's page, after some days of questions, and as it is where a vendor's model answers."""
    camera.resize(1180, 860)
    camera.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    owner = {"authorization": f"Bearer {camera.served.token}"}
    for question in (*ASKED, OUTSIDE, OUTSIDE):
        httpx.post(f"{camera.served.url}/api/v1/chat", json={"question": question, "stream": False}, timeout=60)
    place = f"{camera.served.url}/api/v1"
    for answer in WRITTEN:
        httpx.post(f"{place}/curated-answers", json=answer, headers=owner, timeout=60).raise_for_status()
    begin = {"path": "search/bm25", "questions": [QUESTION]}
    httpx.put(f"{place}/suggested-questions", json=begin, headers=owner, timeout=60).raise_for_status()
    keep_parts(camera, camera.served, ("Pages", "Questions", "Answers", "Evaluations"))
    with tempfile.TemporaryDirectory() as name, emulated_model() as url:
        vendor = {"OPENROUTER_API_KEY": API_KEY, "OPENROUTER_BASE_URL": f"{url}/api/v1"}
        budget = {
            "FOOTNOTED_DAILY_LLM_CALLS": "all=200, anonymous=50",
            "FOOTNOTED_DAILY_LLM_COST": "all=0.5, anonymous=0.1",
        }
        with serve_book(Path(name) / "book", llm="emulated/model", **vendor, **budget) as paid:
            for question in ASKED:
                httpx.post(f"{paid.url}/api/v1/chat", json={"question": question, "stream": False}, timeout=60)
            keep_parts(camera, paid, ("Costs",))


def keep_parts(camera: Camera, served: Served, parts: tuple[str, ...]) -> None:
    """These parts of the owner's page of that server."""
    camera.browser.get(f"{served.url}/owner")
    camera.browser.execute_script("sessionStorage.setItem('footnoted owner', arguments[0])", served.token)
    wait = WebDriverWait(camera.browser, 20, 0.05)
    for part in parts:
        camera.browser.get(f"{served.url}/owner")
        tabs = wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, "nav button"))
        next(tab for tab in tabs if tab.text == part).click()
        wait.until(lambda page: page.execute_script("return !document.querySelector('[aria-busy]')"))
        camera.keep(f"owner-{part.lower()}")


@contextmanager
def emulated_model() -> Iterator[str]:
    """The address of a vendor on loopback, whose model answers from the passages."""
    command = [sys.executable, "-m", "tests.emulators.openrouter", "--port", str(free_port())]
    with subprocess.Popen([*command, "--tokens-per-second", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def write_golden_sets(folder: Path) -> list[str]:
    """The sample book's set as it grew: its first questions, more of them, all."""
    lines = (ROOT / "notebooks" / "data" / "golden.jsonl").read_text("utf-8").splitlines(keepends=True)
    paths = []
    for count in (8, 13, 19, len(lines)):
        path = folder / str(count) / "golden.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(lines[:count]), "utf-8")
        paths.append(str(path))
    return paths


TAKEN: Mapping[str, Callable[[Camera], None]] = {"element": take_element, "page": take_page, "owner": take_owner}


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:] or TAKEN
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "site").mkdir()
        golden = write_golden_sets(work / "golden") if "owner" in wanted else []
        with (
            serving_folder(work / "site") as origin,
            serve_book(work / "book", base_url=origin, golden=golden, FOOTNOTED_ALLOWED_ORIGINS=origin) as served,
            open_chromium(work / "chromium") as browser,
        ):
            camera = Camera(browser, served, work / "site", origin, folder)
            for taken in wanted:
                TAKEN[taken](camera)


if __name__ == "__main__":
    main()
