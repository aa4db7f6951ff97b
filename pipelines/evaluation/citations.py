"""Citation recall and precision as ALCE defines them (Gao et al. 2023, https://arxiv.org/abs/2305.14627, section 3).

A statement's recall is 1 where it cites something and its cited passages together carry it, else 0. A citation is
precise where its statement has recall 1 and it is needed: it carries the statement alone, or the others do not carry it
without it. ALCE asks an NLI model what carries what; here the corpus's own verifier is asked, so the figures judge an
answerer by it, and are no judgement of the verifier.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.grounding.verifier import ClaimToVerify, Verifier
from pipelines.text.sentences import SegmentKind
from pipelines.types import Answer, Claim, Passage, Source

CITATION_RECALL, CITATION_PRECISION = "citation_recall", "citation_precision"
_MARKER = re.compile(r"\[(\d{1,3})\]")
_CODE = re.compile(r"\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer that can be checked, with the passages that it cites."""

    text: str
    kind: SegmentKind
    cited: tuple[Passage, ...]


def statements_of(answer: Answer) -> list[Statement]:
    """The checkable claims of an answer; the markers behind a claim, up to the next one, are its citations."""
    sources = {source.id: passage_of(source) for source in answer.sources}
    claims = sorted(answer.claims, key=lambda claim: claim.start)
    ends = [*(claim.start for claim in claims[1:]), len(answer.text)]
    return [
        Statement(
            text=_MARKER.sub("", (text := answer.text[claim.start : claim.end])),
            kind="code" if _CODE.match(text) else "sentence",
            cited=tuple(sources[one] for one in _cited(answer, claim, end) if one in sources),
        )
        for claim, end in zip(claims, ends, strict=True)
        if claim.status != "not_checkable"
    ]


def _cited(answer: Answer, claim: Claim, end: int) -> list[str]:
    """The ids of its markers; a row of a table has those below the table, which its citations name."""
    markers = _MARKER.findall(answer.text[claim.start : end])
    return list(dict.fromkeys(markers or [citation.source for citation in claim.citations]))


async def measure_citations(answer: Answer, question: str, verifier: Verifier) -> dict[str, float]:
    """Both figures of one answer; empty where it claims nothing, and no precision where it cites nothing."""
    statements = statements_of(answer)
    if not statements:
        return {}
    recalled, precise, citations = 0, 0, 0
    for statement in statements:
        carried = await _carried(verifier, question, statement, [statement.cited])
        recalled += carried[0]
        citations += len(statement.cited)
        precise += await _precise(verifier, question, statement) if carried[0] else 0
    measured = {CITATION_RECALL: recalled / len(statements)}
    return measured | ({CITATION_PRECISION: precise / citations} if citations else {})


async def _precise(verifier: Verifier, question: str, statement: Statement) -> int:
    """How many citations of a carried statement are needed."""
    cited = statement.cited
    if len(cited) == 1:
        return 1
    others = [tuple(other for other in cited if other is not one) for one in cited]
    alone = await _carried(verifier, question, statement, [(one,) for one in cited])
    without = await _carried(verifier, question, statement, others)
    return sum(by_itself or not needless for by_itself, needless in zip(alone, without, strict=True))


async def _carried(
    verifier: Verifier, question: str, statement: Statement, passages: Sequence[tuple[Passage, ...]]
) -> list[bool]:
    if not all(passages):
        return [False for _ in passages]
    claims = [ClaimToVerify(statement.text, group, kind=statement.kind) for group in passages]
    return [verdict.status == "supported" for verdict in await verifier.verify(claims, question)]


def passage_of(source: Source) -> Passage:
    """The source as what a verifier reads: its text under its headings."""
    return Passage(
        node_id=source.id,
        document_id=source.document_id or "",
        uri=source.document_id or "",
        url=source.url,
        title=source.title,
        heading_path=source.heading_path,
        anchor=None,
        text=source.text,
        start=source.start,
        end=source.end,
        quality=source.quality,
        ordinal=0,
        bibliography=None,
        score=0.0,
        dense_score=0.0,
        bm25_score=0.0,
    )
