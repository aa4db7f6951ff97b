"""The README's React component, bundled as a site would, on a page of another origin, in Chromium."""

from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.react_pages import PACKAGES, bundle, serve_folder
from tests.support.needs import NPM_PACKAGES, needs
from tests.support.quickstarts import aimed_at, read_blocks
from tests.support.served_book import serve_book

pytestmark = pytest.mark.sites


def test_the_component_shows_answer_footnotes_and_verdicts(browser: Chrome, tmp_path: Path) -> None:
    needs(PACKAGES.exists(), NPM_PACKAGES)
    (code,) = read_blocks("React", "jsx")
    folder = tmp_path / "pages"
    with serve_folder(folder) as origin, serve_book(tmp_path / "book", FOOTNOTED_ALLOWED_ORIGINS=origin) as served:
        bundle(aimed_at(code, served.url), folder)
        browser.get(f"{origin}/index.html")
        browser.find_element(By.CSS_SELECTOR, "input").send_keys(
            "How does BM25 limit the weight of a repeated term?", Keys.ENTER
        )
        wait = WebDriverWait(browser, 20, 0.05)
        link = wait.until(lambda page: page.find_element(By.CSS_SELECTOR, "article.assistant a"))
        assert str(link.get_attribute("href")).endswith("/search/bm25#term-frequency-saturates")
        assert link.text.startswith("[1] ")
        assert wait.until(lambda page: page.find_element(By.CSS_SELECTOR, "article small")).text == "supported"
        assert "saturation" in browser.find_element(By.CSS_SELECTOR, "article.assistant").text
        assert browser.find_elements(By.CSS_SELECTOR, "article.assistant :is(strong, code)"), (
            "markdown is shown as such"
        )
        assert "**" not in browser.find_element(By.CSS_SELECTOR, "article.assistant").text
        assert not browser.find_elements(By.CSS_SELECTOR, "[role=alert]")
    browser.get("about:blank")
