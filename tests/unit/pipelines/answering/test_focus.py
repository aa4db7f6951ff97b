"""What is quoted is about the thing that was named, and each side of a comparison is quoted."""

from dataclasses import replace

import pytest

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.question_kinds import compared_sides
from pipelines.types import Passage, Question
from tests.support.passages import build_passage

STUBS = [
    build_passage("Clears all information about calls.", title="Stubs", heading="stub.clear()"),
    build_passage("Does what stub.clear() does, and removes the body.", title="Stubs2", heading="stub.reset()"),
    build_passage("Does what stub.reset() does, and brings back the first.", title="Stubs3", heading="stub.restore()"),
]


def quoted(question: str, passages: list[Passage]) -> str:
    return "\n".join(quote.unit.text for quote in ExtractiveAnswerer().quotes(Question(question), passages))


def test_the_sibling_that_was_named_is_quoted_and_no_other() -> None:
    text = quoted("What does stub.reset do?", STUBS)
    assert "removes the body" in text
    assert "brings back" not in text


def test_what_stands_below_an_option_is_about_it() -> None:
    passages = [
        replace(build_passage("Default: `failure`. Specifies the mode."), heading_path=("alertMode",)),
        replace(build_passage("- `always`: every time\n- `failure`: on errors"), heading_path=("alertMode", "Modes")),
        replace(build_passage("Values of other options are numbers."), heading_path=("other",)),
    ]
    assert "`always`" in quoted("Which values does alertMode accept?", passages)


def test_a_heading_that_only_mentions_a_file_is_not_about_it() -> None:
    passages = [
        build_passage("- `env.py` - This is a script that is run by the tool.", title="Tutorial", heading="Files"),
        build_passage("Plugins are listed.", title="Plugins", heading="Enabling autogenerate plugins in env.py"),
    ]
    assert quoted("what is env.py for?", passages).startswith("`env.py` - This is a script")


def test_a_section_opens_where_it_begins_whatever_ranks_first() -> None:
    later = replace(build_passage("The nest lies on a tree.", heading="Nest"), start=900)
    opening = build_passage("Birds raise their young ones in here and come back each year to it.", heading="Nest")
    assert quoted("What is a nest?", [later, opening]).startswith("Birds raise their young")


def test_a_sentence_that_defines_stands_before_what_only_opens_the_section() -> None:
    passages = [
        build_passage("When you send data, you send a body. A request body is data.", heading="Request body"),
        build_passage("A request body is a message in JSON.", heading="Messages"),
    ]
    assert quoted("What is a request body?", passages).startswith("A request body is a message in JSON.")


def test_a_heading_that_says_the_question_was_written_for_it() -> None:
    passages = [
        build_passage("Since 2.0 the store adds what is asked for by default, in many ways.", heading="Notes"),
        build_passage("It came with 2.0, for speed.", heading="configureStore adds autoBatchEnhancer by default"),
    ]
    text = quoted("Which enhancer does configureStore add by default since 2.0?", passages)
    assert text.startswith("It came with 2.0")


def test_each_side_of_a_comparison_is_quoted() -> None:
    text = quoted("What is the difference between stub.clear, stub.reset and stub.restore?", STUBS)
    assert all(said in text for said in ("Clears all", "removes the body", "brings back"))


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("difference between PUT and PATCH for updating items", ("PUT", "PATCH")),
        ("fastapi dev vs fastapi run", ("fastapi dev", "fastapi run")),
        ("How does Redux compare with Jotai?", ()),
        ("What is the difference between a, b and c?", ("a", "b", "c")),
        ("Which one is better?", ()),
        ("lidar versus cameras, which one handles bad light better?", ("lidar", "cameras")),
        ("URDF link: visual vs collision, how do they differ?", ("visual", "collision")),
    ],
)
def test_sides(question: str, sides: tuple[str, ...]) -> None:
    assert compared_sides(question) == sides
