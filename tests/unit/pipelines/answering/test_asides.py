"""Sections beside the matter."""

import pytest

from pipelines.answering.asides import is_aside


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
