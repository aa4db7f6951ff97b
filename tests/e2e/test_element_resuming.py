"""An answer goes on in the element after its connection was lost in the middle, and is there once."""

import time
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from app.wires import resumable
from tests.e2e.page import Page
from tests.e2e.relay import Relay
from tests.e2e.site import Site
from tests.support.fakes import Wait, answered_script
from tests.support.serving import build_world

FIRST = "BM25 saturates the weight of a repeated term."
SECOND = "It is twice as fast."
WAITING = "Waiting for a connection…"


def emulate_network(browser: Chrome, *, offline: bool) -> None:
    """Refuses what is asked for, and tells the page; or ends that."""
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers wait for their reader no longer than this."""
    monkeypatch.setattr(resumable, "KEPT_SECONDS", 0.1)


@pytest.fixture
def begun(browser: Chrome, relay: Relay) -> Iterator[tuple[Page, Wait]]:
    """The page, behind a relay, with an answer that stands behind its first sentence until it is released."""
    steps, wait = answered_script(), Wait()
    site = Site(build_world([*steps[:4], wait, *steps[4:]])).open()
    relay.target = site.url
    browser.get(relay.url)
    page = Page(browser, site)
    page.until(page.is_shown)
    page.one("textarea").send_keys("Why?", Keys.ENTER)
    page.until(lambda: FIRST in "".join(page.texts(".prose")))
    yield page, wait
    emulate_network(browser, offline=False)
    browser.get("about:blank")
    browser.get_log("browser")  # type: ignore[no-untyped-call]  # it tells of what was refused meanwhile
    site.close()


def lose_connection(page: Page, relay: Relay) -> None:
    """Chromium lets those go on that are open."""
    emulate_network(page.browser, offline=True)
    relay.cut()
    page.until(lambda: page.texts(".progress") == [WAITING])


def test_a_lost_connection_leaves_the_whole_answer_once(begun: tuple[Page, Wait], relay: Relay) -> None:
    page, wait = begun
    lose_connection(page, relay)
    assert FIRST in page.texts(".prose")[0], "what is there stays"
    time.sleep(0.7)  # one more look in vain
    emulate_network(page.browser, offline=False)
    page.until(lambda: page.texts(".progress") != [WAITING])
    page.site.release(wait)
    page.until(lambda: not page.all("[aria-busy]"))
    (text,) = page.texts(".prose")
    assert (text.count(FIRST), text.count(SECOND)) == (1, 1)
    assert len(page.all(".prose .verdict")) == 2
    assert len(page.all(".turn")) == 1
    assert page.texts(".problem") == []
    assert len(page.world.engine.questions) == 1, "the question is not asked again"


def test_an_answer_that_is_gone_meanwhile_can_be_asked_for_again(
    hasty: None, begun: tuple[Page, Wait], relay: Relay
) -> None:
    page, _ = begun
    lose_connection(page, relay)
    page.until(lambda: page.world.conversations.all)  # nobody came back: it was ended, and is forgotten soon after
    time.sleep(0.2)
    emulate_network(page.browser, offline=False)
    page.until(lambda: page.texts(".problem strong") == ["The answer broke off."])
    assert page.texts(".problem button") == ["Try again"]


def test_a_stopped_answer_stops_on_its_server(begun: tuple[Page, Wait]) -> None:
    page, _ = begun
    page.one(".stop").click()
    page.until(lambda: page.world.conversations.all)
    assert page.world.conversations.all[0].answer.status == "interrupted"
    assert "You stopped this answer." in page.texts(".note")[0]
