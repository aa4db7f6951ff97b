"""Where a text that was selected in a browser stands in the page's own text, which has markup that nobody sees."""

import re

# What stands between the words and is not shown: targets of links and images, tags, reference marks.
_UNSEEN = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)|</?[A-Za-z][^<>\n]{0,300}>|\[\^[^\[\]\s]{1,100}\]"
)
_WORD = re.compile(r"\w+")
_EMPHASIS = "*_`~"


def find_selection(text: str, selected: str, begin: int = 0) -> tuple[int, int] | None:
    """Start and end of the first place from `begin` on, else of the first at all, that says what is selected.

    Word for word; white space, markup and case do not count. None where the page does not say it.
    """
    wanted = selected.strip()
    if not wanted:
        return None
    exact = text.find(wanted, begin)
    if exact < 0:
        exact = text.find(wanted)
    return (exact, exact + len(wanted)) if exact >= 0 else _find_words(text, wanted, begin)


def _find_words(text: str, wanted: str, begin: int) -> tuple[int, int] | None:
    words = [match.group().casefold() for match in _WORD.finditer(wanted)]
    if not words:
        return None
    seen = _UNSEEN.sub(lambda unseen: " " * len(unseen.group()), text)
    spans = [match.span() for match in _WORD.finditer(seen)]
    # One string of all words: finding it there costs what finding a text costs.
    joined = "\0".join(["", *(seen[start:end].casefold() for start, end in spans), ""])
    needle = "\0".join(["", *words, ""])
    later = next((n for n, (start, _) in enumerate(spans) if start >= begin), len(spans))
    at = joined.find(needle, _offset(joined, later))
    if at < 0:
        at = joined.find(needle)
    if at < 0:
        return None
    first = joined.count("\0", 0, at)
    start, end = spans[first][0], spans[first + len(words) - 1][1]
    return _with_marks(text, start, end, wanted)


def _offset(joined: str, words: int) -> int:
    """Where the word of that number stands in the words joined."""
    at = 0
    for _ in range(words):
        at = joined.find("\0", at + 1)
    return max(at, 0)


def _with_marks(text: str, start: int, end: int, wanted: str) -> tuple[int, int]:
    """With the marks of emphasis and code around it, and the end of its sentence where that is selected too."""
    while start > 0 and text[start - 1] in _EMPHASIS:
        start -= 1
    closing = _EMPHASIS + (wanted[len(wanted.rstrip(".!?:;,)\"'”’»。！？")) :])
    while end < len(text) and text[end] in closing:
        end += 1
    return start, end
