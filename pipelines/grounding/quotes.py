"""The quote behind a claim: the span of its passage that carries it best, with exact offsets into the page."""

from collections.abc import Sequence

from pipelines.grounding.clauses import clauses_of
from pipelines.grounding.evidence import Evidence, EvidenceUnit, Lexed, evidence_of, lex
from pipelines.types import Citation, Passage

# A claim that repeats so many consecutive words of its source is shown as a quotation.
VERBATIM_WORDS = 12
# Words that would be compared one by one; beyond, where the same word stands again and again, all are at once.
_MANY = 100_000
_BETWEEN = "\0"  # in no word
# A second sentence joins a quote when it carries at least this part of the claim's content words that the first lacks.
_JOIN_GAIN = 0.2
_MAX_JOINED_CHARS = 700


def best_quote(claim_text: str, passage: Passage, source: str, language: str = "english") -> Citation:
    """The contiguous span of the passage that carries the claim best; `start` and `end` are into the page's text.

    The claim's own words where they stand in the passage one after the other, else its best sentence or two
    neighbouring ones.
    """
    if (stripped := claim_text.strip()) and (exact := passage.text.find(stripped)) >= 0:
        start, end = exact, exact + len(stripped)
    else:
        start, end = quote_span(lex(claim_text, language), claim_text, evidence_of(passage.text, language))
    return Citation(source, passage.text[start:end], passage.start + start, passage.start + end)


def best_quotes(
    claim_text: str, cited: Sequence[tuple[str, Passage]], language: str = "english"
) -> tuple[Citation, ...]:
    """The quotes behind a claim, by the sources that it cites: at least one of each source.

    A compound claim gets one for each clause, from the source that carries the clause best; a clause whose quote lies
    inside another one has no second.
    """
    clauses = clauses_of(claim_text, language)
    evidence = {source: evidence_of(passage.text, language) for source, passage in cited}
    lexed = lex(claim_text, language)
    whole = any(find_words(lexed.words, one) is not None for one in evidence.values())
    if whole or len(clauses) == 1 or not cited:
        return tuple(best_quote(claim_text, passage, source, language) for source, passage in cited)
    found: dict[str, list[Citation]] = {source: [] for source, _ in cited}
    for clause in clauses:
        content = set(lex(clause, language).content())
        best = {source: _most_carried(content, one) for source, one in evidence.items()}
        source, passage = max(cited, key=lambda one: best[one[0]])
        if best[source]:
            _add(found[source], best_quote(clause, passage, source, language))
    for source, passage in cited:
        if not found[source]:
            found[source].append(best_quote(claim_text, passage, source, language))
    return tuple(quote for quotes in found.values() for quote in quotes)


def _most_carried(content: set[int], evidence: Evidence) -> int:
    """How many of the content words one unit of the passage has at most."""
    return max((len(content & unit.stems) for unit in evidence.units), default=0)


def _add(quotes: list[Citation], new: Citation) -> None:
    if any(one.start <= new.start and new.end <= one.end for one in quotes):
        return
    quotes[:] = [one for one in quotes if not (new.start <= one.start and one.end <= new.end)]
    quotes.append(new)


def quote_span(claim: Lexed, claim_text: str, evidence: Evidence) -> tuple[int, int]:
    """The span of the best quote in the passage's own text; never empty where the passage is not."""
    stripped = claim_text.strip()
    exact = evidence.lexed.text.find(stripped) if stripped else -1
    if exact >= 0:
        return exact, exact + len(stripped)
    contained = find_words(claim.words, evidence)
    if contained is not None:
        return _with_its_end(evidence.lexed, contained, contained + len(claim.words), stripped)
    if not evidence.units:
        return 0, len(evidence.lexed.text)
    content = set(claim.content())
    return _joined(content, evidence, rank_units(content, evidence)[0])


def find_words(words: Sequence[str], evidence: Evidence) -> int | None:
    """Where the words stand in the passage one after the other, whatever white space and punctuation is between."""
    if not words:
        return None
    there, wanted = evidence.lexed.words, tuple(words)
    places = evidence.places.get(wanted[0], ())
    if len(wanted) * len(places) > _MANY:  # the same word again and again
        text = _in_a_row(there)
        start = text.find(_in_a_row(wanted))
        return None if start < 0 else text.count(_BETWEEN, 0, start)
    return next((at for at in places if there[at : at + len(wanted)] == wanted), None)


def _in_a_row(words: Sequence[str]) -> str:
    return f"{_BETWEEN}{_BETWEEN.join(words)}{_BETWEEN}"


def is_verbatim(words: Sequence[str], evidence: Evidence) -> bool:
    """Whether the claim repeats twelve or more consecutive words of its source."""
    there, last = evidence.lexed.words, len(words)
    # So long a run holds every twelfth word: only where one of these stands a run is looked for.
    middles = range(VERBATIM_WORDS - 1, last, VERBATIM_WORDS)
    if sum(len(evidence.places.get(words[middle], ())) for middle in middles) * VERBATIM_WORDS > _MANY:
        runs = {there[at : at + VERBATIM_WORDS] for at in range(len(there) - VERBATIM_WORDS + 1)}
        return any(tuple(words[at : at + VERBATIM_WORDS]) in runs for at in range(last - VERBATIM_WORDS + 1))
    for middle in middles:
        for at in evidence.places.get(words[middle], ()):
            low = high = 0
            while low < middle and low < at and words[middle - low - 1] == there[at - low - 1]:
                low += 1
            while middle + high + 1 < last and at + high + 1 < len(there):
                if words[middle + high + 1] != there[at + high + 1]:
                    break
                high += 1
            if low + high + 1 >= VERBATIM_WORDS:
                return True
    return False


def rank_units(content: set[int], evidence: Evidence) -> list[int]:
    """The passage's units, best first: by the claim's content words they have, the shorter one first among equals."""
    units = evidence.units
    return sorted(range(len(units)), key=lambda i: (-len(content & units[i].stems), units[i].last - units[i].first, i))


def _joined(content: set[int], evidence: Evidence, best: int) -> tuple[int, int]:
    units = evidence.units
    found = content & units[best].stems
    start, end = units[best].start, units[best].end
    gain, neighbour = 0, units[best]
    for other in (best - 1, best + 1):
        if 0 <= other < len(units) and len((content & units[other].stems) - found) > gain:
            gain, neighbour = len((content & units[other].stems) - found), units[other]
    wide = _span(units[best], neighbour)
    if gain >= 2 and gain >= _JOIN_GAIN * len(content) and wide[1] - wide[0] <= _MAX_JOINED_CHARS:
        return wide
    return start, end


def _span(one: EvidenceUnit, other: EvidenceUnit) -> tuple[int, int]:
    return min(one.start, other.start), max(one.end, other.end)


def _with_its_end(lexed: Lexed, first: int, last: int, claim_text: str) -> tuple[int, int]:
    """The span of the words, with the punctuation behind them where the claim has it too."""
    start, end = lexed.starts[first], lexed.ends[last - 1]
    tail = len(claim_text)
    while tail and not claim_text[tail - 1].isalnum():
        tail -= 1
    for mark in claim_text[tail:]:
        if lexed.text.startswith(mark, end):
            end += 1
    return start, end
