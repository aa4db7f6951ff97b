"""<footnoted-chat> on an open page, as a test uses it."""

from collections.abc import Callable
from typing import Any

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.accessibility import SEVERE, accessibility_problems

_SHADOW = "const root = document.querySelectorAll('footnoted-chat')[arguments[0]].shadowRoot;"


class Element:
    """An element on the open page."""

    def __init__(self, browser: Chrome, number: int = 0) -> None:
        self.browser = browser
        self.number = number

    def script(self, source: str, *more: Any) -> Any:
        """What a script returns that sees the element's shadow root as `root`."""
        return self.browser.execute_script(_SHADOW + source, self.number, *more)

    def all(self, css: str) -> list[WebElement]:
        """What matches inside."""
        found: list[WebElement] = self.script("return [...root.querySelectorAll(arguments[1])]", css)
        return found

    def texts(self, css: str) -> list[str]:
        """What they say."""
        found: list[str] = self.script("return [...root.querySelectorAll(arguments[1])].map((e) => e.textContent)", css)
        return found

    def shown(self, css: str) -> list[WebElement]:
        """Those that can be seen."""
        return [one for one in self.all(css) if one.is_displayed()]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait, at most 10 seconds."""
        # A page that puts another in its place takes away what is being read: it is read again.
        gone = [NoSuchElementException, StaleElementReferenceException]
        return WebDriverWait(self.browser, 10, 0.02, ignored_exceptions=gone).until(lambda _: condition())

    def until_made(self) -> None:
        """Wait until the page's script has made it."""
        made = "return Boolean(document.querySelectorAll('footnoted-chat')[arguments[0]]?.shadowRoot)"
        self.until(lambda: self.browser.execute_script(made, self.number))

    def open(self) -> None:
        """Open it by its button."""
        self.until_made()
        self.until(lambda: self.shown(".open"))[0].click()
        self.until(lambda: self.shown(".panel"))

    def ask(self, question: str) -> None:
        """Ask by keyboard and wait for the end."""
        turns = len(self.all(".turn"))
        self.all("textarea")[0].send_keys(question, Keys.ENTER)
        self.until_answered(turns + 1)

    def until_answered(self, turns: int) -> None:
        """Wait until so many answers are complete."""
        self.until(lambda: len(self.all(".turn")) == turns and not self.all("[aria-busy]"))

    def accessibility_problems(self) -> list[str]:
        """What axe-core finds serious or critical on the whole page, shadow roots included."""
        return accessibility_problems(self.browser, SEVERE)
