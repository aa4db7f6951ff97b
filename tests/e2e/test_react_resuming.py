"""An answer goes on in React's `useChat` in Chromium after its connection was cut, as docs/api.md shows it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from storage_config.settings import Settings
from tests.e2e.react_pages import PACKAGES, bundle, serve_folder
from tests.e2e.relay import Relay
from tests.e2e.site import Site
from tests.support.fakes import Wait, answered_script
from tests.support.needs import NPM_PACKAGES, needs
from tests.support.quickstarts import aimed_at, read_blocks
from tests.support.redis import Redis
from tests.support.serving import build_world

pytestmark = pytest.mark.sites
FIRST = "🔎 BM25 saturates the weight of a repeated term. [1]"
WHOLE = f"{FIRST} It is **twice** as fast. [2]"
TEXTS = "return [...document.querySelectorAll('article.assistant')].map((one) => one.innerText.trim())"
CHAT = """
export function AskTheDocs() {
  const { messages, sendMessage, status } = useResumableChat(location.hash.slice(1));
  return (
    <section data-status={status}>
      {messages.map(({ id, role, parts }) => (
        <article key={id} className={role}>
          {parts.filter(({ type }) => type === "text").map((part, index) => <p key={index}>{part.text}</p>)}
        </article>
      ))}
      <button onClick={() => sendMessage({ text: "Why?" })}>Ask</button>
    </section>
  );
}
"""


@contextlib.contextmanager
def serving(origin: str, **settings: Any) -> Iterator[tuple[Site, Wait]]:
    """A server whose answer stops after its first sentence until it is released."""
    steps, wait = answered_script(), Wait()
    allowed = Settings(_env_file=None, allowed_origins=[origin], **settings)
    site = Site(build_world([*steps[:4], wait, *steps[4:]], settings=allowed)).open()
    try:
        yield site, wait
    finally:
        site.close()


def ask(browser: Chrome, url: str) -> Callable[[str], str]:
    """Asks on the page; what is given back waits until the answer is shown like that, and tells all answers."""
    browser.get(url)
    browser.find_element(By.CSS_SELECTOR, "button").send_keys(Keys.ENTER)
    return lambda text: shown(browser, text)


def shown(browser: Chrome, text: str) -> str:
    def told(page: Chrome) -> str:
        texts: list[str] = page.execute_script(TEXTS)
        return " | ".join(texts)

    WebDriverWait(browser, 20, 0.05).until(lambda page: told(page) == text, f"not {text!r}: {told(browser)!r}")
    return told(browser)


def page_of(folder: Path, api: str) -> None:
    (hook,) = read_blocks("A connection that breaks", "jsx", file="docs/api.md")
    bundle(aimed_at(hook, api) + CHAT, folder)


def is_ready(browser: Chrome) -> bool:
    status = browser.execute_script("return document.querySelector('section').dataset.status")
    return bool(status == "ready")


def test_a_connection_cut_in_the_middle_leaves_the_whole_text_without_gap_or_double(
    browser: Chrome, tmp_path: Path, relay: Relay
) -> None:
    needs(PACKAGES.exists(), NPM_PACKAGES)
    with serve_folder(tmp_path / "pages") as origin, serving(origin) as (site, wait):
        relay.target = site.url
        page_of(tmp_path / "pages", relay.url)
        answer = ask(browser, f"{origin}/index.html#5f3c1f0e-7b1a-4c8e-9d55-1a2b3c4d5e6f")
        assert answer(FIRST) == FIRST
        relay.cut()
        WebDriverWait(browser, 10, 0.02).until(lambda page: not is_ready(page))
        assert answer(FIRST) == FIRST
        site.release(wait)
        assert answer(WHOLE) == WHOLE
        WebDriverWait(browser, 10, 0.05).until(is_ready)
        assert len(site.world.engine.questions) == 1
        browser.get("about:blank")


def test_a_page_that_is_loaded_again_reads_the_answer_on(browser: Chrome, tmp_path: Path) -> None:
    needs(PACKAGES.exists(), NPM_PACKAGES)
    with serve_folder(tmp_path / "pages") as origin, serving(origin) as (site, wait):
        page_of(tmp_path / "pages", site.url)
        answer = ask(browser, f"{origin}/index.html#6f3c1f0e-7b1a-4c8e-9d55-1a2b3c4d5e6f")
        assert answer(FIRST) == FIRST
        browser.refresh()
        assert answer(FIRST) == FIRST
        site.release(wait)
        assert answer(WHOLE) == WHOLE
        browser.get("about:blank")


def test_another_process_reads_the_answer_on(browser: Chrome, tmp_path: Path, relay: Relay) -> None:
    needs(PACKAGES.exists(), NPM_PACKAGES)
    redis = Redis()
    redis.start()
    shared = {"REDIS_URL": redis.url}
    with (
        serve_folder(tmp_path / "pages") as origin,
        serving(origin, **shared) as (site, wait),
        serving(origin, **shared) as (other, _),
    ):
        relay.target = site.url
        page_of(tmp_path / "pages", relay.url)
        answer = ask(browser, f"{origin}/index.html#7f3c1f0e-7b1a-4c8e-9d55-1a2b3c4d5e6f")
        assert answer(FIRST) == FIRST
        relay.target = other.url
        relay.cut()
        assert answer(FIRST) == FIRST
        site.release(wait)
        assert answer(WHOLE) == WHOLE
        assert (len(site.world.engine.questions), len(other.world.engine.questions)) == (1, 0)
        browser.get("about:blank")
    redis.stop()
