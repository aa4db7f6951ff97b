"""From a stream of answer text to text, claims and their verdicts, under the corpus's grounding policy.

`flag` lets text through at once and tells the verdict behind it; `strict` holds each sentence until it is verified and
never lets an unsupported one out; `off` verifies nothing and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.claims import ClaimParser, DraftClaim
from pipelines.events import ClaimChecked, TextDelta
from pipelines.evidence import evidence_of, lex
from pipelines.grounding import ClaimToVerify, Verdict, Verifier
from pipelines.quotes import best_quote, is_verbatim
from pipelines.types import Claim, Passage

Policy = Literal["flag", "strict", "off"]
WITHHELD = "sentences_withheld"
# What `strict` does not let out. A sentence that nobody could judge has not passed.
_WITHHELD_STATUSES = ("unsupported", "not_evaluated")


@dataclass(slots=True)
class CheckedText:
    """What left the checker: the text so far, its claims by place, and the ids of the sources that it cites."""

    text: str = ""
    claims: list[Claim] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)
    flags: list[str] = field(default_factory=list)


class ClaimChecker:
    """Checks one answer. `passages[i]` is the source `str(i + 1)`; `quotes_only` answerers repeat them verbatim."""

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        verifier: Verifier,
        policy: Policy,
        language: str = "english",
        quotes_only: bool = False,
    ) -> None:
        self.checked = CheckedText()
        self._question = question
        self._passages = {str(number): passage for number, passage in enumerate(passages, 1)}
        self._verifier = verifier
        self._policy = policy
        self._language = language
        self._quotes_only = quotes_only
        urls = {passage.url: number for number, passage in reversed(self._passages.items())}
        self._parser = ClaimParser(self._passages.keys(), urls, language=language)
        self._parsed = ""
        self._released = 0  # how far of the parsed text left, or was withheld
        self._removed = 0  # code points withheld before that

    async def feed(self, delta: str) -> list[TextDelta | ClaimChecked]:
        """More of the answer; what of it may leave, with the claims that are complete."""
        return await self._take(self._parser.feed(delta))

    async def finish(self) -> list[TextDelta | ClaimChecked]:
        """The answer is complete: its rest, every claim checked."""
        events = await self._take(self._parser.finish())
        if self._policy == "strict":
            events += self._release(len(self._parsed))
        return events

    async def _take(self, pieces: Sequence[TextDelta | DraftClaim]) -> list[TextDelta | ClaimChecked]:
        events: list[TextDelta | ClaimChecked] = []
        for piece in pieces:
            if isinstance(piece, TextDelta):
                self._parsed += piece.text
                if self._policy != "strict":
                    events += self._release(len(self._parsed))
            else:
                events += await self._check(piece)
        return events

    async def _check(self, draft: DraftClaim) -> list[TextDelta | ClaimChecked]:
        verdict = await self._verdict(draft)
        if self._policy == "strict" and verdict.status in _WITHHELD_STATUSES:
            events: list[TextDelta | ClaimChecked] = [*self._release(draft.start)]
            self._withhold(draft)
            return events
        claim = self._claim(draft, verdict)
        events = [*(self._release(draft.tail) if self._policy == "strict" else ())]
        self.checked.claims.append(claim)
        self.checked.cited.update(draft.ids)
        return [*events, ClaimChecked(claim)]

    async def _verdict(self, draft: DraftClaim) -> Verdict:
        if not draft.checkable:
            return Verdict("not_checkable", None)
        if self._policy == "off":
            return Verdict("not_evaluated", None)
        cited = tuple(self._passages[number] for number in draft.ids)
        claim = ClaimToVerify(draft.text, cited or tuple(self._passages.values()), bool(cited), draft.kind)
        return (await self._verifier.verify([claim], self._question))[0]

    def _claim(self, draft: DraftClaim, verdict: Verdict) -> Claim:
        words = lex(draft.text, self._language).words
        cited = [(number, self._passages[number]) for number in draft.ids]
        quoting = self._quotes_only and verdict.status == "supported"
        verbatim = quoting or any(is_verbatim(words, evidence_of(p.text, self._language)) for _, p in cited)
        return Claim(
            start=draft.start - self._removed,
            end=draft.end - self._removed,
            status=verdict.status,
            score=verdict.score,
            verbatim=verbatim,
            citations=tuple(best_quote(draft.text, passage, number, self._language) for number, passage in cited),
        )

    def _release(self, end: int) -> list[TextDelta]:
        """Lets the parsed text out up to `end`."""
        text = self._parsed[self._released : end]
        self._released = max(self._released, end)
        self.checked.text += text
        return [TextDelta(text)] if text else []

    def _withhold(self, draft: DraftClaim) -> None:
        """Takes the sentence out, with its markers and the space behind it."""
        end = draft.tail
        while end < len(self._parsed) and self._parsed[end] == " ":
            end += 1
        self._removed += end - self._released
        self._released = end
        if WITHHELD not in self.checked.flags:
            self.checked.flags.append(WITHHELD)
