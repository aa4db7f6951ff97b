"""The block structure of markdown, with offsets that are never wrong."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.splitting.blocks import Block, Kind, read_blocks, read_parts, read_sentences, trim
from tests.support.markdown_pages import blocks


def shown(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in read_blocks(text, 0, len(text))]


def parts(text: str) -> list[str]:
    (block,) = read_blocks(text, 0, len(text))
    return [text[part.start : part.end] for part in read_parts(text, block)]


def test_paragraphs_end_at_blank_lines_lists_fences_and_tables() -> None:
    text = "One\nline.\n\nTwo:\n- item\n\nThree\n```py\ncode\n```\nFour\na | b\n--|--\n1 | 2\n"
    assert shown(text) == [
        ("paragraph", "One\nline."),
        ("paragraph", "Two:"),
        ("item", "- item"),
        ("paragraph", "Three"),
        ("fence", "```py\ncode\n```"),
        ("paragraph", "Four"),
        ("table", "a | b\n--|--\n1 | 2"),
    ]


@pytest.mark.parametrize(
    "fence",
    [
        "```\na\n\n# no heading\n- no item\n```",
        "~~~~\n```\ninner\n```\n~~~~",
        "````md\n```\ninner\n```\n````",
        "   ```\n   indented\n   ```",
        "```\nnever closed\n\nto the end",
        "```\r\nwindows\r\n```",
    ],
)
def test_a_fence_is_one_block(fence: str) -> None:
    assert shown(f"Before.\n\n{fence}\n") == [("paragraph", "Before."), ("fence", fence.strip())]


def test_backticks_that_close_on_their_own_line_are_no_fence() -> None:
    assert shown("```inline``` code\n\nNext.") == [("paragraph", "```inline``` code"), ("paragraph", "Next.")]


@pytest.mark.parametrize("line", ["---", "* * *", "___"])
def test_a_thematic_break_is_no_item(line: str) -> None:
    assert shown(line) == [("paragraph", line)]


def test_an_item_holds_its_continuation_its_fence_and_its_nested_items() -> None:
    item = "- first\n  still\nlazy\n\n  second paragraph\n\n  ```py\n- code\n  ```\n  - nested\n\n    deep"
    text = f"{item}\n- next\n\nAfter."
    assert shown(text) == [("item", item), ("item", "- next"), ("paragraph", "After.")]
    assert parts(item) == ["- first\n  still\nlazy", "second paragraph", "```py\n- code\n  ```", "- nested\n\n    deep"]


def test_an_item_that_opens_with_a_fence_ends_behind_it() -> None:
    text = "1. ```py\n   code\n\n   more\n   ```\n2. next"
    assert [kind for kind, _ in shown(text)] == ["item", "item"]
    assert parts("1. ```py\n   code\n\n   more\n   ```\n\n   Said.") == [
        "1. ```py\n   code\n\n   more\n   ```",
        "Said.",
    ]


def test_parts_of_a_fence_are_its_lines_with_the_fence_lines_beside_code() -> None:
    assert parts("```py\na\n\nb\nc\n```") == ["```py\na", "b", "c\n```"]
    assert parts("```py\na\nb") == ["```py\na", "b"]
    assert parts("```\n```") == ["```", "```"]


def test_parts_of_a_table_are_its_rows() -> None:
    assert parts("| a | b |\n|:-:|---|\n| 1 | 2 |\n| 3 | 4 |") == ["| a | b |\n|:-:|---|", "| 1 | 2 |", "| 3 | 4 |"]


def test_sentences_of_a_paragraph_keep_abbreviations_and_chinese() -> None:
    text = "See e.g. Dr. Smith. 你好。我是。 Next? 😀 Yes."
    found = read_sentences(text, 0, len(text))
    assert [text[part.start : part.end] for part in found][:1] == ["See e.g. Dr. Smith."]
    assert "你好。" in [text[part.start : part.end] for part in found]
    assert "".join(text[part.start : part.end] for part in found) == text.replace(" ", "").replace(
        "Seee.g.Dr.Smith.", "See e.g. Dr. Smith."
    ).replace("😀Yes.", "😀 Yes.")


def test_trim_moves_offsets_inwards() -> None:
    assert trim("a \n b c\t", 1, 8) == (4, 7)
    low, high = trim("   ", 0, 3)
    assert low == high


def _assert_tiling(text: str, outer: tuple[int, int], found: list[Block]) -> None:
    end = outer[0]
    for block in found:
        assert end <= block.start < block.end <= outer[1]
        assert not text[end : block.start].strip()
        end = block.end
    assert not text[end : outer[1]].strip()


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.lists(blocks, max_size=5).map("\n\n".join), st.text("-*1.`~| \n\tab", max_size=120)))
def test_blocks_and_their_parts_tile_the_text(text: str) -> None:
    found = read_blocks(text, 0, len(text))
    _assert_tiling(text, (0, len(text)), found)
    for block in found:
        inner = read_parts(text, block)
        _assert_tiling(text, (block.start, block.end), inner)
        assert inner != [block] or block.kind in (Kind.LINE, Kind.SENTENCE, Kind.WORD)


@pytest.mark.parametrize("line", ["- " * 20_000, "| " * 20_000, "`" * 40_000, "> " * 20_000, "a-|" * 20_000])
def test_odd_lines_take_linear_time(line: str) -> None:
    text = f"{line}\n{line}\n"
    assert read_blocks(text, 0, len(text))


def test_many_stops_in_one_paragraph_cost_linear_time() -> None:
    seconds = []
    for size in (30_000, 60_000):
        began = time.process_time()
        assert read_sentences("<?" * size, 0, 2 * size)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 3 * seconds[0] + 0.2


def test_sentences_of_a_long_paragraph_are_those_of_its_parts() -> None:
    said = [f"Sentence number {number} says how the pump is primed." for number in range(600)]
    text = " ".join(said)
    assert [text[one.start : one.end] for one in read_sentences(text, 0, len(text))] == said
    endless = "word " * 9_000 + "end. Another."
    assert text_of(endless, read_sentences(endless, 0, len(endless))) == endless.split()


def text_of(text: str, blocks: list[Block]) -> list[str]:
    return " ".join(text[block.start : block.end] for block in blocks).split()
