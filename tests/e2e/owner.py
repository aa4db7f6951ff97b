"""The owner's page as its owner uses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.served_book import Served

# Who is not let in, and what an owner is refused, is told by the server: no fault of the page.
_REFUSALS = (" 401 ", " 403 ", " 404 ", " 409 ", " 422 ")


class Desk:
    """The page as its owner uses it."""

    def __init__(self, browser: Chrome, served: Served) -> None:
        self.browser = browser
        self.served = served

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def texts(self, css: str) -> list[str]:
        found: list[str] = self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", css
        )
        return found

    def until(self, condition: Callable[[], Any]) -> Any:
        # What is looked at may be drawn anew at this moment: it is another element, or not there yet.
        waiting = WebDriverWait(self.browser, 20, 0.05, [StaleElementReferenceException, NoSuchElementException])
        return waiting.until(lambda _: condition())

    def open(self, fragment: str = "") -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{self.served.url}/owner{fragment}")

    def sign_in(self, secret: str) -> None:
        self.until(lambda: self.all("#enter:not([hidden])"))
        self.all("#key")[0].send_keys(secret)
        self.press("Sign in")

    def press(self, name: str) -> None:
        self.until(lambda: [one for one in self.all("button") if one.is_displayed() and one.text == name])[0].click()

    def show(self, part: str) -> None:
        self.press(part)
        self.until(lambda: self.texts("nav [aria-current]") == [part])
        self.until(lambda: not self.all("[aria-busy]") and self.all(".part h2"))

    def row(self, table: str, beginning: str) -> list[str]:
        rows = self.all(f"[aria-label='{table}'] tbody tr")
        found = next((row for row in rows if row.text.startswith(beginning)), None)
        if found is None:
            raise NoSuchElementException(f"{table} has no row that begins with {beginning!r}")
        return [str(cell.get_property("textContent")) for cell in found.find_elements(By.CSS_SELECTOR, "td")]


@contextmanager
def open_desk(browser: Chrome, served: Served) -> Iterator[Desk]:
    """The page, signed out; nothing may have gone wrong in the browser at the end."""
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    desk = Desk(browser, served)
    desk.open()
    yield desk
    logged = [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    browser.execute_script("sessionStorage.clear()")
    browser.get("about:blank")
    assert [one for one in logged if not any(status in one for status in _REFUSALS)] == []


@contextmanager
def looked_at(browser: Chrome, *, dark: bool, width: int, direction: str) -> Iterator[None]:
    """In that scheme, of that width in pixels, and written in that direction."""
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_script("document.documentElement.dir = arguments[0]", direction)
    yield
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
