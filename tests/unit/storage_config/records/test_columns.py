from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage_config.records.storable import storable_json, storable_text

_ANY_TEXT = st.text(st.characters())
_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_ANY_TEXT, inner),
    max_leaves=10,
)


def _is_storable(text: str) -> bool:
    return "\0" not in text and text.encode("utf-8", "ignore").decode() == text


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_becomes_storable_with_every_offset_in_its_place(text: str) -> None:
    stored = storable_text(text)
    assert _is_storable(stored)
    assert len(stored) == len(text)
    pairs = zip(stored, text, strict=True)
    assert all(kept == meant or (kept == "\ufffd" and not _is_storable(meant)) for kept, meant in pairs)


@given(st.text())
def test_storable_text_stays_itself(text: str) -> None:
    assert ("\0" in text) or storable_text(text) == text


def _texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


@given(_ANY_JSON)
def test_json_keeps_its_shape(value: Any) -> None:
    # Examples may hold what stands in our source as a constant, halves of emoji among it.
    assert storable_json(value) == value or not all(_is_storable(text) for text in _texts(value))


def test_strings_anywhere_in_json_become_storable() -> None:
    assert storable_json({"a\0": ["\ud800", ("x", 1, None)]}) == {"a\ufffd": ["\ufffd", ["x", 1, None]]}
