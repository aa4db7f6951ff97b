"""Compound claims: their clauses, the verdict on each, and a quote for each."""

import asyncio
import time

import pytest

from pipelines.grounding.clauses import clauses_of
from pipelines.grounding.quotes import best_quotes
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier, Verdict, read_weights
from tests.support.passages import build_passage

PAGE = (
    "Requests that take longer than 30 seconds are ended by the server. Plain text fills this place. "
    "The cache keeps every answer for two hours unless the page changes. Much else is said in between. "
    "Logs are written to the folder of the corpus."
)
PASSAGE = build_passage(PAGE)


def judge(claim: str) -> Verdict:
    return asyncio.run(LexicalVerifier().verify([ClaimToVerify(claim, (PASSAGE,))], ""))[0]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("The server ends long requests, and the cache keeps every answer.",
         ["The server ends long requests", "the cache keeps every answer."]),
        ("The server ends long requests; the cache keeps every answer.",
         ["The server ends long requests", "the cache keeps every answer."]),
        ("The server ends long requests but the cache keeps every answer.",
         ["The server ends long requests", "the cache keeps every answer."]),
        ("Requests, answers, and logs are kept.", ["Requests, answers, and logs are kept."]),
        ("The server ends long requests, and so on.", ["The server ends long requests, and so on."]),
        ("Yes; the cache keeps every answer.", ["Yes; the cache keeps every answer."]),
        ("", [""]),
    ],
)  # fmt: skip
def test_clauses(text: str, clauses: list[str]) -> None:
    assert clauses_of(text) == clauses


def test_there_are_never_many() -> None:
    assert len(clauses_of("; ".join(["the cache keeps every answer"] * 40))) == 6
    assert len(clauses_of("; ".join(["the cache keeps every answer"] * 500))) == 1


@pytest.mark.parametrize(
    "piece", ["; ", "a; ", "the cache keeps every answer; ", "`", "`a` ", "(`)))))))` ", "not if "]
)
def test_hostile_claims_take_time_linear_in_their_size(piece: str) -> None:
    """Eight times the size takes far less than the 64 times of a quadratic rule."""
    small, large = (_seconds((piece * size)[:size]) for size in (7_500, 60_000))
    assert large < 24 * max(small, 0.005), (small, large)


def _seconds(text: str) -> float:
    began = time.process_time()
    judge(text)
    return time.process_time() - began


def test_other_languages_join_in_their_own_words() -> None:
    text = "Der Server beendet lange Anfragen, und der Zwischenspeicher behält jede Antwort."
    assert len(clauses_of(text, "german")) == 2
    assert len(clauses_of(text, "russian")) == 1


ENDED = "Requests that take longer than 30 seconds are ended by the server"
KEPT = "the cache keeps every answer for two hours unless the page changes"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (f"{ENDED}, and {KEPT}.", "supported"),
        (f"{ENDED.replace('30', '90')}, and {KEPT}.", "unsupported"),
        (f"{ENDED}, and {KEPT.replace('unless', 'if')}.", "unsupported"),
        (f"{ENDED}; {KEPT.replace('keeps', 'never keeps')}.", "unsupported"),
        (f"{ENDED}, and penguins of the antarctic sing lullabies to whales.", "partial"),
        ("Penguins of the antarctic sing lullabies; zebras paint murals on quiet rooftops.", "unsupported"),
    ],
)
def test_each_clause_is_checked(claim: str, status: str) -> None:
    found = judge(claim)
    assert found.status == status, found
    if status == "partial":
        assert found.score is not None
        assert found.score < read_weights().supported_from


def test_each_clause_has_its_own_quote() -> None:
    claim = f"{ENDED.replace('are ended', 'get ended')}, while {KEPT.replace('keeps', 'holds')}."
    quotes = best_quotes(claim, [("1", PASSAGE)])
    assert [quote.quote for quote in quotes] == [
        "Requests that take longer than 30 seconds are ended by the server.",
        "The cache keeps every answer for two hours unless the page changes.",
    ]
    assert all(PAGE[quote.start - PASSAGE.start : quote.end - PASSAGE.start] == quote.quote for quote in quotes)


def test_each_cited_source_has_a_quote() -> None:
    other = build_passage("Nothing of this is said here. Whales are large.")
    claim = f"{ENDED.replace('are ended', 'get ended')}, while {KEPT.replace('keeps', 'holds')}."
    quotes = best_quotes(claim, [("1", PASSAGE), ("2", other)])
    assert [quote.source for quote in quotes] == ["1", "1", "2"]
    assert best_quotes(claim, []) == ()


def test_a_claim_that_stands_there_as_a_whole_has_one_quote() -> None:
    page = f"{ENDED}, and {KEPT}."
    (quote,) = best_quotes(page, [("1", build_passage(page))])
    assert quote.quote == page
