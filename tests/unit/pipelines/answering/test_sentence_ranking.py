"""The ranking of sentences: words, their rarity, neighbours, headings, kinds, passages."""

import pytest

from pipelines.answering.sentence_ranking import READ_PASSAGES, rank_units
from tests.support.passages import build_passage


def best(question: str, *texts: str, headings: tuple[str, ...] = ()) -> str:
    passages = [
        build_passage(text, title=f"Page {n}", heading=headings[n] if headings else "") for n, text in enumerate(texts)
    ]
    return rank_units(((question, 1.0),), passages).units[0].unit.text


def test_rare_words_weigh_more_than_frequent_ones() -> None:
    text = "The server starts. The server stops. The server logs. The quota is monthly. The server waits."
    assert best("Which quota has the server?", text) == "The quota is monthly."


def test_the_kind_asked_for_decides_between_equals() -> None:
    text = "The war began with a quarrel of princes. The war began in October 1973."
    assert best("When did the war begin?", text) == "The war began in October 1973."


def test_words_of_the_sentence_before_count_a_little() -> None:
    text = "Nothing is known here. The cache keeps pages. It lasts ten minutes. Pages are long."
    ranking = rank_units((("How long does the cache keep pages?", 1.0),), [build_passage(text)])
    by_text = {one.unit.text: one for one in ranking.units}
    assert by_text["It lasts ten minutes."].context > 0
    assert by_text["It lasts ten minutes."].score > by_text["Nothing is known here."].score


def test_heading_counts_for_its_section() -> None:
    about, other = "Only few values change over time here.", "Only few people change over time here."
    assert best("When should I use Redux?", other, about, headings=("Other things", "When to use Redux")) == about


def test_sections_beside_the_matter_come_last() -> None:
    text = "Explain what a topic is in the graph."
    assert best("What is a topic?", text, text + " ", headings=("Learning Objectives", "Topics")) == text
    ranking = rank_units(
        (("What is a topic?", 1.0),),
        [build_passage(text, heading="Learning Objectives"), build_passage(text, title="Other", heading="Topics")],
    )
    assert ranking.units[0].passage == 1


def test_passage_score_is_relative_so_that_its_scale_does_not_matter() -> None:
    def order(scale: float) -> list[tuple[int, int]]:
        passages = [build_passage("The port is 8000. Logs go to a file.", score=0.9 * scale)]
        passages += [build_passage("The port is 9000. It is fixed.", title="Old", score=0.5 * scale)]
        return [(one.passage, one.unit.start) for one in rank_units((("Which port?", 1.0),), passages).units]

    assert order(1.0) == order(0.01)
    assert order(1.0)[0] == (0, 0)


def test_only_the_first_passages_are_read() -> None:
    passages = [build_passage(f"Number {n} says little.", title=f"P{n}") for n in range(READ_PASSAGES + 3)]
    assert {one.passage for one in rank_units((("Number?", 1.0),), passages).units} == set(range(READ_PASSAGES))


def test_further_queries_weigh_less() -> None:
    passages = [build_passage("Pods restart often. Volumes cost ten euros.")]
    ranking = rank_units((("What do they cost?", 1.0), ("What are pods and volumes?", 0.2)), passages)
    assert ranking.units[0].unit.text == "Volumes cost ten euros."
    weights = sorted(ranking.weights.values())
    assert weights[0] < weights[-1] * 0.3


@pytest.mark.parametrize("question", ["", "???", "of the"])
def test_a_question_without_words_ranks_by_place(question: str) -> None:
    ranking = rank_units(((question, 1.0),), [build_passage("One sentence here. Another sentence here.")])
    assert ranking.units[0].unit.start == 0
    assert ranking.units[0].coverage == 0


def test_no_passages_no_units() -> None:
    assert rank_units((("What?", 1.0),), []).units == ()


def test_a_property_of_a_thing_is_asked_for_and_no_definition() -> None:
    def kind(question: str) -> str:
        return rank_units(((question, 1.0),), [build_passage("A store is an object. It holds state.")]).kind

    assert kind("what is the second argument of createStore") == "other"
    assert kind("What is a store?") == "definition"


def test_what_holds_a_value_leads_where_a_value_is_asked_for() -> None:
    text = "The retry limit of jobs is a limit for jobs that are retried. Jobs are retried 5 times."
    assert best("How many times are jobs retried?", text) == "Jobs are retried 5 times."
