"""A question made ready: the weights of its words, and which of them units hold."""

import pytest

from pipelines.answering.ready_question import ReadyQuestion, with_meant
from pipelines.text.quotable import quotable_units
from pipelines.text.words import Words


def ask(question: str, *passages: str) -> ReadyQuestion:
    units = [quotable_units(text, "english") for text in passages]
    return ReadyQuestion.of(((question, 1.0),), units, "english", ())


def test_units_hold_what_of_them_is_asked_for() -> None:
    asked = ask("Which quota has the server?", "The server starts. The quota is monthly.", "Nothing else.")
    quota, server = Words("english").stems("quota server")
    assert asked.held == [[{server}, {quota}], [set()]]


def test_a_word_that_few_units_hold_weighs_more() -> None:
    asked = ask("Which quota has the server?", "The server starts. The server stops. The quota is monthly.")
    quota, server = Words("english").stems("quota server")
    assert asked.weights[quota] > asked.weights[server] > 0


def test_shares_of_a_question_are_by_rarity_in_general_text() -> None:
    asked = ask("Which quota has the server?", "The quota is monthly.")
    quota, server = Words("english").stems("quota server")
    assert asked.general_share({quota, server}) == pytest.approx(1.0)
    assert asked.general_share({quota}) + asked.general_share({server}) == pytest.approx(1.0)
    assert asked.general_share(frozenset()) == 0.0


def test_other_words_stand_for_those_of_the_question() -> None:
    assert with_meant({7: 1}, {7, 3}) == {7, 3, 1}
    assert with_meant({}, {3}) == {3}


def test_what_the_point_of_a_thing_is_asks_for_the_thing() -> None:
    asked = ReadyQuestion.of((("what's the point of is_eager", 1.0),), [], "english", ())
    assert set(asked.general) == set(Words("english").stems("is_eager"))
    curve = ReadyQuestion.of((("what is the highest point of the curve", 1.0),), [], "english", ())
    assert set(Words("english").stems("point")) <= set(curve.general)


def test_a_page_that_says_what_the_idea_is_is_asked_for_it() -> None:
    assert set(Words("english").stems("idea")) <= set(
        ask("what's the idea behind middleware?", "The idea behind middleware is that code is shared.").general
    )
