"""A model's text as it enters: parts, thoughts, halves of characters, NUL."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.providers.model_text import ModelText, clean_text, joined_parts


def said(*contents: Any) -> str:
    text = ModelText()
    return "".join([*(text.feed(content) for content in contents), text.finish()])


@pytest.mark.parametrize(
    ("contents", "whole"),
    [
        (["Four", None, " years"], "Four years"),
        ([[{"type": "text", "text": "Four"}, {"type": "output_text", "text": " years"}]], "Four years"),
        ([["Four", {"type": "reasoning", "text": "hm"}, {"text": " years"}]], "Four years"),
        ([[{"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": None}]], ""),
        (["\ud83d", "\ude00"], "\U0001f600"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a\ud83d"], "a\ufffd"),
        (["\ude00b"], "\ufffdb"),
        (["a\0b", "\0"], "ab"),
        (["<think>Let me see.</think>Yes."], "Yes."),
        (["\n<Thinking>a < b</thinking> </", "thinking>\n\nYes."], "</thinking>\n\nYes."),
        (["<think>a</think><think>b</think>Yes."], "Yes."),
        (["<think>never ends"], ""),
        (["<thi"], "<thi"),
        (["  Yes."], "  Yes."),
        (["The tag <think> opens it, </think> ends it."], "The tag <think> opens it, </think> ends it."),
        (["<thin", "g> is an element."], "<thing> is an element."),
        ([" " * 300, "Yes."], " " * 300 + "Yes."),
    ],
)
def test_what_is_said(contents: list[Any], whole: str) -> None:
    assert said(*contents) == whole


@given(
    st.text(st.sampled_from(" <>/thinkingTHINK\nab\ud83d\ude00\0é"), max_size=40) | st.just("<think>a</think> b"),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_any_cutting_gives_the_same(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert said(*pieces) == said(text)
    said(text).encode()
    assert "\0" not in said(text)


@pytest.mark.parametrize("content", [7, {"text": "a"}, [7], [None], [{"type": "text", "text": 7}], True])
def test_what_is_no_content(content: Any) -> None:
    with pytest.raises(TypeError):
        joined_parts(content)


def test_thoughts_count_towards_the_bound_and_are_not_kept() -> None:
    text = ModelText()
    assert "".join(text.feed(piece) for piece in ["<think>", *["x" * 1000] * 100]) == ""
    assert text.received == 100_007
    assert len(text._held) < 20


def test_clean_text_is_the_same_text() -> None:
    clean = "né \U0001f600"
    assert clean_text(clean) is clean
