"""A claim and a passage that say the same word thousands of times cost no more than their length asks for."""

import asyncio
import itertools
import time

import pytest

from pipelines.grounding.evidence import evidence_of, lex
from pipelines.grounding.quotes import find_words, is_verbatim
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier
from tests.support.linear_time import measure_growth
from tests.support.passages import build_passage

FLOODS = (
    "1 ", "5 ms ", "-1 ", "1,000 ", "a ", "A ", "word ", "not ", "never ", "if ", "above ", "all some ", "and a ",
    "a, ", "`a` ", "`a.b` ", "(a) ", "3.1.", "中", "中 ", "'", "a. ", "Heron ", "x=1 ",
)  # fmt: skip
_TIMES = itertools.count()


@pytest.mark.parametrize("claim_end", ["", " other"])
@pytest.mark.parametrize("flood", FLOODS)
def test_verifying_is_linear(flood: str, claim_end: str) -> None:
    verifier = LexicalVerifier()

    def seconds(length: int) -> float:
        text = (flood * length)[:length] + f" {next(_TIMES)}"  # what is known already costs nothing
        claims = [ClaimToVerify(text + claim_end, (build_passage(text),))]
        began = time.process_time()
        asyncio.run(verifier.verify(claims, "what is a?"))
        return time.process_time() - began

    took, most = measure_growth(seconds, 2_000, 12_000)
    assert took <= most, f"{took:.2f} s, where {most:.2f} s is the most"


def test_runs_of_eleven_words_are_looked_at_once() -> None:
    def seconds(length: int) -> float:
        there = evidence_of(("aa " * 11 + "bb ") * (length // 12), "english")
        claim = lex("aa " * 5 + "cc " + ("aa " * 11 + "cc ") * (length // 12), "english")
        began = time.process_time()
        assert not is_verbatim(claim.words, there)
        return time.process_time() - began

    took, most = measure_growth(seconds, 6_000)
    assert took <= most
    there = evidence_of(("aa " * 11 + "bb ") * 500, "english")
    assert is_verbatim(lex("cc " + "aa " * 11 + "bb " + "aa cc " * 400, "english").words, there)


def test_words_are_found_among_the_same_words() -> None:
    there = evidence_of("bb " + "aa " * 5_000 + "cc", "english")
    assert find_words(lex("aa " * 4_000 + "cc", "english").words, there) == 1_001
    assert find_words(lex("aa " * 4_000 + "bb", "english").words, there) is None
    assert find_words(lex("aa cc", "english").words, there) == 5_000
