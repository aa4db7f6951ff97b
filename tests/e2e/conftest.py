"""Debian's Chromium on the chat page, by its own driver; left out with a clear message where either is missing."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.e2e.page import Page
from tests.e2e.site import Site
from tests.support.serving import World

_NEEDED = ("chromium", "chromedriver")
_ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,1300",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser for the whole run."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (*_ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's sandbox refuses to run as root
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    driver.set_page_load_timeout(20)
    driver.set_script_timeout(20)
    yield driver
    driver.quit()


@pytest.fixture
def open_page(browser: webdriver.Chrome) -> Iterator[Callable[[World], Page]]:
    """Opens the chat page of a world; nothing may have gone wrong in the browser at the end."""
    sites: list[Site] = []

    def open_site(world: World) -> Page:
        sites.append(Site(world).open())
        _read_log(browser)
        browser.get(sites[-1].url)
        return Page(browser, sites[-1])

    yield open_site
    # That the server refused a question is no fault of the page.
    complaints = [message for message in _read_log(browser) if "/api/v1/chat" not in message]
    browser.get("about:blank")
    for site in sites:
        site.close()
    assert complaints == []


def _read_log(browser: webdriver.Chrome) -> list[str]:
    return [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
