"""Where an answer's text cites what: the `[n]` marks, for protocols that annotate spans of the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.types import Answer, Claim

_CODE = re.compile(
    r"^[^\n`~]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=fence)[ \t]*$|\Z)"  # a block, with its fences
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"\[(\d+)\]")
# A claim's span leaves out the marks that follow it, with or without punctuation between them.
_TRAILING_MARKS = re.compile(r"(?:[^\w\[\n]*(?:\n[^\w\[\n]*)?\[\d+\])*")


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A place that cites: `answer.text[start:end]` (code points) is the mark of `source`.

    Rows of a table share the mark behind it. Where the source is cited by a link instead, the place is the whole claim.
    """

    source: str
    start: int
    end: int


def find_citation_marks(answer: Answer) -> list[CitationMark]:
    """Every mark of the answer's claims in the order of the text; brackets inside code are none."""
    text = _CODE.sub(lambda code: "x" * len(code.group()), answer.text)
    claims = sorted(answer.claims, key=lambda claim: (claim.start, claim.end))
    marks = {mark: None for number, claim in enumerate(claims) for mark in _marks_of(claim, claims[number + 1 :], text)}
    return sorted(marks, key=lambda mark: (mark.start, mark.end))


def _marks_of(claim: Claim, following: Sequence[Claim], text: str) -> Iterator[CitationMark]:
    trailing = _TRAILING_MARKS.match(text, claim.end)
    end = trailing.end() if trailing else claim.end
    cited = _cited(claim)
    found = set()
    for mark in _MARK.finditer(text, claim.start, end):
        if mark.group(1) in cited:
            found.add(mark.group(1))
            yield CitationMark(mark.group(1), *mark.span())
    for source in sorted(cited - found):
        yield _shared_mark(claim, following, text, source) or CitationMark(source, claim.start, claim.end)


def _shared_mark(claim: Claim, following: Sequence[Claim], text: str, source: str) -> CitationMark | None:
    """The mark behind a table, a list or a piece of code, which is that of each of its rows."""
    at = text.find(f"[{source}]", claim.end)
    between = (one for one in following if one.start < at)
    if at < 0 or not all(source in _cited(one) for one in between):
        return None
    return CitationMark(source, at, at + len(source) + 2)


def _cited(claim: Claim) -> set[str]:
    return {citation.source for citation in claim.citations}
