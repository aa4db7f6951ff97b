"""Answers rated on the chat page in Chromium, over the application with scripted engines."""

from collections.abc import Callable

from selenium.webdriver.common.keys import Keys

from storage_config.errors import DatabaseUnavailable
from tests.e2e.page import Page
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world

OpenPage = Callable[[World], Page]
# Keeps what is sent to the API, and answers every rating; the answer itself still comes from the server.
KEEP_RATINGS = """
window.sent = [];
window.answer = 200;
const asks = window.fetch;
window.fetch = (address, options) => {
  if (!address.includes("/feedback")) return asks(address, options);
  window.sent.push([options.method, address, options.body ? JSON.parse(options.body) : null]);
  return Promise.resolve(new Response(null, { status: window.answer }));
};
"""


def test_an_answer_is_rated_with_reasons_and_the_rating_taken_back(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.script(KEEP_RATINGS)
    page.ask("Why?")
    up, down = page.all(".rating button")
    assert (up.accessible_name, down.accessible_name) == ("Helpful", "Not helpful")
    assert not page.one(".reasons").is_displayed()
    up.click()
    page.until(lambda: page.texts(".rating [role=status]") == ["Thank you."])
    down.send_keys(Keys.ENTER)
    page.until(lambda: page.one(".reasons").is_displayed())
    assert [button.get_attribute("aria-pressed") for button in (up, down)] == ["false", "true"]
    page.all(".reasons input")[1].click()
    page.until(lambda: len(page.script("return window.sent")) == 3)
    down.click()
    page.until(lambda: down.get_attribute("aria-pressed") == "false")
    address = f"{page.site.url}/api/v1/messages/{page.world.conversations.all[0].answer_id}/feedback"
    assert page.script("return window.sent") == [
        ["POST", address, {"rating": "up", "reasons": []}],
        ["POST", address, {"rating": "down", "reasons": []}],
        ["POST", address, {"rating": "down", "reasons": ["not_what_i_asked"]}],
        ["DELETE", address, None],
    ]
    assert not page.one(".reasons").is_displayed()


def test_a_rating_that_is_not_kept_says_so(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.script(KEEP_RATINGS + "window.answer = 503;")
    page.ask("Why?")
    up = page.all(".rating button")[0]
    up.click()
    page.until(lambda: page.texts(".rating [role=status]") == ["That could not be kept. Please try again."])
    assert up.get_attribute("aria-pressed") == "false"


def test_what_was_not_kept_cannot_be_rated(open_page: OpenPage) -> None:
    world = build_world(answered_script())
    world.conversations.broken = DatabaseUnavailable("down")
    page = open_page(world)
    page.ask("Why?")
    assert page.texts(".foot .note")[-1].startswith("This answer could not be kept")
    assert page.all(".rating") == []


def test_the_ratings_are_accessible(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.script(KEEP_RATINGS)
    page.ask("Why?")
    page.all(".rating button")[1].click()
    page.until(lambda: page.one(".reasons").is_displayed())
    assert page.accessibility_problems() == []
