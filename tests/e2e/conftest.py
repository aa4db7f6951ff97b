"""Debian's Chromium on the chat page, by its own driver; left out with a clear message where either is missing."""

from collections.abc import Callable, Iterator

import pytest
from selenium import webdriver

from tests.e2e.chromium import NEEDED, open_chromium
from tests.e2e.element import Element
from tests.e2e.page import Page
from tests.e2e.relay import Relay
from tests.e2e.site import Site
from tests.support.needs import needs_program
from tests.support.serving import World

_NOT_SERVED = ("/api/v1/chat", "/api/v1/suggestions", "/api/v1/corpora")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser for the whole run."""
    for name, package in NEEDED.items():
        needs_program(name, package)
    with open_chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


@pytest.fixture
def open_page(browser: webdriver.Chrome) -> Iterator[Callable[[World], Page]]:
    """Opens the chat page of a world; nothing may have gone wrong in the browser at the end."""
    sites: list[Site] = []

    def open_site(world: World) -> Page:
        sites.append(Site(world).open())
        _read_log(browser)
        browser.get(sites[-1].url)
        page = Page(browser, sites[-1])
        page.until(page.is_shown)
        return page

    yield open_site
    # That the server refused a question is no fault of the page, nor that scripted engines have no database.
    complaints = [message for message in _read_log(browser) if not any(path in message for path in _NOT_SERVED)]
    browser.get("about:blank")
    for site in sites:
        site.close()
    assert complaints == []


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay()
    relay.start()
    yield relay
    relay.close()


@pytest.fixture
def chat(browser: webdriver.Chrome) -> Iterator[Element]:
    """The element of the page that a test opens; nothing may have gone wrong in the browser at the end."""
    _read_log(browser)
    yield Element(browser)
    complaints = [message for message in _read_log(browser) if "favicon" not in message]
    if browser.current_url != "about:blank":
        browser.execute_script(
            "sessionStorage.clear(); localStorage.clear()"
        )  # the next reader comes for the first time
        browser.get("about:blank")
    assert complaints == []


def _read_log(browser: webdriver.Chrome) -> list[str]:
    """Warnings and errors: what generators write to the console beside them is their own."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [str(entry["message"]) for entry in entries if entry["level"] in ("WARNING", "SEVERE")]
