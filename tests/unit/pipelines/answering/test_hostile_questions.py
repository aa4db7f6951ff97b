"""A question of thousands of signs holds the server no longer than its length asks for."""

import itertools
import time

import pytest

from pipelines.answering.compared_sides import compared_sides
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.names_asked_for import has_option
from pipelines.answering.product import with_product
from pipelines.answering.question_kinds import question_kind
from pipelines.answering.refusal import RefusalModel
from pipelines.answering.sections import asks_for_section
from pipelines.answering.small_talk import without_small_talk
from pipelines.retrieval.condensing import local_queries
from pipelines.types import HistoryMessage, Question
from tests.support.linear_time import measure_growth
from tests.support.passages import build_passage

PASSAGES = [build_passage("Kestrel runs on port 8000. `max_glides`: how many glides. Default: `4`", title="Kestrel")]
MODEL = RefusalModel.from_file()
# What patterns repeat: words, names in parts, marks, blanks, and what joins things that are compared.
FLOODS = (
    "_aaa", "a_", "a-", "a.", "a/", "a:b ", "--a ", "-", ".", " ", "\t", "' ", "a'", "`", "`a` ", '"', '" ', "“ ", "( ",
    "A", "Aa", "a1", "1 ", "1.", "a, ", "a or ", "and ", "vs ", "the ", "what ", "which ", "how do ", "why ", "mean ",
    "if i ", "is ", "not ", "? ", "a? ", "中", "中 ", "Kestrel ", "default of ", "option ", "in a, ", "a: ", "[a](",
)  # fmt: skip
_TIMES = itertools.count()
OPENINGS = ("", '"', "what is the ", "difference between ", "how do I ")


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("flood", FLOODS)
def test_time_is_linear(flood: str, opening: str) -> None:
    def seconds(length: int) -> float:
        text = f"{opening}{flood * length}"[:length] + f" x{next(_TIMES)}"  # what is known already costs nothing
        began = time.process_time()
        _look_at(text)
        return time.process_time() - began

    took, most = measure_growth(seconds, 800, 3_990)
    assert took <= most, f"{took:.2f} s, where {most:.2f} s is the most"


def _look_at(text: str) -> None:
    """All that is decided by a question's own words, as a first question and as one that was asked before."""
    for asked in (Question(text), Question("and its default?", (HistoryMessage("user", text),))):
        question_kind(asked.text)
        compared_sides(asked.text)
        without_small_talk(asked)
        with_product(asked.text, "Kestrel")
        queries = tuple((query.text, query.weight) for query in local_queries(asked))
        asks_for_section(asked.text, PASSAGES, "english")
        has_option(asked.text, PASSAGES)
        MODEL.probability(queries, PASSAGES)
        ExtractiveAnswerer().quotes(asked, PASSAGES)


@pytest.mark.parametrize("flood", ["- a\n", "1. a\n2. b\n", "| a | b |\n", "a: b\n\n", "- `a`: b\n", "```\na\n```\n"])
def test_a_selection_of_thousands_of_items_is_quoted_in_linear_time(flood: str) -> None:
    def seconds(length: int) -> float:
        page = build_passage((flood * length)[:length] + f"z{next(_TIMES)}", title="Selection")
        began = time.process_time()
        ExtractiveAnswerer().quotes(Question("What is a?"), [page])
        return time.process_time() - began

    took, most = measure_growth(seconds, 3_000, 12_000)
    assert took <= most, f"{took:.2f} s, where {most:.2f} s is the most"
