"""What Chromium shows of a built page, everything opened that a click opens, and how much of a text is in it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapidfuzz.distance import LCSseq
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.support.needs import needs_program

_WORD = re.compile(r"\w+")
_OPEN = """
const content = document.querySelector(arguments[0]);
content.querySelectorAll('details').forEach(one => { one.open = true; });
content.querySelectorAll('[hidden], [role=tabpanel]').forEach(one => {
  one.removeAttribute('hidden'); one.style.display = 'block';
});
content.querySelectorAll('.sd-tab-content, .dropdown > *, .blocks > div').forEach(one => {
  one.style.cssText = 'display: block !important; visibility: visible !important; height: auto !important';
});
content.querySelectorAll('img[alt]').forEach(one => one.replaceWith(` ${one.alt} `));
content.querySelectorAll('.tabs label').forEach(one => one.after(' '));
const marks = 'del, s, strike, .hash-link, .headerlink, .header-anchor, .linenos, .footnote-ref, ' +
  '.footnote-reference, span.lang, span.label';
content.querySelectorAll('span[style*="user-select:none"]').forEach(one => one.remove());
content.querySelectorAll(marks).forEach(one => one.remove());
return content.innerText;
"""


@contextmanager
def open_chromium(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser that reaches no other host, for the block; the test is left out where there is none."""
    programs = [needs_program("chromium", "chromium"), needs_program("chromedriver", "chromium-driver")]
    options = webdriver.ChromeOptions()
    options.binary_location = str(programs[0])
    for argument in ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                     "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}"):  # fmt: skip
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's sandbox refuses to run as root
    driver = webdriver.Chrome(options=options, service=Service(str(programs[1])))
    driver.set_page_load_timeout(30)
    try:
        yield driver
    finally:
        driver.quit()


def shown_text(browser: webdriver.Chrome, page: Path, content: str) -> str:
    """The text of the element that the selector names, in the page of that file."""
    browser.get(page.as_uri())
    return str(browser.execute_script(_OPEN, content))


def words_of(text: str) -> list[str]:
    """The words in small letters: styles may show them in capitals."""
    return _WORD.findall(text.casefold())


def in_order(words: list[str], shown: list[str]) -> int:
    """How many of the words are shown in their order."""
    return int(LCSseq.similarity(words, shown))
