"""The claims of an answer while it streams: what is to be checked, with the sources it cites.

A claim is a sentence, also inside a list item or a quotation; a table row; or a whole code block. Headings, the head
of a table, lines that only lead in a list, questions, greetings and sentences about the answer itself ("I could not
find ...") are claims that are not checkable.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.events import TextDelta
from pipelines.text.markup import MarkupScanner
from pipelines.text.sentences import Segment, SegmentKind, SentenceStream


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A claim before it is checked. `start`, `end` and `tail` count code points of the text parsed so far.

    The claim's span is `start:end`, without trailing markers; up to `tail` its punctuation and markers follow. `text`
    is what is claimed, free of markers. `ids` are the sources it cites, all known, in order and without repetition.
    """

    start: int
    end: int
    tail: int
    text: str
    kind: SegmentKind
    ids: tuple[str, ...]
    checkable: bool


class ClaimParser:
    """Turns deltas of a model's answer into clean text and claims; equal for every way of cutting the stream.

    Text leaves at once but for what may still become a marker or a link. A claim follows its text, once the next word
    shows that it is complete. Ids outside `known_ids` are taken out; links and images keep only their text unless they
    lead to one of `allowed_urls` (url to the id of its source).
    """

    def __init__(
        self,
        known_ids: Collection[str],
        allowed_urls: Mapping[str, str] | None = None,
        *,
        language: str = "english",
    ) -> None:
        self._scanner = MarkupScanner(known_ids, allowed_urls)
        self._sentences = SentenceStream(language)

    def feed(self, delta: str) -> list[TextDelta | DraftClaim]:
        """More of the answer: the text that is certain by now, then the claims that are complete with it."""
        pieces = self._scanner.feed(delta)
        segments = [segment for piece in pieces for segment in self._sentences.feed(piece)]
        return _parsed("".join(piece.text for piece in pieces), segments)

    def finish(self) -> list[TextDelta | DraftClaim]:
        """The answer is complete: the rest of its text and claims."""
        pieces = self._scanner.finish()
        segments = [segment for piece in pieces for segment in self._sentences.feed(piece)]
        return _parsed("".join(piece.text for piece in pieces), segments + self._sentences.finish())


def _parsed(text: str, segments: list[Segment]) -> list[TextDelta | DraftClaim]:
    deltas = [TextDelta(text)] if text else []
    return [*deltas, *(_draft(segment) for segment in segments)]


def _draft(one: Segment) -> DraftClaim:
    checkable = is_checkable(one.text, one.kind)
    return DraftClaim(one.start, one.end, one.tail, one.text, one.kind, one.ids, checkable)


_GREETING = re.compile(
    r"(?:hi|hello|hey|greetings|welcome|dear reader|good (?:morning|afternoon|evening)|sure|certainly|of course|"
    r"absolutely|great question|good question|thanks?|thank you|you(?:'|’)re welcome|happy to help|"
    r"glad (?:to help|you asked)|hope this helps|i hope (?:this|that) helps|no problem|yes|no|okay|ok)"
    r"(?: (?:there|again|everyone|reader|you|for (?:asking|your question)|to help))*",
    re.IGNORECASE,
)
_ABOUT_THE_ANSWER = re.compile(
    r"(?:unfortunately,? |sorry,? |i(?:'|’)m sorry,? |however,? |therefore,? |thus,? |but |sure,? |"
    r"(?:please )?note that |based (?:solely |only )?on (?:the|these|this) (?:given |provided )?"
    r"(?:sources?|passages?|context),? )*(?:"
    r"(?:i|we) (?:could|can|did|do|was|were|am|are)(?: ?not|n(?:'|’)t)? (?:able to |unable to )?"
    r"(?:find|answer|see|locate|determine|know|tell|have|provide|help)\b"
    r"|(?:i|we) cannot (?:find|answer|see|locate|determine|know|tell|provide|help)\b"
    r"|(?:the|these|those|my|your)(?: (?:given|provided|retrieved|available|cited))? "
    r"(?:sources?|passages?|pages?|documents?|documentation|context|excerpts?|text|information)"
    r"(?: (?:given|provided))? "
    r"(?:do|does|did)(?: not|n(?:'|’)t) (?:\w+ )?(?:say|state|mention|contain|cover|provide|include|specify|answer|"
    r"discuss|explain|describe|give|address|tell)\b"
    r"|there is no (?:\w+ )?(?:information|mention)\b"
    r"|(?:it is |i am )?(?:unable|impossible|not possible|not able) to (?:answer|provide|find|determine|say|tell)\b"
    r"|(?:please )?let me know\b|feel free\b|if you (?:have|need|want|would like) (?:any |more |further |to know )"
    r")",
    re.IGNORECASE,
)
_ANSWERING = re.compile(r"\banswer(?:ing)? (?:the|your|this|that)(?: \w+)? question\b(?![,:])", re.IGNORECASE)
_MAX_WORDS_AFTER = 6
_LEAD_IN = re.compile(
    r"\b(?:following|follow these|as follows|here (?:is|are)|here(?:'|’)s|below|these (?:steps|are)|this is how|"
    r"for example|in (?:summary|short|brief|conclusion)|to summari[sz]e)\b",
    re.IGNORECASE,
)
_TURN = re.compile(r"[;:–—] |\b(?:but|however|although|though|because|since|while|instead|which)\b", re.IGNORECASE)
_WORDS = re.compile(r"\w+(?:['’]\w+)*")
_MAX_LEAD_IN_WORDS = 16
_MAX_ABOUT_WORDS = 30


@lru_cache(maxsize=1_024)
def is_checkable(text: str, kind: SegmentKind = "sentence") -> bool:
    """Whether a segment claims something that passages could carry.

    What only looks harmless must not hide a claim: a sentence about the answer stays uncheckable only without a second
    clause, a lead-in only while it is short and free of digits.
    """
    if kind == "heading":
        return False
    if kind != "sentence":
        return True
    words = len(_WORDS.findall(text))
    bare = text.strip().strip("*_\"'“”()").rstrip(".!,:; *_")
    if words == 0 or text.rstrip("\"'”’)*_ ").endswith(("?", "？", "؟")) or _GREETING.fullmatch(bare):
        return False
    about = _ABOUT_THE_ANSWER.match(bare) or _about_answering(bare)
    if about is not None and words <= _MAX_ABOUT_WORDS:
        return _TURN.search(bare, about.end()) is not None
    if text.rstrip("*_ ").endswith((":", "：")) and words <= _MAX_LEAD_IN_WORDS:
        return not (_LEAD_IN.search(text) and not any(c.isdigit() for c in text))
    return True


def _about_answering(text: str) -> re.Match[str] | None:
    """Whether the sentence ends with speaking about answering the question, rather than with an answer."""
    match = _ANSWERING.search(text)
    after = _WORDS.findall(text, match.end()) if match else []
    return match if len(after) <= _MAX_WORDS_AFTER and all(word.islower() for word in after) else None
