"""Which words of a text are those of a query, for a page that shows what was found."""

from pipelines.text.words import Words

_MOST = 200  # in one text


def matching_words(text: str, query: str, language: str) -> tuple[tuple[int, int], ...]:
    """Spans of code points of `text`, in order: words whose stem the query has, stop words left out; at most 200."""
    words = Words(language)
    asked = frozenset(words.stems(query))
    spans: list[tuple[int, int]] = []
    for start, end, stems in words.spans(text) if asked else ():
        if asked.intersection(stems):
            spans.append((start, end))
            if len(spans) == _MOST:
                break
    return tuple(spans)
