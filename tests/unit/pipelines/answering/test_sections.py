"""Questions that name a section by its heading."""

import pytest

from pipelines.answering.sections import asked_section, defined_section, quoted_heading
from pipelines.languages.known import LANGUAGES
from tests.support.passages import build_passage

PASSAGES = [
    build_passage("Settings stand in a file.", title="Configuration", heading="`retry.limit`"),
    build_passage("With Homebrew: `brew install osprey`.", title="Installation", heading="Install on macOS"),
    build_passage("Where it listens.", title="Settings", heading="server.host"),
]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda one: one.name)
def test_the_questions_that_we_suggest_are_understood(language: object) -> None:
    asked = language.example_question.format("Install on macOS")  # type: ignore[attr-defined]
    assert quoted_heading(asked) == "Install on macOS"
    assert asked_section(asked, PASSAGES) == 1


@pytest.mark.parametrize(
    ("asked", "section"),
    [
        ('What is in "Install on macOS"?', 1), ("install on macos?", 1), ("retry.limit", 0),
        ("Install on Windows", None), ("How do I install it?", None), ('what does "limit" mean', None),
        ("what is client.host?", None), ("what is `host`?", 2), ("What is server.host?", 2),
    ],
)  # fmt: skip
def test_a_section_is_asked_for_by_its_whole_heading(asked: str, section: int | None) -> None:
    assert asked_section(asked, PASSAGES) == section


def test_other_questions_quote_no_heading() -> None:
    assert quoted_heading("What does the documentation say about it?") == ""


@pytest.mark.parametrize(
    ("asked", "section"),
    [
        ("Explain retry.limit to a beginner", 0), ("What is an Installation?", None), ("retry.limit", None),
        ("How do I set retry.limit?", None), ("What is install on macOS?", 1),
    ],
)  # fmt: skip
def test_a_section_explains_what_its_heading_says_and_nothing_else(asked: str, section: int | None) -> None:
    assert defined_section(asked, PASSAGES, "english") == section
