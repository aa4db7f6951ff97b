"""Sections and sentences beside the matter."""

import pytest

from pipelines.answering.asides import asks_for_version, is_aside, is_deprecation, is_version_note


@pytest.mark.parametrize(
    ("heading", "question", "aside"),
    [
        ("Guide Objective", "How do I move the arm?", True),
        ("How to Read This Guide", "How do I set up the router?", True),
        ("Next Steps", "What are the next steps?", False),
        ("Reading files", "How do I read files?", False),
    ],
)
def test_headings_tell_what_is_beside_the_matter(heading: str, question: str, aside: bool) -> None:
    assert is_aside(heading, question) is aside


@pytest.mark.parametrize(
    ("sentence", "is_note"),
    [
        ("Added in version 20.1.0.", True),
        ("New in version 1.2: The `rate` argument.", True),
        ("*Changed in 8.1*: It can be pickled.", True),
        ("Deprecated since version 8.5: Use `hover` instead.", False),
        ("Changed in a loop, it is slow.", False),
    ],
)
def test_notes_on_versions_are_beside_the_matter(sentence: str, is_note: bool) -> None:
    assert is_version_note(sentence) is is_note


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When was hover added?", True),
        ("since which version is there a rate?", True),
        ("what changed in 8.1", True),
        ("What does hover do?", False),
    ],
)
def test_a_question_may_ask_for_them(question: str, asks: bool) -> None:
    assert asks_for_version(question) is asks


def test_a_deprecation_is_told_from_a_note() -> None:
    assert is_deprecation("Deprecated since version 8.5: Use `hover` instead.")
    assert not is_deprecation("Added in version 8.5: `hover` is deprecated.")
