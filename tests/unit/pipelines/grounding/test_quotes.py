"""Quotes: exact slices of the page, the best sentence for a claim, and what counts as verbatim."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.grounding.evidence import (
    Evidence,
    evidence_of,
    is_name,
    is_negation,
    is_strong_number,
    lex,
    number_of,
    opens_sentence,
)
from pipelines.grounding.quotes import VERBATIM_WORDS, best_quote, find_words, is_verbatim
from pipelines.types import Passage

TEXT = """\
## Topics

A **topic** is a named bus over which nodes exchange messages. Any node may publish to it.
Messages are sent with the [rclpy](https://example.org/rclpy?x=1) library, version 3.5, since May 2019.

- Publishers do not know who listens.
- Subscribers get every message of a topic that they asked for.

```python
node.create_publisher(String, "chatter", 10)
```

| Setting | Value |
|---------|-------|
| depth   | 10    |
"""
OFFSET = 100
PAGE = "x" * OFFSET + TEXT


def passage(text: str = TEXT, start: int = OFFSET) -> Passage:
    return Passage(
        node_id="n", document_id="d", uri="u", url="https://example.org/u", title="Topics", heading_path=(),
        anchor=None, text=text, start=start, end=start + len(text), quality="official", ordinal=0, bibliography=None,
        score=1.0, dense_score=1.0, bm25_score=1.0,
    )  # fmt: skip


def evidence(text: str = TEXT) -> Evidence:
    return evidence_of(text)


def quote(claim: str) -> str:
    found = best_quote(claim, passage(), "2")
    assert found.source == "2"
    assert PAGE[found.start : found.end] == found.quote
    return found.quote


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Any node may publish to it.", "Any node may publish to it."),
        ("Any node may publish to it", "Any node may publish to it"),
        ("any node, may publish to it!", "Any node may publish to it"),
        ("A topic is a named bus over which nodes exchange messages.", (
            "topic** is a named bus over which nodes exchange messages.")),
        ("Messages are sent with the rclpy library, version 3.5, since May 2019.", (
            "Messages are sent with the [rclpy](https://example.org/rclpy?x=1) library, version 3.5, since May 2019.")),
        ("It is unknown to publishers who listens.", "Publishers do not know who listens."),
        ("Every message of a topic reaches the subscribers that asked.", (
            "Subscribers get every message of a topic that they asked for.")),
        ('node.create_publisher(String, "chatter", 10)', 'node.create_publisher(String, "chatter", 10)'),
        ("| depth   | 10    |", "| depth   | 10    |"),
    ],
)  # fmt: skip
def test_the_quote_is_the_best_span_of_the_page(claim: str, expected: str) -> None:
    found = quote(claim)
    assert found in (expected, f"A **{expected}")


def test_two_neighbouring_sentences_are_quoted_together_where_the_claim_needs_both() -> None:
    found = quote("Nodes exchange messages over a named bus, and any node may publish to it, as it may to any other.")
    assert found.startswith("A **topic**")
    assert found.endswith("publish to it.")


def test_a_claim_that_has_nothing_in_common_still_gets_a_quote() -> None:
    assert quote("Completely unrelated gibberish.") != ""


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "# Heading", "```\nx", "|", "word"])
def test_any_passage_can_be_quoted(text: str) -> None:
    found = best_quote("Some claim.", passage(text, 0), "1")
    assert text[found.start : found.end] == found.quote


@given(st.text(st.sampled_from("abc .,\n`*|#-[]()0123"), max_size=120), st.text(st.sampled_from("abc .0"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_quotes_always_slice_to_their_text(text: str, claim: str) -> None:
    found = best_quote(claim, passage(text, 7), "1")
    assert ("x" * 7 + text)[found.start : found.end] == found.quote
    assert 7 <= found.start <= found.end <= 7 + len(text)


@given(st.integers(0, 60), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_any_run_of_a_passage_is_found_in_it(start: int, length: int) -> None:
    lexed = lex(TEXT)
    words = lexed.words[start : start + length]
    at = find_words(words, evidence())
    assert (at is None) == (not words)
    if at is not None:
        assert lexed.words[at : at + len(words)] == words
        assert longest_run(words, evidence()) == len(words)


def test_words_in_another_order_are_not_found() -> None:
    assert find_words(("bus", "named"), evidence()) is None
    assert find_words((), evidence()) is None


def test_verbatim_is_twelve_words_in_a_row() -> None:
    words = lex(TEXT).words[1 : 1 + VERBATIM_WORDS]
    assert is_verbatim(words, evidence())
    assert not is_verbatim(words[:-1], evidence())
    assert is_verbatim((*words, "and", "more"), evidence())
    assert not is_verbatim((*words[:6], "inserted", *words[6:]), evidence())


def longest_run(words: Sequence[str], evidence: Evidence) -> int:
    """How many consecutive words of the passage are repeated at most, by comparing all of them."""
    there = evidence.lexed.words
    best, before = 0, [0] * (len(there) + 1)
    for word in words:
        before = [0, *(before[at] + 1 if there[at] == word else 0 for at in range(len(there)))]
        best = max(best, *before)
    return best


@given(st.lists(st.sampled_from("ab"), max_size=40), st.lists(st.sampled_from("ab"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_verbatim_is_a_longest_run_of_twelve_words(words: list[str], there: list[str]) -> None:
    found = evidence(" ".join(there))
    assert is_verbatim(words, found) == (longest_run(words, found) >= VERBATIM_WORDS)


def test_the_longest_run_counts_repeated_words_once() -> None:
    there = evidence("a b a b a c")
    assert longest_run(("a", "b", "a", "c"), there) == 4
    assert longest_run(("a", "b", "a", "b", "a", "b"), there) == 5
    assert longest_run(("z",), there) == 0


# Words


def test_link_targets_and_schemes_are_no_words() -> None:
    assert lex("See [the guide](https://example.org/a_b) at https://example.org.").words == (
        "see", "the", "guide", "at", "example", "org",
    )  # fmt: skip


def test_words_know_their_places() -> None:
    lexed = lex(TEXT)
    for word, start, end in zip(lexed.words, lexed.starts, lexed.ends, strict=True):
        assert TEXT[start:end].lower() == word


def test_ideographs_are_words_of_their_own() -> None:
    assert lex("你好 ROS").words == ("你", "好", "ros")


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("10", "10"), ("1,000", "1000"), ("1,000.50", "1000.5"), ("3.0", "3"), ("007", "7"), ("0", "0"), ("3rd", "3"),
        ("10km", "10"), ("seven", "7"), ("twice", "2"), ("7:30", "7:30"), ("1.2.3", "1.2.3"), ("topic", None),
        ("ros2", None), ("third", "3"),
    ],
)  # fmt: skip
def test_numbers_have_one_spelling(word: str, number: str | None) -> None:
    assert number_of(word) == number


@pytest.mark.parametrize(("word", "strong"), [("10", True), ("seven", True), ("one", False), ("second", False)])
def test_weak_number_words_need_not_stand_in_the_passage(word: str, strong: bool) -> None:
    assert is_strong_number(word) is strong


@pytest.mark.parametrize("word", ["not", "never", "isn't", "n't", "nicht", "pas", "cannot"])
def test_negations(word: str) -> None:
    assert is_negation(word)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The nodes use Gazebo and ROS.", ["gazebo", "ros"]),
        ("Gazebo runs.", []),
        ("GPUs run. Then CUDA does.", ["gpus", "cuda"]),
        ("The rclPy call of ros2.", ["rclpy", "ros2"]),
        ("- Item one\n- Item two", []),
        ("It said: Go.", []),
        ("plan A", []),
    ],
)
def test_names_are_known_by_their_shape(text: str, names: list[str]) -> None:
    lexed = lex(text)
    assert [lexed.words[at] for at in range(len(lexed.words)) if is_name(lexed, at)] == names


@pytest.mark.parametrize(("text", "opens"), [("x. Yes", True), ("x Yes", False), ("**Yes", True), ("“Yes", True)])
def test_what_opens_a_sentence(text: str, opens: bool) -> None:
    assert opens_sentence(text, text.index("Yes")) is opens


def test_every_word_of_a_passage_lies_in_at_most_one_unit() -> None:
    prepared = evidence()
    before = 0
    for unit in prepared.units:
        assert before <= unit.first <= unit.last
        before = unit.last
    covered = sum(unit.last - unit.first for unit in prepared.units)
    assert covered == len(prepared.lexed.words)


def test_half_a_code_block_and_headings_are_units_too() -> None:
    spans = [PAGE[OFFSET:][unit.start : unit.end] for unit in evidence().units]
    assert "## Topics" in spans or "Topics" in spans
    cut = evidence("x = 1\n```\n\nThe text goes on here.")
    assert any("x = 1" in "x = 1\n```\n\nThe text goes on here."[unit.start : unit.end] for unit in cut.units)


def test_prepared_passages_and_claims_are_kept() -> None:
    assert evidence_of(TEXT) is evidence_of(TEXT)
    assert lex("Some claim.") is lex("Some claim.")
