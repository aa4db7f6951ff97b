import random

import pytest

from pipelines.evaluation.edits import (
    Edit,
    Elsewhere,
    TrueSentence,
    invented,
    with_another_code_span,
    with_another_name,
    with_another_number,
    with_another_subject,
    with_not,
    with_opposite,
)
from tests.support.passages import build_passage

SITE = Elsewhere(
    ["Gazebo"], ["run()"], [("guide", "is here now"), ("other", "is a planet of ice"), ("other", "can fly far")]
)


def results(edit: Edit, text: str, passage: str = "") -> set[str | None]:
    """What it makes of the sentence, by any chance."""
    sentence = TrueSentence(text, build_passage(f"{text} {passage}".strip()))
    return {edit(sentence, SITE, random.Random(seed)) for seed in range(60)}


def test_a_number_becomes_another_of_the_passage_or_is_off() -> None:
    made = results(with_another_number, "It waits 5 seconds.", "Port 8080.")
    assert "It waits 8080 seconds." in made
    assert "It waits 6 seconds." in made
    assert "It waits 5 seconds." not in made
    assert results(with_another_number, "It waits.") == {None}


def test_a_name_becomes_another_of_the_passage_or_of_the_site() -> None:
    assert results(with_another_name, "Use Redis here.", "Or try Postgres.") == {
        "Use Postgres here.", "Use Gazebo here.",
    }  # fmt: skip
    assert results(with_another_name, "use it here.") == {None}


def test_a_code_span_becomes_another() -> None:
    assert results(with_another_code_span, "Call `stop()` now.", "Not `go()`.") == {
        "Call `go()` now.", "Call `run()` now.",
    }  # fmt: skip
    assert results(with_another_code_span, "Call it now.") == {None}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("It is open.", {"It is not open."}),
        ("It is not open.", {None}),
        ("It can't open.", {None}),
        ("It isn’t open.", {None}),
        ("It opens.", {None}),
    ],
)
def test_a_not_is_put_in_once(text: str, made: set[str | None]) -> None:
    assert results(with_not, text) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Before you go, wait.", {"After you go, wait."}),
        ("It is enabled.", {"It is disabled."}),
        ("Wait at least an hour.", {"Wait at most an hour."}),
        ("Set `enabled` there.", {None}),
        ("It is pre-enabled.", {None}),
    ],
)
def test_a_word_becomes_its_opposite(text: str, made: set[str | None]) -> None:
    assert results(with_opposite, text) == made


def test_a_subject_becomes_another_of_the_passage() -> None:
    made = results(with_another_subject, "The store is kept in memory.", "See Redis and `cache`.")
    assert made == {"Redis is kept in memory.", "`cache` is kept in memory."}
    for text in ("You can keep it in memory.", "Run this as it was.", "In short, it is kept."):
        assert "Redis" not in str(results(with_another_subject, text, "See Redis.")) or text.startswith("Run")
    assert results(with_another_subject, "You can keep it in memory.", "See Redis.") == {None}


def test_an_invention_says_of_the_subject_what_another_page_says_with_the_same_verb() -> None:
    assert results(invented, "The store is kept in memory.") == {"The store is a planet of ice"}
    assert results(invented, "The store was kept in memory.") == {None}


def test_the_site_is_read_from_its_sentences() -> None:
    passage = build_passage("The store of Redis is kept here. Call `run()`.")
    site = Elsewhere.of([TrueSentence("The store of Redis is kept here.", passage)])
    assert (site.names, site.code_spans) == (["Redis"], ["run()"])
    assert site.predicates == [(passage.document_id, "is kept here.")]
