"""Words of a text that a query has."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.highlights import matching_words
from pipelines.text.words import Words

TEXT = "Repeated terms weigh less: BM25 limits the weight of a repeated term."


def _words(text: str, query: str, language: str = "english") -> list[str]:
    return [text[start:end] for start, end in matching_words(text, query, language)]


def test_words_match_by_their_stems_and_stop_words_do_not() -> None:
    assert _words(TEXT, "What is the weight of repeating?") == ["Repeated", "weight", "repeated"]


def test_a_query_of_stop_words_marks_nothing() -> None:
    assert _words(TEXT, "what is the of a") == []


def test_other_languages_have_their_own_stems() -> None:
    assert _words("Die Häuser stehen am Haus.", "Haus", "german") == ["Häuser", "Haus"]


def test_the_number_is_bounded() -> None:
    assert len(matching_words("weight " * 500, "weight", "english")) == 200


@given(st.text(max_size=200), st.text(max_size=40))
def test_spans_are_words_of_the_text_in_order(text: str, query: str) -> None:
    spans = matching_words(text, query, "english")
    asked = set(Words().stems(query))
    assert list(spans) == sorted(set(spans))
    assert all(asked & set(Words().stems(text[start:end])) for start, end in spans)
