"""Grouping of questions, with vectors made by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from pipelines.insights import QuestionClusterer, SectionPlace, group, sections_of
from storage_config.records.ids import new_id
from storage_config.records.insights import AskedQuestion, PageText
from tests.support.ingesting import HashedEmbedding

NOW = datetime(2026, 1, 5, tzinfo=UTC)


class TableEmbedding(HashedEmbedding):
    """The vectors that a test says."""

    _vectors: Mapping[str, list[float]] = PrivateAttr()

    def __init__(self, vectors: Mapping[str, list[float]]) -> None:
        super().__init__()
        self._vectors = vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        self._embedded.append(text)
        return self._vectors[text]


def _asked(text: str, asked: int = 1, refused: int = 0, days: int = 0) -> AskedQuestion:
    return AskedQuestion(text, asked, refused, NOW - timedelta(days=days))


def _two_topics() -> BaseEmbedding:
    """Two ports questions, three about prices, of which "price" lies in the middle; all share a large component."""
    return TableEmbedding(
        {
            "ports": [0.5, 1.0, 0.0, 0.1],
            "a port": [0.5, 1.0, 0.1, 0.0],
            "price": [0.5, -1.0, 0.0, 0.0],
            "costs": [0.5, -1.0, 0.3, 0.0],
            "fees": [0.5, -1.0, -0.4, 0.0],
        }
    )


async def test_questions_of_one_meaning_are_one_cluster() -> None:
    questions = [
        _asked("ports"),
        _asked("price", 2, 2),
        _asked("costs"),
        _asked("fees", days=3),
        _asked("a port", days=1),
    ]
    prices, ports = await QuestionClusterer(_two_topics()).cluster(questions)
    assert (prices.question, prices.examples) == ("price", ("costs", "fees"))
    assert (prices.questions, prices.asked, prices.refused, prices.last_asked) == (3, 4, 2, NOW)
    assert (ports.questions, ports.asked, ports.refused) == (2, 2, 0)


async def test_the_order_of_the_questions_does_not_matter() -> None:
    clusterer = QuestionClusterer(_two_topics())
    questions = [_asked(text) for text in ("ports", "price", "costs", "fees", "a port")]
    assert await clusterer.cluster(questions) == await clusterer.cluster(questions[::-1])


async def test_what_is_asked_most_leads_a_cluster_and_the_list() -> None:
    questions = [_asked("price"), _asked("costs", 50), _asked("fees"), _asked("ports", 60)]
    ports, prices = await QuestionClusterer(_two_topics()).cluster(questions)
    assert (ports.question, prices.question) == ("ports", "costs")


async def test_few_questions_and_none() -> None:
    model = _two_topics()
    assert await QuestionClusterer(model).cluster([]) == ()
    (alone,) = await QuestionClusterer(model).cluster([_asked("price")])
    assert (alone.question, alone.questions, alone.examples) == ("price", 1, ())


async def test_a_cluster_shows_some_examples() -> None:
    model = TableEmbedding({f"q{number}": [1.0, 0.0] for number in range(9)})
    (cluster,) = await QuestionClusterer(model).cluster([_asked(f"q{number}") for number in range(9)])
    assert (cluster.question, cluster.questions, cluster.examples) == ("q0", 9, ("q1", "q2", "q3", "q4", "q5"))


@pytest.mark.parametrize(
    ("threshold", "groups"),
    [
        (0.95, [[0], [1], [2], [3]]),
        (0.85, [[0, 1], [2], [3]]),
        (0.55, [[0, 1, 2], [3]]),  # 2 is at .6 on average from 0 and 1
        (0.65, [[0, 1], [2], [3]]),
        (-1.0, [[0, 1, 2, 3]]),
    ],
)
def test_groups_are_joined_by_their_average(threshold: float, groups: list[list[int]]) -> None:
    similarities = np.array(
        [[1, 0.9, 0.8, 0.1], [0.9, 1, 0.4, 0.2], [0.8, 0.4, 1, 0.3], [0.1, 0.2, 0.3, 1]], dtype=np.float32
    )
    before = similarities.copy()
    assert group(similarities, threshold) == groups
    assert (similarities == before).all()


def test_groups_of_nothing() -> None:
    assert group(np.zeros((0, 0), dtype=np.float32), 0.5) == []
    assert group(np.ones((1, 1), dtype=np.float32), 0.5) == [[0]]


def test_sections_of_a_page_are_named_as_its_passages_are() -> None:
    text = "# Ports\n\nIntro.\n\n## Opening\n\nOpen it.\n\n### Deep\n\nDown.\n\n## Empty\n"
    headings = [
        {"level": level, "text": name, "anchor": anchor, "start": text.index(line), "end": text.index(line) + len(line)}
        for level, name, anchor, line in (
            (1, "Ports", "ports", "# Ports"),
            (2, "Opening", "opening", "## Opening"),
            (3, "Deep", None, "### Deep"),
            (2, "Empty", "empty", "## Empty"),
        )
    ]
    url = "https://e.org/ports"
    assert list(sections_of(PageText(new_id(), url, "Ports", headings, text))) == [
        SectionPlace(url, "Ports", ()),
        SectionPlace(f"{url}#opening", "Ports", ("Opening",)),
        SectionPlace(f"{url}#opening", "Ports", ("Opening", "Deep")),
    ]
