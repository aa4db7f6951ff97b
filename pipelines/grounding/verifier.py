"""Verification of claims against the passages they cite: one interface, and the verifier that needs no model.

A claim is `supported` when its cited passages carry it: word for word, or by a calibrated score, and then only with no
number, date or name that they lack. A near copy that changes a number, a name or a negation is `unsupported`, however
alike it looks. A claim that cites nothing is compared with all passages and is `partial` at most: the answer's content
is in the sources, but the reader is not told where. `not_evaluated` is never shown as a pass.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pipelines.grounding.claims import is_checkable
from pipelines.grounding.clauses import clauses_of
from pipelines.grounding.contradictions import CLAUSE_COPY, contradiction
from pipelines.grounding.evidence import Evidence, Lexed, evidence_of, lex
from pipelines.grounding.lexical_features import (
    FITTED,
    Features,
    Rarity,
    measure,
    missing_code,
    missing_names,
    missing_numbers,
    squeezed,
)
from pipelines.grounding.measures import changed_measures
from pipelines.grounding.polarity import polarity_of
from pipelines.grounding.quotes import find_words
from pipelines.languages.known import language_of
from pipelines.text.sentences import SegmentKind
from pipelines.types import Passage, Usage
from storage_config.vocabulary import ClaimStatus

WEIGHTS = Path(__file__).with_name("lexical_weights.json")
RARITIES = Path(__file__).with_name("word_rarities.json")


# What a word-for-word copy is worth, and a near copy with a changed number, name or negation.
CONTAINED_SCORE = 0.99
# What may stand before and behind a slice that is a whole: "5 %" is not in "-5 %", "3" not in "3.11".
_OPENS = ("", " ", "\n", "\t", "*", "_", '"', "“", "«", "(", "|", ">")
_CLOSES = ("", " ", "\n", "\t", "*", "_", '"', "”", "»", ")", "|", "!", "?", ";")
CONTRADICTED_SCORE = 0.05
# A claim speaks of something else when so much of it stands in no passage.
_FOREIGN_SHARE = 0.9
# Of a pair of characters that is not listed, where words stand in one run: a word is several of them.
PAIR_RARITY = 4.0
# Of words that a question asks with, and of pairs of hiragana: they are endings and particles.
_ASKING_RARITY, _HIRAGANA_RARITY = 0.5, 0.5
_HIRAGANA = [chr(point) for point in range(0x3041, 0x3094)]
_DECORATION = re.compile(
    r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+|\s*\[\d{1,3}\]"
    r"|\s*\(?\b(?:in |to |from |see |ref:? )?(?:passage|source|excerpt)s? \d{1,2}(?:(?:,|,? and| or) \d{1,2})*\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ClaimToVerify:
    """A claim with the passages it rests on: those it cites, or all that were retrieved when it cites none."""

    text: str
    passages: tuple[Passage, ...]
    cited: bool = True
    kind: SegmentKind = "sentence"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the calibrated probability that the passages carry the claim; None where nothing was evaluated."""

    status: ClaimStatus
    score: float | None
    reason: str = ""  # for logs and tests: what kept a claim from being supported
    usage: Usage = field(default_factory=Usage)  # of the vendor that was asked


NOT_CHECKABLE = Verdict("not_checkable", None)
NOT_EVALUATED = Verdict("not_evaluated", None)


class Verifier(Protocol):
    """Says of each claim whether its passages carry it.

    `slow` verifiers wait for something outside this process: in `flag` they may update a claim after it was sent.
    `weights_hash` names what judges, so that a recorded answer can say which it was.
    """

    slow: bool
    weights_hash: str

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        """One verdict a claim, in order. Never raises for what a model or a vendor did: that is `not_evaluated`."""
        ...


@dataclass(frozen=True, slots=True)
class LexicalWeights:
    """A fitted regression: probability of being unsupported = 1 / (1 + exp(-(bias + weights · features)))."""

    bias: float
    weights: tuple[float, ...]
    supported_from: float  # least score of a supported claim
    partial_from: float  # least score of a partial one
    words_by_rarity: Mapping[float, str]
    rarity_default: float
    digest: str = ""  # of the file that they come from

    def score(self, features: Features) -> float:
        """The probability that the passages carry the claim."""
        logit = self.bias + sum(w * x for w, x in zip(self.weights, features.fitted(), strict=True))
        score = 1 / (1 + math.exp(max(-50.0, min(50.0, logit))))
        # A short claim of other words only has too few of them for the regression to mind.
        return min(score, 1 - features.unknown_share) if features.unknown_share >= _FOREIGN_SHARE else score


@lru_cache(maxsize=16)
def rarity_of(language: str) -> Rarity:
    """How rare words of a language are, by the weights that are shipped."""
    return _rarity(language, read_weights())


def _rarity(language: str, weights: LexicalWeights) -> Rarity:
    if language == "english":
        return Rarity(weights.words_by_rarity, weights.rarity_default, language)
    counted = dict(_read_rarities().get(language, {}))
    counted[_ASKING_RARITY] = f"{counted.get(_ASKING_RARITY, '')} {language_of(language).asking}"
    if language == "japanese":
        pairs = " ".join(first + second for first in _HIRAGANA for second in _HIRAGANA)
        counted[_HIRAGANA_RARITY] = f"{counted.get(_HIRAGANA_RARITY, '')} {pairs}"
    default = PAIR_RARITY if language_of(language).is_unspaced else weights.rarity_default
    return Rarity(counted, default, language)


@lru_cache(maxsize=1)
def _read_rarities(path: Path = RARITIES) -> Mapping[str, Mapping[float, str]]:
    """The words of each language that were counted, by their rarity."""
    data = json.loads(path.read_text(encoding="utf-8"))["languages"]
    return {name: {float(rarity): words for rarity, words in counted.items()} for name, counted in data.items()}


@lru_cache(maxsize=4)
def read_weights(path: Path = WEIGHTS) -> LexicalWeights:
    """The weights that `notebooks/fit_grounding.py` wrote."""
    content = path.read_bytes()
    data: dict[str, Any] = json.loads(content)
    return LexicalWeights(
        data["bias"],
        tuple(data["weights"][name] for name in FITTED),
        data["supported_from"],
        data["partial_from"],
        {float(rarity): words for rarity, words in data["words_by_rarity"].items()},
        data["rarity_default"],
        hashlib.sha256(content).hexdigest()[:12],
    )


class WordRules:
    """What holds for every verifier, whatever it thinks of the meaning: containment, and what words alone rule out."""

    def __init__(self, language: str = "english", weights: LexicalWeights | None = None) -> None:
        self.weights = weights or read_weights()
        self.language = language
        if language_of(language).is_unspaced:
            # A word is several pairs of characters, which count alike.
            self.rarity = Rarity({}, self.weights.rarity_default, language)
        else:
            self.rarity = rarity_of(language) if weights is None else _rarity(language, weights)
        self.polarity = polarity_of(language)
        self._names_by_case = language_of(language).capitals_are_names

    def settled(self, claim: ClaimToVerify) -> Verdict | None:
        """The verdict where words alone settle it: nothing to check, a word-for-word copy, a near copy that differs."""
        text = _checked_text(claim)
        if not is_checkable(text, claim.kind):
            return NOT_CHECKABLE
        if any(stands_in(text, passage.text) for passage in claim.passages) and any(map(str.isalnum, text)):
            return _limited(claim, Verdict("supported", CONTAINED_SCORE))  # nothing has to be made ready for that
        lexed = lex(text, self.language)
        if not lexed.words:
            return NOT_CHECKABLE
        passages = self.evidence(claim)
        if not passages:
            return Verdict("unsupported", 0.0, "no passage")
        if claim.kind == "code":
            return _limited(claim, _contained_code(claim, passages))
        if any(find_words(lexed.words, passage) is not None for passage in passages):
            if other := changed_measures(lexed, passages):  # words are compared without signs: -5 is not 5
                return Verdict("unsupported", CONTRADICTED_SCORE, f"changed: {', '.join(other)}")
            if other := missing_code(lexed, passages, self._heading(claim)):  # nor with their signs: a.b is not a_b
                return self._partial(CONTAINED_SCORE, other)
            return _limited(claim, Verdict("supported", CONTAINED_SCORE))
        changed = self._changed(claim, lexed, passages)
        return None if changed is None else Verdict("unsupported", CONTRADICTED_SCORE, f"changed: {changed}")

    def _changed(self, claim: ClaimToVerify, lexed: Lexed, passages: Sequence[Evidence]) -> str | None:
        """What the claim, or a clause of it, changed in the sentence that it nearly copies."""
        if changed := contradiction(lexed, passages, self.rarity, self.polarity):
            return changed
        clauses = [lex(clause, self.language) for clause in self.clauses(claim)]
        open_clauses = [one for one in clauses if all(find_words(one.words, passage) is None for passage in passages)]
        found = (
            contradiction(one, passages, self.rarity, self.polarity, near_copy=CLAUSE_COPY) for one in open_clauses
        )
        return next((changed for changed in found if changed), None)

    def clauses(self, claim: ClaimToVerify) -> list[str]:
        """The clauses of a compound claim; none of a claim that has only one."""
        found = clauses_of(_checked_text(claim), self.language) if claim.kind == "sentence" else []
        return found if len(found) > 1 else []

    def limited(self, claim: ClaimToVerify, verdict: Verdict) -> Verdict:
        """The verdict, `partial` at most for a claim that cites nothing or says what its passages lack."""
        if verdict.status != "supported":
            return verdict
        lexed, passages = lex(_checked_text(claim), self.language), self.evidence(claim)
        heading = self._heading(claim)
        missing = missing_numbers(lexed, passages, heading) or changed_measures(lexed, passages)
        missing = missing or missing_code(lexed, passages, heading)
        if not missing and self._names_by_case:
            missing = missing_names(lexed, passages, heading)
        if not missing:
            return _limited(claim, verdict)
        return self._partial(verdict.score, missing)

    def _partial(self, score: float | None, missing: Sequence[str]) -> Verdict:
        capped = None if score is None else min(score, self.partial_score(score))
        return Verdict("partial", capped, f"missing: {', '.join(missing)}")

    def partial_score(self, score: float) -> float:
        """The score as that of a partial claim, which is below every supported one's."""
        middle = (self.weights.partial_from + self.weights.supported_from) / 2
        return min(middle, max(self.weights.partial_from, score))

    def _heading(self, claim: ClaimToVerify) -> Lexed:
        return lex(" ".join(_headings(claim.passages)), self.language)

    def evidence(self, claim: ClaimToVerify) -> list[Evidence]:
        """The claim's passages, made ready."""
        return [evidence_of(passage.text, self.language) for passage in claim.passages]


class LexicalVerifier:
    """Compares words, numbers, names and phrasing; under a millisecond of CPU a claim, no model.

    The regression was fitted on English. Words of other languages count by their own rarity; in Chinese and Japanese,
    where stems are pairs of characters, all alike.
    """

    slow = False

    def __init__(self, language: str = "english", weights: LexicalWeights | None = None) -> None:
        self._rules = WordRules(language, weights)
        self.weights_hash = self._rules.weights.digest

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        """The verdicts, at once: the work is too small for a thread."""
        asked = lex(question, self._rules.language)
        return [
            self._rules.settled(claim) or self._rules.limited(claim, self._compared(claim, asked)) for claim in claims
        ]

    def _compared(self, claim: ClaimToVerify, question: Lexed) -> Verdict:
        """By the score of the whole; a compound claim of which the passages carry only some clauses is partial."""
        weights = self._rules.weights
        score = self._score(_checked_text(claim), claim, question)
        if score >= weights.supported_from:
            return Verdict("supported", score)
        clauses = self._rules.clauses(claim)
        if any(self._score(clause, claim, question) >= weights.supported_from for clause in clauses):
            return Verdict("partial", self._rules.partial_score(score), "score of a clause")
        return Verdict("partial" if score >= weights.partial_from else "unsupported", score, "score")

    def _score(self, text: str, claim: ClaimToVerify, question: Lexed) -> float:
        claimed = lex(text, self._rules.language)
        return self._rules.weights.score(measure(claimed, self._rules.evidence(claim), question, self._rules.rarity))


def _checked_text(claim: ClaimToVerify) -> str:
    return claim.text if claim.kind == "code" else without_decoration(claim.text)


def without_decoration(text: str) -> str:
    """The claim without a list marker before it, and without `[n]` or "passage n": those point at sources."""
    return _DECORATION.sub("", text)


def stands_in(claim: str, passage: str) -> bool:
    """Whether the claim is a slice of the passage, sign for sign, that cuts no word and no number."""
    text = claim.strip()
    at = passage.find(text) if text else -1
    while at >= 0:
        before, after = passage[max(0, at - 1) : at], passage[at + len(text) : at + len(text) + 1]
        if before in _OPENS and (after in _CLOSES or not text[-1].isalnum()):
            return True
        at = passage.find(text, at + 1)
    return False


def _headings(passages: Sequence[Passage]) -> list[str]:
    return [text for passage in passages for text in (passage.title, *passage.heading_path)]


def _contained_code(claim: ClaimToVerify, passages: Sequence[Evidence]) -> Verdict:
    """A code block is carried where it stands in a passage; a part of its lines makes it partial."""
    texts = [squeezed(passage.lexed.text) for passage in passages]
    if any(squeezed(claim.text) in text for text in texts):
        return Verdict("supported", CONTAINED_SCORE)
    lines = [line for one in claim.text.splitlines() if len(line := squeezed(one)) > 1]
    found = sum(any(line in text for text in texts) for line in lines)
    share = found / max(1, len(lines))
    return Verdict("partial" if share >= 0.5 else "unsupported", share * 0.5, "code")


def _limited(claim: ClaimToVerify, verdict: Verdict) -> Verdict:
    """A claim that cites nothing is partial at most."""
    if claim.cited or verdict.status != "supported":
        return verdict
    return Verdict("partial", verdict.score, "cites nothing")
