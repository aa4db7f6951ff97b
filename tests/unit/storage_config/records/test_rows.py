import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_config.records.rows import MAX_PAGE_SIZE, InvalidCursor, bounded, decode_cursor, encode_cursor, page_of


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_cursor_gives_its_keys_back(keys: list[str]) -> None:
    cursor = encode_cursor(*keys)
    assert cursor.isascii()
    assert decode_cursor(cursor, len(keys)) == keys


@given(st.text())
def test_no_text_breaks_the_decoder(cursor: str) -> None:
    with contextlib.suppress(InvalidCursor):
        assert len(decode_cursor(cursor, 1)) == 1


def test_a_cursor_of_another_listing_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_cursor("a", "b"), 1)


def test_a_cursor_that_nests_deep_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(base64.urlsafe_b64encode(b"[" * 200_000).decode(), 1)


@pytest.mark.parametrize(("asked", "given_"), [(-1, 1), (0, 1), (7, 7), (10**9, MAX_PAGE_SIZE)])
def test_page_sizes_are_bounded(asked: int, given_: int) -> None:
    assert bounded(asked) == given_


@pytest.mark.parametrize(
    ("items", "kept", "cursor"), [([], (), None), ([1, 2], (1, 2), None), ([1, 2, 3], (1, 2), "after 2")]
)
def test_a_page_goes_on_only_where_more_was_found(items: list[int], kept: tuple[int, ...], cursor: str | None) -> None:
    page = page_of(items, 2, lambda last: f"after {last}")
    assert (page.items, page.next_cursor) == (kept, cursor)
