"""Questions from headings: plain English where there is some, the heading in quotation marks otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answering.sections import quoted_heading
from pipelines.answering.suggesting import (
    MAX_HEADING_CHARS,
    SectionToAsk,
    in_order_of_use,
    phrase,
    section_of,
    sections_of,
)
from pipelines.languages.known import LANGUAGES
from tests.support.passages import build_passage

ENGLISH = LANGUAGES["english"]
TEXT = (
    "We use Redux, and Redux Toolkit. Use the store to keep a project small; explore it. They run the setup. "
    "Reducers are functions that make the next state. State slices are parts of it. Redux Toolkit is a package of the "
    "same people. Status is what a request has come to."
)


def _first(heading: str, title: str = "Store", text: str = TEXT) -> str:
    return phrase(SectionToAsk("https://e.org/a#b", title, heading, text), ENGLISH)[0]


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Why is it slow?", "Why is it slow?"),
        ("How to Read This Project", "How do I read this project?"),
        ("Create a React App", "How do I create a react app?"),
        ("Using Redux Toolkit", "How do I use Redux Toolkit?"),
        ("Running the Setup", "How do I run the setup?"),
        ("Exploring the Project", "How do I explore the project?"),
        ("Reducers", "What are reducers?"),
        ("redux.createStore", "What does redux.createStore do?"),
        ("State Slices", "What are state slices?"),
        ("2.1 Redux Toolkit", "What is Redux Toolkit?"),
        ("`getState()`", "What does getState() do?"),
        ("createStore", "What does createStore do?"),
        ("max_age", "What does max_age do?"),
        ("Arguments", "What are the arguments of Store?"),
        ("Returns", "What does Store return?"),
        ("Status", "What is status?"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, question: str) -> None:
    assert _first(heading) == question


@pytest.mark.parametrize(
    "heading",
    [
        "Liked what you saw?",
        "Installation",
        "Easier logging",
        "Overview",
        "Fusing things",
        "Tips & Tricks",
        "Part 1: The Store",
        "Why it is slow",
        "Todos with Undo",
        "A b c d",
    ],
)
def test_what_has_no_plain_english_is_named_in_quotation_marks(heading: str) -> None:
    assert quoted_heading(_first(heading)) == heading


def test_a_file_is_no_question() -> None:
    assert phrase(SectionToAsk("u", "t", "reducers/todos.js"), ENGLISH) == ()


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_every_language_names_the_heading(name: str) -> None:
    (*_, last) = phrase(SectionToAsk("u", "t", "Installation"), LANGUAGES[name])
    assert last == LANGUAGES[name].example_question.format("Installation")


def test_a_page_s_sections_begin_with_its_opening_and_end_with_bare_headings() -> None:
    headings = [
        {"level": 1, "text": "Store", "anchor": "store"},
        {"level": 2, "text": "Overview", "anchor": "overview"},
        {"level": 2, "text": "Kinds", "anchor": "kinds"},
        {"level": 3, "text": "Without one", "anchor": None},
        {"level": 2, "text": "x" * (MAX_HEADING_CHARS + 1), "anchor": "long"},
    ]
    found = sections_of("https://e.org/a", "Store", headings, "# Store\n\nText.")
    assert [one.url for one in found] == ["https://e.org/a", "https://e.org/a#kinds", "https://e.org/a#overview"]
    assert found[0].text == "\n\nText."


def test_a_passage_s_section_is_its_last_heading_or_its_page() -> None:
    passage = build_passage("Text.")
    assert section_of(passage).heading == (passage.heading_path or (passage.title,))[-1]


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=300))
def test_whatever_a_heading_is_no_question_is_blank_or_without_end(heading: str, title: str, text: str) -> None:
    for section in in_order_of_use([SectionToAsk("u", title, heading, text)]):
        for language in (ENGLISH, LANGUAGES["japanese"]):
            for question in phrase(section, language):
                assert 0 < len(question.strip()) <= MAX_HEADING_CHARS + len(title) + 100


def test_names_of_code_stand_behind_what_they_are_used_for_and_before_what_says_nothing() -> None:
    headings = ("Overview", "is_frozen", "kestrel.hover", "Hunting in the wind")
    found = in_order_of_use(SectionToAsk("u", "API", heading) for heading in headings)
    assert [one.heading for one in found] == ["Hunting in the wind", "is_frozen", "kestrel.hover", "Overview"]


def test_a_page_of_thousands_of_headings_is_asked_for_its_first_ones() -> None:
    headings = [{"anchor": f"a{number}", "text": f"Cold cache {number}", "level": 2} for number in range(20_000)]
    sections = sections_of("https://docs.example/a", "Caches", headings, "Caches are cold.")
    assert len(sections) < 1_000
    assert sections[1].url == "https://docs.example/a#a0"
