import math

import pytest

from pipelines.evaluation.asking import Asked
from pipelines.evaluation.ranking import found_sections, measure_ranking
from pipelines.types import Source
from tests.support.evaluating import SECTIONS, answer, asked, question, source

INSTALL, UPGRADE = source(1, "start/#install", start=100), source(2, "start/#upgrade", start=300)
API = source(3, "api/")


def ranked(*passages: Source, urls: tuple[str, ...] = ("start#install", "start#upgrade")) -> Asked:
    return asked(question(urls=list(urls)), answer("x"), passages)


def test_the_measures_are_those_of_the_ranks_of_named_sections() -> None:
    measures = measure_ranking([ranked(API, INSTALL, API, UPGRADE)], SECTIONS)["q"]
    # Of two sections, one at the second and one (the other API passage being a passage of its own) at the fourth place.
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    assert measures == {
        "hit@8": 1.0,
        "recall@3": 0.5,
        "recall@8": 1.0,
        "ndcg@8": pytest.approx(gained / (1 + 1 / math.log2(3)), abs=1e-6),
        "mrr@8": 0.5,
    }


def test_a_section_counts_once() -> None:
    assert found_sections(ranked(INSTALL, API, INSTALL, UPGRADE), SECTIONS) == [
        "start#install", "passage 2", "start#upgrade",
    ]  # fmt: skip


def test_a_passage_counts_for_the_first_section_named() -> None:
    assert found_sections(ranked(INSTALL, urls=("start", "start#install")), SECTIONS) == ["start"]


def test_a_question_that_finds_nothing_has_zeros() -> None:
    for passages in ((API,), ()):
        assert set(measure_ranking([ranked(*passages)], SECTIONS)["q"].values()) == {0.0}


def test_questions_without_urls_and_failures_are_not_measured() -> None:
    failed = asked(question(urls=["start"]), None)
    assert measure_ranking([failed, asked(question(must=["x"]), answer("x"), [API])], SECTIONS) == {}
