"""The calibrated score of refusal and the closest sections."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answering.names_asked_for import has_option
from pipelines.answering.refusal import (
    ANY_EMBEDDING,
    WEIGHTS_FILE,
    RefusalModel,
    closest_sections,
    logistic,
    refusal_features,
)
from pipelines.answering.sentence_ranking import READ_PASSAGES, rank_units
from pipelines.types import Passage
from tests.support.passages import build_passage

QUESTION = (("Which Python does the server need?", 1.0),)
GOOD = [
    build_passage("The server needs Python 3.11.", title="Install the server", dense=0.72, bm25=14.0),
    build_passage("The server logs to a file.", title="Logs", dense=0.4, bm25=5.0),
]
BAD = [
    build_passage("Bread needs time.", title="Bread", dense=0.12, bm25=1.5),
    build_passage("Salt keeps it fresh.", title="Salt", dense=0.11, bm25=0.0),
]


@pytest.mark.parametrize("embedding", ["local/minilm", "cohere/embed-v4.0"])
def test_an_answer_is_likelier_than_none(embedding: str) -> None:
    model = RefusalModel.from_file(embedding=embedding)
    assert model.probability(QUESTION, GOOD) > 0.8
    assert model.probability(QUESTION, BAD) < 0.1


def test_without_passages_nothing_is_answerable() -> None:
    assert RefusalModel.from_file().probability(QUESTION, []) == 0.0


def test_passages_without_any_words_are_judged_too() -> None:
    empty = [build_passage("## Only a heading\n", dense=0.0, bm25=0.0)]
    assert 0 <= RefusalModel.from_file().probability(QUESTION, empty) < 0.2


def test_an_unmeasured_embedding_is_judged_without_its_cosines() -> None:
    model = RefusalModel.from_file(embedding="cohere/embed-v4.0")
    shifted = [build_passage(p.text, title=p.title, dense=p.dense_score / 2, bm25=p.bm25_score) for p in GOOD]
    assert model.probability(QUESTION, shifted) == model.probability(QUESTION, GOOD)
    assert model == RefusalModel.from_file(embedding=ANY_EMBEDDING)


def test_fused_and_reranked_scores_do_not_matter() -> None:
    model = RefusalModel.from_file()
    scaled = [
        build_passage(p.text, title=p.title, score=p.score / 100, dense=p.dense_score, bm25=p.bm25_score) for p in GOOD
    ]
    assert model.probability(QUESTION, scaled) == pytest.approx(model.probability(QUESTION, GOOD))


def test_an_earlier_turn_never_makes_a_question_worse() -> None:
    model = RefusalModel.from_file()
    assert model.probability((*QUESTION, ("Tell me about sourdough", 0.2)), GOOD) >= model.probability(QUESTION, GOOD)


def test_a_few_words_are_judged_together_with_the_turn_before() -> None:
    model = RefusalModel.from_file()
    short = (("And which one?", 1.0),)
    assert model.probability((*short, (QUESTION[0][0], 0.2)), GOOD) > model.probability(short, GOOD)


def test_passages_beyond_those_read_do_not_matter() -> None:
    model = RefusalModel.from_file()
    many = [
        *GOOD,
        *(build_passage("Filler text here.", title=f"F{n}", dense=0.1, bm25=0.1) for n in range(READ_PASSAGES)),
    ]
    more = [*many, build_passage("One more passage.", title="More", dense=0.9, bm25=40.0)]
    assert model.probability(QUESTION, more) == model.probability(QUESTION, many)


def test_features_are_those_that_the_weights_name() -> None:
    features = refusal_features(rank_units(QUESTION, GOOD), GOOD)
    for variant in json.loads(WEIGHTS_FILE.read_text())["variants"].values():
        assert set(variant["weights"]) <= set(features)
    assert features["share_in_passage"] == pytest.approx(1.0)
    assert features["dense_best"] == 0.72
    assert features["mass_missing"] == 0.0
    assert features["names"] == 1.0


def test_names_that_the_passage_lacks_count() -> None:
    asked = (("Does the server need Windows or Python?", 1.0),)
    assert refusal_features(rank_units(asked, GOOD), GOOD)["names"] == 0.5


def test_weights_come_from_the_file_given(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"variants": {ANY_EMBEDDING: {"intercept": 0.0, "weights": {"dense_best": 0.0}}}}))
    assert RefusalModel.from_file(path=path).probability(QUESTION, GOOD) == 0.5


def test_the_file_says_where_it_comes_from_and_what_it_reaches() -> None:
    provenance = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["provenance"]
    assert "SQuAD" in provenance["data"]
    reached = provenance["cross_validated"]["local/minilm"]
    assert reached["out of scope"]["refused at 5 % false refusals"] >= 0.95
    assert set(reached) >= {"out of scope", "natural near misses", "adversarial near misses"}


def test_logistic_does_not_overflow() -> None:
    assert (logistic(-1e4), logistic(0.0), logistic(1e4)) == (0.0, 0.5, 1.0)


def test_closest_sections_are_distinct_in_order_and_few() -> None:
    passages = [
        build_passage("One.", title="A", heading="Setup"),
        build_passage("Two.", title="A", heading="Setup"),
        build_passage("Three.", title="A", heading="Use"),
        build_passage("Four.", title="B"),
        build_passage("Five.", title="C"),
    ]
    found = closest_sections(passages)
    assert [(one.title, one.heading_path, one.url) for one in found] == [
        ("A", ("Setup",), "https://docs.example/a#setup"),
        ("A", ("Use",), "https://docs.example/a#use"),
        ("B", (), "https://docs.example/b"),
    ]
    assert closest_sections([]) == ()


ENTRY = [
    build_passage("#### `crlf` (Boolean)\n\nDefault: `false`\n\nEnds lines with `\\r\\n`.", dense=0.45, bm25=6.0),
    build_passage("Kestrel writes to a file and then says so in a log.", title="Kestrel", dense=0.25, bm25=2.0),
    build_passage("Kestrel is set up by a file of its own.", title="Kestrel", dense=0.25, bm25=2.0),
]
LISTED = [
    build_passage("Optional:\n\n* `tomlkit` - Required for files.\n* `pyzmq` - Required for queues.", dense=0.2),
    build_passage("Kestrel is set up by a file of its own.", title="Kestrel", dense=0.2, bm25=2.0),
]


@pytest.mark.parametrize(
    ("question", "passages", "has"),
    [
        ("what happens when I set crlf to true", ENTRY, True),
        ("What is pyzmq needed for?", LISTED, True),
        ("What is pyzmq in protobuf needed for?", LISTED, False),  # another rare word that nothing says
        ("does kestrel cost much", ENTRY, False),  # the product itself
        ("how do I install pyzmq on Windows", LISTED, False),
        ("what happens when I set files to true", LISTED, False),
    ],
)
def test_what_has_an_entry_of_its_own_is_answered_in_however_few_words(
    question: str, passages: list[Passage], has: bool
) -> None:
    passages = (
        [replace(passages[0], heading_path=("`crlf` (Boolean)",)), *passages[1:]] if passages is ENTRY else passages
    )
    probability = RefusalModel.from_file().probability(((question, 1.0),), passages)
    assert (probability >= 0.5) == has, probability


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("what is the unique option", True),
        ("unique default", True),
        ("what is the default unique?", True),
        ("which values can unique have", True),
        ("what values does `unique` take", True),
        ("what is the lasting option", False),
        ("is it unique", False),
        ("unique opportunities for a career", False),
    ],
)
def test_an_option_with_an_ordinary_name_is_told_by_its_entry(question: str, listed: bool) -> None:
    table = "| Option | Default |\n| --- | --- |\n| `unique` | `false` |\n| `ttl` | `60` |"
    passages = [build_passage(table, dense=0.1, bm25=1.0), build_passage("Whatever else.", title="B", dense=0.1)]
    assert has_option(question, passages) is listed
    assert (RefusalModel.from_file().probability(((question, 1.0),), passages) >= 0.5) is listed


def test_code_without_a_word_of_the_question_is_judged_by_the_sentences_beside_it() -> None:
    text = "The last parameter of a route can be left out.\n\n```js\nget('/posts/:id?', one => one)\n```\n"
    passages = [build_passage(text, title="Routes", heading="Optional parameter of a route")]
    ranking = rank_units((("show me code for an optional parameter of a route", 1.0),), passages)
    assert ranking.units[0].unit.kind == "code"
    assert refusal_features(ranking, passages)["share_in_sentence"] > 0
