"""From a stream of answer text to text, claims and their verdicts, under the corpus's grounding policy.

`flag` lets text through at once and tells the verdict behind it, that of a slow verifier at the end of the answer;
`strict` holds each sentence until it is verified and never lets an unsupported one out; `off` verifies nothing and
says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.events import ClaimChecked, TextDelta
from pipelines.grounding.claims import ClaimParser, DraftClaim
from pipelines.grounding.evidence import evidence_of, lex
from pipelines.grounding.off_question import is_off_question
from pipelines.grounding.quotes import best_quote, best_quotes, is_verbatim
from pipelines.grounding.verifier import NOT_CHECKABLE, NOT_EVALUATED, ClaimToVerify, Verdict, Verifier, rarity_of
from pipelines.tracing import stage
from pipelines.types import Citation, Claim, Passage, Usage
from pipelines.usage import add_usage
from storage_config.vocabulary import GroundingPolicy

WITHHELD = "sentences_withheld"
# A verifier failed on some sentence: what it did not judge must not look as if it had passed.
NOT_EVALUATED_FLAG = "claims_not_evaluated"
# What the passages carry of the answer speaks of something else than was asked.
OFF_QUESTION = "off_question"
# What `strict` does not let out. A sentence that nobody could judge has not passed.
_WITHHELD_STATUSES = ("unsupported", "not_evaluated")


@dataclass(slots=True)
class CheckedText:
    """What left the checker: the text so far, its claims by place, and the ids of the sources that it cites."""

    text: str = ""
    claims: list[Claim] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)
    flags: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)  # of the verifier's vendor


class ClaimChecker:
    """Checks one answer. `passages[i]` is the source `str(i + 1)`; `quotes_only` answerers repeat them verbatim."""

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        verifier: Verifier,
        policy: GroundingPolicy,
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
        self._held = ""  # `strict`: parsed text that has not left yet
        self._held_from = 0  # where it begins in the parsed text
        self._owed = ""  # `strict`: the beginning of a block whose first sentences were withheld
        self._late: list[tuple[int, DraftClaim]] = []  # claims by place, for a verifier that is not waited for

    async def feed(self, delta: str) -> list[TextDelta | ClaimChecked]:
        """More of the answer; what of it may leave, with the claims that are complete."""
        return await self._take(self._parser.feed(delta))

    async def finish(self) -> list[TextDelta | ClaimChecked]:
        """The answer is complete: its rest, every claim checked. Claims that had to wait are told once more."""
        events = await self._take(self._parser.finish())
        if self._held and (self._held.strip() or WITHHELD not in self.checked.flags):
            events += self._release(self._held)
        events += await self._verify_late()
        if self._policy != "off" and any(claim.status == "not_evaluated" for claim in self.checked.claims):
            self._flag(NOT_EVALUATED_FLAG)
        if self._is_off_question():
            self._flag(OFF_QUESTION)
        return events

    def _is_off_question(self) -> bool:
        """Whether all that is supported answers another question. What quotes was chosen for its question already."""
        supported = [claim for claim in self.checked.claims if claim.status == "supported"]
        if self._quotes_only or not supported:
            return False
        said = [self.checked.text[claim.start : claim.end] for claim in supported]
        said += [citation.quote for claim in supported for citation in claim.citations]
        cited = {citation.source for claim in supported for citation in claim.citations}
        said += [_headings(self._passages[number]) for number in sorted(cited)]
        language = self._language
        # Made only if they are looked at.
        spoken = (lex(text, language) for text in said)
        found = (
            lexed
            for passage in self._passages.values()
            for lexed in (evidence_of(passage.text, language), lex(_headings(passage), language))
        )
        return is_off_question(lex(self._question, language), spoken, found, rarity=rarity_of(language))

    def _flag(self, flag: str) -> None:
        if flag not in self.checked.flags:
            self.checked.flags.append(flag)

    async def _take(self, pieces: Sequence[TextDelta | DraftClaim]) -> list[TextDelta | ClaimChecked]:
        events: list[TextDelta | ClaimChecked] = []
        for piece in pieces:
            if isinstance(piece, DraftClaim):
                events += await self._check(piece)
            elif self._policy == "strict":
                self._held += piece.text
            else:
                events += self._release(piece.text)
        return events

    async def _check(self, draft: DraftClaim) -> list[TextDelta | ClaimChecked]:
        events: list[TextDelta | ClaimChecked] = []
        if self._policy == "flag" and self._verifier.slow and draft.checkable:
            self._late.append((len(self.checked.claims), draft))
            verdict = NOT_EVALUATED
        else:
            verdict = (await self._verdicts([draft]))[0]
        if self._policy == "strict":
            withheld = verdict.status in _WITHHELD_STATUSES
            draft, events = self._let_out(draft, withheld=withheld)
            if withheld:
                self._flag(WITHHELD)
                if verdict.status == "not_evaluated":
                    self._flag(NOT_EVALUATED_FLAG)
                return events
        claim = self._claim(draft, verdict)
        self.checked.claims.append(claim)
        self.checked.cited.update(draft.ids)
        return [*events, ClaimChecked(claim)]

    async def _verify_late(self) -> list[TextDelta | ClaimChecked]:
        if not self._late:
            return []
        verdicts = await self._verdicts([draft for _, draft in self._late])
        events: list[TextDelta | ClaimChecked] = []
        for (place, draft), verdict in zip(self._late, verdicts, strict=True):
            self.checked.claims[place] = self._claim(draft, verdict)
            events.append(ClaimChecked(self.checked.claims[place]))
        return events

    async def _verdicts(self, drafts: Sequence[DraftClaim]) -> list[Verdict]:
        if self._policy == "off":
            return [NOT_EVALUATED if draft.checkable else NOT_CHECKABLE for draft in drafts]
        checkable = [self._to_verify(draft) for draft in drafts if draft.checkable]
        if not checkable:
            return [NOT_CHECKABLE] * len(drafts)
        with stage("verify", **{"footnoted.claims": len(checkable)}):
            verdicts = await self._verifier.verify(checkable, self._question)
        for verdict in verdicts:
            self.checked.usage = add_usage(self.checked.usage, verdict.usage)
        found = iter(verdicts)
        return [next(found) if draft.checkable else NOT_CHECKABLE for draft in drafts]

    def _to_verify(self, draft: DraftClaim) -> ClaimToVerify:
        cited = tuple(self._passages[number] for number in draft.ids)
        return ClaimToVerify(draft.text, cited or tuple(self._passages.values()), bool(cited), draft.kind)

    def _claim(self, draft: DraftClaim, verdict: Verdict) -> Claim:
        cited = [(number, self._passages[number]) for number in draft.ids]
        verbatim = (self._quotes_only and verdict.status == "supported") or self._repeats(draft, cited)
        return Claim(
            start=draft.start,
            end=draft.end,
            status=verdict.status,
            score=verdict.score,
            verbatim=verbatim,
            citations=self._quotes(draft, cited),
        )

    def _repeats(self, draft: DraftClaim, cited: Sequence[tuple[str, Passage]]) -> bool:
        words = lex(draft.text, self._language).words
        return any(is_verbatim(words, evidence_of(passage.text, self._language)) for _, passage in cited)

    def _quotes(self, draft: DraftClaim, cited: Sequence[tuple[str, Passage]]) -> tuple[Citation, ...]:
        if draft.kind == "sentence" and not self._quotes_only:
            return best_quotes(draft.text, cited, self._language)
        return tuple(best_quote(draft.text, passage, number, self._language) for number, passage in cited)

    def _release(self, text: str) -> list[TextDelta | ClaimChecked]:
        self.checked.text += text
        return [TextDelta(text)] if text else []

    def _let_out(self, draft: DraftClaim, *, withheld: bool) -> tuple[DraftClaim, list[TextDelta | ClaimChecked]]:
        """Lets a sentence out of what is held, or takes it out; the sentence with its place in what left.

        A sentence goes with its markers and the gap before it, code with its fences. When the first sentence of a list
        item or paragraph goes, the next one of the same block inherits the gap: it must not join the block before.
        """
        start, tail = draft.start - self._held_from, draft.tail - self._held_from
        gap, body = self._held[:start], self._held[start:tail]
        self._held, self._held_from = self._held[tail:], draft.tail
        opens_block = "\n" in gap or not self.checked.text
        if withheld:
            kept = "" if draft.kind == "code" else _whole_lines(gap)
            if draft.kind == "code":
                self._owed = ""
            elif opens_block and not (self._owed and "\n" not in gap):
                self._owed = gap[len(kept) :]
            return draft, self._release(kept)
        if self._owed and "\n" not in gap:
            gap = self._owed
        self._owed = ""
        if not self.checked.text and WITHHELD in self.checked.flags:
            gap = gap.lstrip()
        moved = len(self.checked.text) + len(gap) - draft.start
        events = self._release(gap + body)
        return replace(draft, start=draft.start + moved, end=draft.end + moved, tail=draft.tail + moved), events


def _headings(passage: Passage) -> str:
    return " ".join((passage.title, *passage.heading_path))


def _whole_lines(gap: str) -> str:
    """The lines of a gap that claim nothing and begin nothing: a rule, the line under a table's head."""
    return gap[: gap.rfind("\n") + 1].rstrip()
