"""The chat page as its reader uses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.accessibility import accessibility_problems
from tests.e2e.site import Site

T = TypeVar("T")
_ROOT = "document.querySelector('footnoted-chat').shadowRoot"


class Page:
    """The chat page in a browser, and the site behind it."""

    def __init__(self, browser: Chrome, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.world = site.world

    def is_shown(self) -> bool:
        """Whether the chat is there, with its styles."""
        return bool(self.script("return Boolean(document.querySelector('footnoted-chat')?.shadowRoot)")) and bool(
            self.all(".widget:not([hidden])")
        )

    def all(self, css: str) -> list[WebElement]:
        """Every element that matches in the chat."""
        found: list[WebElement] = self.script(f"return [...{_ROOT}.querySelectorAll(arguments[0])]", css)
        return found

    def one(self, css: str) -> WebElement:
        """The only element that matches."""
        (found,) = self.all(css)
        return found

    def texts(self, css: str) -> list[str]:
        """What the elements that match say."""
        return [element.get_property("textContent") for element in self.all(css)]  # type: ignore[misc]

    def until(self, condition: Callable[[], T]) -> T:
        """Wait, at most 10 seconds, until the condition holds; elements may come and go meanwhile."""
        return WebDriverWait(self.browser, 10, 0.02, [StaleElementReferenceException]).until(lambda _: condition())

    def type(self, *keys: str) -> None:
        """Type into the question."""
        self.one("textarea").send_keys(*keys)

    def ask(self, question: str) -> None:
        """Ask and wait until the answer is complete, or failed."""
        turns = len(self.all(".turn"))
        self.type(question, Keys.ENTER)
        self.until(lambda: len(self.all(".turn")) == turns + 1 and not self.all("[aria-busy]"))

    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.script(f"return {_ROOT}.activeElement.id"))

    def focused_name(self) -> str:
        """The accessible name of what has the focus."""
        held: WebElement = self.script(f"return {_ROOT}.activeElement")
        return str(held.accessible_name)

    def script(self, source: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.browser.execute_script(source, *arguments)

    def accessibility_problems(self) -> list[str]:
        """What axe-core finds wrong (WCAG 2.2 A and AA, best practices)."""
        return accessibility_problems(self.browser)

    @contextmanager
    def emulated(self, *, width: int = 0, **features: str) -> Iterator[None]:
        """Media features such as `prefers_color_scheme="dark"`, and a narrow screen."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": listed})
        if width:
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": True}
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        yield
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
