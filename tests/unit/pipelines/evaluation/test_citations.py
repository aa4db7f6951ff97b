from collections.abc import Sequence

import pytest

from pipelines.evaluation.citations import measure_citations, statements_of
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier, Verdict
from pipelines.types import Answer, Claim, Source, Usage
from storage_config.vocabulary import ClaimStatus
from tests.support.evaluating import source


class WordsVerifier:
    """A claim is carried by passages that have all of its words between them."""

    slow = False
    weights_hash = "words"

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        return [Verdict("supported" if self.carries(claim) else "unsupported", None) for claim in claims]

    def carries(self, claim: ClaimToVerify) -> bool:
        words = {word for passage in claim.passages for word in passage.text.split()}
        return set(claim.text.strip(". ").split()) <= words


def said(*claims: tuple[str, str, ClaimStatus], sources: Sequence[Source]) -> Answer:
    text, made = "", []
    for words, markers, status in claims:
        made.append(Claim(len(text), len(text) + len(words), status, None, False, ()))
        text += f"{words} {markers} "
    return Answer(
        status="answered", text=text, claims=tuple(made), sources=tuple(sources), closest=(), flags=(), model="m",
        usage=Usage(), timings={},
    )  # fmt: skip


SOURCES = [source(1, text="a b"), source(2, text="c d"), source(3, text="a b c")]


@pytest.mark.parametrize(
    ("claims", "recall", "precision"),
    [
        ([("a b", "[1]")], 1.0, 1.0),
        ([("a x", "[1]")], 0.0, 0.0),  # not carried: its citation is no good either
        ([("a b", "")], 0.0, None),
        ([("a c", "[1][2]")], 1.0, 1.0),  # each is needed
        ([("a b", "[1][2]")], 1.0, 0.5),  # the second is not
        ([("a b", "[1] [3]")], 1.0, 1.0),  # each carries it alone
        ([("a b", "[1]"), ("c x", "[2]"), ("d", "")], 1 / 3, 0.5),
        ([("a b", "[1][1]")], 1.0, 1.0),
        ([("a b", "[9]")], 0.0, None),  # a marker of no source
    ],
)
async def test_recall_and_precision_are_alces(
    claims: list[tuple[str, str]], recall: float, precision: float | None
) -> None:
    answer = said(*((text, markers, "supported") for text, markers in claims), sources=SOURCES)
    measured = await measure_citations(answer, "?", WordsVerifier())
    assert measured["citation_recall"] == pytest.approx(recall)
    assert measured.get("citation_precision") == (None if precision is None else pytest.approx(precision))


async def test_what_claims_nothing_is_left_out() -> None:
    answer = said(("Hello", "", "not_checkable"), sources=SOURCES)
    assert await measure_citations(answer, "?", WordsVerifier()) == {}
    answer = said(("Hello", "", "not_checkable"), ("a b", "[1]", "supported"), sources=SOURCES)
    assert await measure_citations(answer, "?", WordsVerifier()) == {"citation_recall": 1.0, "citation_precision": 1.0}


async def test_code_is_judged_as_code() -> None:
    text = "```\nrun --all\n```"
    answer = said((text, "[1]", "supported"), sources=[source(1, text="Type `x`:\n\n```\nrun --all\n```")])
    assert [one.kind for one in statements_of(answer)] == ["code"]
    assert (await measure_citations(answer, "?", LexicalVerifier()))["citation_recall"] == 1.0
