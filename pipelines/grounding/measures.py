"""Numbers that keep their digits and change what they say: another unit, or a lost minus."""

from collections.abc import Iterator, Sequence

from pipelines.grounding.evidence import Evidence, Lexed, number_of

_FORMS = {
    "ms": ("ms", "msec", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "min": ("min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("week", "weeks"),
    "mon": ("month", "months"),
    "y": ("year", "years"),
    "kb": ("kb", "kilobyte", "kilobytes"),
    "mb": ("mb", "megabyte", "megabytes"),
    "gb": ("gb", "gigabyte", "gigabytes"),
    "tb": ("tb", "terabyte", "terabytes"),
    "f": ("f", "fahrenheit"),
    "c": ("c", "celsius"),
}
_UNITS = {form: unit for unit, forms in _FORMS.items() for form in forms}
_MINUS = ("-", "\u2212")
Measure = tuple[bool, str | None]


def forms_of_unit(word: str) -> tuple[str, ...]:
    """Every form of the unit that a lower-case word names: `fahrenheit` is `f`; none for another word."""
    return _FORMS[_UNITS[word]] if word in _UNITS else ()


def changed_measures(claim: Lexed, passages: Sequence[Evidence]) -> list[str]:
    """The claim's numbers that its passages have with other units or the other sign only, never as it says them.

    A number without a known unit fits any: "30" and "30 requests" say nothing against "30 seconds".
    """
    own = [(word, _measure(claim, at)) for at, word in _numbers(claim)]
    # Each passage is read once, however many numbers the claim has: of one word there are few measures.
    theirs: dict[str, set[Measure]] = {word: set() for word, _ in own}
    for passage in passages if own else ():
        for at, word in _numbers(passage.lexed):
            if word in theirs:
                theirs[word].add(_measure(passage.lexed, at))
    return [word for word, mine in own if theirs[word] and not any(_fits(mine, other) for other in theirs[word])]


def _numbers(lexed: Lexed) -> Iterator[tuple[int, str]]:
    return ((at, word) for at, word in enumerate(lexed.words) if word[0].isdigit() and number_of(word) is not None)


def _measure(lexed: Lexed, at: int) -> Measure:
    before = lexed.text[max(0, lexed.starts[at] - 2) : lexed.starts[at]]
    # A hyphen behind a letter, a digit or a closing sign joins: `10-20`, `UTF-8`, `top-3`.
    negative = before.endswith(_MINUS) and (len(before) == 1 or before[0].isspace() or before[0] in "(=:[,")
    following = lexed.words[at + 1] if at + 1 < len(lexed.words) else ""
    return negative, _UNITS.get(following)


def _fits(own: Measure, other: Measure) -> bool:
    return own[0] == other[0] and (own[1] is None or other[1] is None or own[1] == other[1])
