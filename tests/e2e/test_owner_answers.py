"""The owner's own answers and questions to begin with, on the owner's page in Chromium over the sample book."""

from collections.abc import Iterator

import httpx
import pytest
from selenium.webdriver import Chrome

from tests.e2e.accessibility import SEVERE, accessibility_problems
from tests.e2e.owner import Desk, looked_at, open_desk
from tests.support.served_book import Served, serve_book

REFUSED = "Who won the last election in France?"
WRITTEN = "Which questions does the handbook answer?"
ANSWER = "None that anybody voted on: this is a handbook of search."
FRONT_MATTER = f'---\nanswers: ["{WRITTEN}"]\n---\n# Asked\n\nThose about search.\n'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The book with an answer in a page, and a question that it refused."""
    with serve_book(tmp_path_factory.mktemp("answers") / "book") as server:
        owner = {"authorization": f"Bearer {server.token}"}
        sent = {"kind": "markdown", "uri": "asked.md", "content": FRONT_MATTER}
        made = httpx.post(f"{server.url}/api/v1/documents", json=sent, headers=owner, timeout=60)
        assert made.status_code == 201, made.text
        assert asked(server, REFUSED)["status"] == "refused"
        yield server


def asked(served: Served, question: str) -> dict[str, object]:
    body = {"question": question, "stream": False}
    told = httpx.post(f"{served.url}/api/v1/chat", json=body, timeout=60)
    assert told.status_code == 200, told.text
    found: dict[str, object] = told.json()
    return found


@pytest.fixture
def desk(browser: Chrome, served: Served) -> Iterator[Desk]:
    """The page, signed in; nothing of one test is left for the next."""
    with open_desk(browser, served) as desk:
        desk.sign_in(served.token)
        desk.until(lambda: desk.all(".part h2"))
        yield desk
    owner = {"authorization": f"Bearer {served.token}"}
    place = f"{served.url}/api/v1/curated-answers"
    for one in httpx.get(place, headers=owner).json()["items"]:
        httpx.delete(f"{place}/{one['id']}", headers=owner, timeout=60).raise_for_status()


def fill(desk: Desk, **values: str) -> None:
    for name, value in values.items():
        (field,) = desk.all(f"#{name.replace('_', '-')}")
        field.clear()
        field.send_keys(value)


def value_of(desk: Desk, field: str) -> str:
    return str(desk.all(f"#{field}")[0].get_property("value"))


def press(desk: Desk, name: str) -> None:
    """The button of that accessible name."""
    desk.until(lambda: [one for one in desk.all(".part button") if one.accessible_name == name])[0].click()


def test_a_question_that_was_refused_is_answered_from_the_gaps(desk: Desk, served: Served) -> None:
    desk.show("Questions")
    press(desk, f"Answer it: {REFUSED}")
    desk.until(lambda: desk.texts("nav [aria-current]") == ["Answers"] and desk.all("#answer-text"))
    assert value_of(desk, "answer-questions") == REFUSED
    desk.until(lambda: desk.browser.execute_script("return document.activeElement.id") == "answer-questions")
    fill(desk, answer_text=ANSWER)
    desk.press("Save the answer")
    cells = desk.until(lambda: desk.row("Written here", REFUSED))
    assert (cells[0], cells[1], cells[2]) == (REFUSED, ANSWER, "https://example.org/handbook")
    told = asked(served, REFUSED)
    assert (told["status"], "curated" in told["flags"]) == ("answered", True)  # type: ignore[operator]
    assert ANSWER.partition(":")[0] in str(told["text"])


def test_an_answer_is_changed_and_its_deletion_asked_for_twice(desk: Desk, served: Served) -> None:
    desk.show("Answers")
    fill(desk, answer_questions="Is there a print edition?\nCan I buy it on paper?", answer_text="No.")
    desk.press("Save the answer")
    desk.until(lambda: desk.row("Written here", "Is there a print edition?"))
    press(desk, "Change Is there a print edition?")
    assert value_of(desk, "answer-questions").split("\n") == ["Is there a print edition?", "Can I buy it on paper?"]
    assert "Change the answer" in desk.texts(".part h2")
    fill(desk, answer_text="Yes, since spring.", answer_url="https://example.org/shop")
    desk.press("Save the answer")
    desk.until(lambda: desk.row("Written here", "Is there a print edition?")[1:3] == [
        "Yes, since spring.", "https://example.org/shop"])  # fmt: skip
    assert "Yes, since spring." in str(asked(served, "Can I buy it on paper?")["text"])
    press(desk, "Delete Is there a print edition?")
    assert "Really delete?" in desk.texts(".part button")
    assert desk.row("Written here", "Is there a print edition?")
    next(one for one in desk.all(".part button") if one.text == "Really delete?").click()
    desk.until(lambda: not desk.all("[aria-label='Written here']") and desk.all("#answer-text"))
    assert "curated" not in str(asked(served, "Can I buy it on paper?")["flags"])


def test_an_answer_for_everybody_stays_one_when_it_is_changed(desk: Desk, served: Served) -> None:
    """Without groups it would be for those that the corpus's rules say."""
    place, owner = f"{served.url}/api/v1/curated-answers", {"authorization": f"Bearer {served.token}"}
    sent = {"questions": ["Is it far?"], "text": "No.", "access": []}
    assert httpx.post(place, json=sent, headers=owner, timeout=60).status_code == 201
    desk.show("Answers")
    press(desk, "Change Is it far?")
    fill(desk, answer_text="Not at all.")
    desk.press("Save the answer")
    desk.until(lambda: desk.row("Written here", "Is it far?")[1] == "Not at all.")
    (kept,) = httpx.get(place, headers=owner).json()["items"]
    assert kept["access"] == []


def test_what_is_refused_stays_in_the_form(desk: Desk) -> None:
    desk.show("Answers")
    fill(desk, answer_questions=WRITTEN.upper(), answer_text="Others.")
    desk.press("Save the answer")
    problem = desk.until(lambda: desk.texts(".told [role=alert]"))
    assert problem[0].startswith(f"“{WRITTEN.upper()}” is answered already, at https://example.org/handbook/asked")
    assert (value_of(desk, "answer-questions"), value_of(desk, "answer-text")) == (WRITTEN.upper(), "Others.")
    fill(desk, answer_questions="Is it far?", answer_text="<!-- nothing -->")
    desk.press("Save the answer")
    desk.until(lambda: [one for one in desk.texts(".told [role=alert]") if one.startswith("text: ")])
    # A vendor that embeds and is down: the server's answer to that, from the page's point of view.
    desk.browser.execute_script("""
        const problem = { title: "A service behind the answers is too slow.", detail: "Please try again in a moment." };
        const real = window.fetch;
        window.fetch = async () => { window.fetch = real; return Response.json(problem, { status: 503 }); };
    """)
    fill(desk, answer_text="No, ten minutes.")
    desk.press("Save the answer")
    slow = "A service behind the answers is too slow. Please try again in a moment."
    desk.until(lambda: desk.texts(".told [role=alert]") == [slow])
    desk.press("Save the answer")
    assert desk.until(lambda: desk.row("Written here", "Is it far?"))[1] == "No, ten minutes."


def test_those_in_files_are_shown_where_they_stand(desk: Desk) -> None:
    desk.show("Answers")
    cells = desk.row("In pages", WRITTEN)
    assert cells == [WRITTEN, "Those about search.", "Askedasked.md"]
    assert desk.all("[aria-label='In pages'] button") == []


def test_questions_to_begin_with_are_written_by_page(desk: Desk, served: Served) -> None:
    question = "How does BM25 limit the weight of a repeated term?"
    desk.show("Answers")
    fill(desk, page_path="/", page_questions=question)
    desk.press("Save the questions")
    desk.until(lambda: desk.row("Questions to begin with", "/")[1] == question)
    shown = httpx.get(f"{served.url}/api/v1/suggestions", timeout=60).json()["questions"]
    assert shown[0]["text"] == question
    press(desk, "Change the questions of /")
    assert value_of(desk, "page-questions") == question
    fill(desk, page_questions="?!")
    desk.press("Save the questions")
    desk.until(lambda: desk.texts(".told [role=alert]") == ["questions.0: must say something"])
    desk.press("Cancel")
    assert value_of(desk, "page-questions") == ""
    press(desk, "Delete the questions of /")
    next(one for one in desk.all(".part button") if one.text == "Really delete?").click()
    desk.until(lambda: not desk.all("[aria-label='Questions to begin with']") and desk.all("#page-path"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_nothing_is_hard_to_reach(desk: Desk, dark: bool, width: int) -> None:
    with looked_at(desk.browser, dark=dark, width=width, direction="ltr"):
        desk.show("Answers")
        fill(desk, answer_questions="Is it far?", answer_text="No. " * 60)
        desk.press("Save the answer")
        desk.until(lambda: desk.row("Written here", "Is it far?"))
        press(desk, "Change Is it far?")
        assert accessibility_problems(desk.browser, SEVERE) == []
        assert desk.browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
