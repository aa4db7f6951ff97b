"""Claims of a streaming answer: what is one, where it stands, what it cites, and that the cut does not matter."""

import itertools
import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.events import TextDelta
from pipelines.grounding.claims import ClaimParser, DraftClaim, is_checkable

IDS = frozenset("12345")
FRAGMENTS = [
    "[1]", "[2]", "[9]", " [1]", "[1, 2]", " [1][2]", "【1】", "[x]", "[", "]", "(", ")", ":", " ", "  ", "    ", "\n",
    "\n\n", "`a. b`", "```\n", "\n```\n", "- ", "1. ", "> ", "# ", "|", "| a |", "\n| ", "http://evil.example/x", "a",
    "Word", "word. ", "Next ", "e.g. ", "Dr. ", "3.5 ", "?", "! ", ". ", "。", "你好", '"', "(a", "**Bold**", "---",
    "...", "a lowercase line that is quite long and goes on and on\n", "Hello! ", "\t", "n't ",
    "[t](http://evil.example)",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)


def parse_parts(parts: Iterable[str], language: str = "english") -> tuple[str, list[DraftClaim]]:
    parser = ClaimParser(IDS, language=language)
    out = [one for part in parts for one in parser.feed(part)] + parser.finish()
    text = "".join(one.text for one in out if isinstance(one, TextDelta))
    return text, [one for one in out if isinstance(one, DraftClaim)]


def parse(text: str, language: str = "english") -> tuple[str, list[DraftClaim]]:
    return parse_parts([text], language)


def spans(text: str, language: str = "english") -> list[str]:
    cleaned, claims = parse(text, language)
    return [cleaned[claim.start : claim.end] for claim in claims]


@given(MARKDOWN, st.lists(st.integers(0, 300), max_size=8))
@settings(max_examples=200, deadline=None)
def test_the_cut_of_the_stream_does_not_matter(text: str, places: Sequence[int]) -> None:
    whole = parse(text)
    assert parse_parts(text) == whole
    cuts = sorted({0, *(place for place in places if place < len(text)), len(text)})
    assert parse_parts(text[a:b] for a, b in itertools.pairwise(cuts)) == whole


@given(MARKDOWN)
@settings(max_examples=200, deadline=None)
def test_claims_stand_in_order_and_hold_every_word(text: str) -> None:
    cleaned, claims = parse(text)
    before = 0
    for claim in claims:
        assert before <= claim.start < claim.end <= claim.tail <= len(cleaned)
        assert not re.search(r"\w", re.sub(r"\[\d\]|[`~]{3,}.*|\b\d+[.)]|\[[xX]\]", "", cleaned[before : claim.start]))
        assert claim.kind == "code" or not re.search(r"\[[1-5]\]$", cleaned[claim.start : claim.end])
        assert set(claim.ids) <= IDS
        before = claim.tail
    assert "[9]" not in cleaned or "`" in cleaned


@given(st.lists(st.sampled_from(["One is here [1].", "Two is there. [2]", "- Three [3]\n", "\n\n", " "]), max_size=12))
@settings(max_examples=100, deadline=None)
def test_every_marker_belongs_to_a_claim(parts: list[str]) -> None:
    cleaned, claims = parse(" ".join(parts))
    cited = [number for claim in claims for number in claim.ids]
    assert sorted(cited) == sorted(re.findall(r"\[(\d)\]", cleaned))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Dr. Smith came, e.g. by car. He left.", ["Dr. Smith came, e.g. by car.", "He left."]),
        ("It costs 3.50 in version 1.2.3. Good.", ["It costs 3.50 in version 1.2.3.", "Good."]),
        ("See `a. B` there. Next.", ["See `a. B` there.", "Next."]),
        ('He said "Go. Run." Then he left.', ['He said "Go. Run."', "Then he left."]),
        ("- One. Two.\n- Three", ["One.", "Two.", "Three"]),
        ("* One\n  * Two\n1. Three\n2) Four", ["One", "Two", "Three", "Four"]),
        ("- [ ] Open\n- [x] Done", ["Open", "Done"]),
        ("> Quoted one. Quoted two.", ["Quoted one.", "Quoted two."]),
        ("# Title\nText.", ["Title", "Text."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("Short line\nNext line", ["Short line", "Next line"]),
        ("wrapped at\nsome width.", ["wrapped at\nsome width."]),
        ("A line that is long enough to have been wrapped by\nIts writer here.", [
            "A line that is long enough to have been wrapped by\nIts writer here."]),
        ("The steps are these:\nFirst do it.", ["The steps are these:", "First do it."]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", ["| a | b |", "| 1 | 2 |", "| 3 | 4 |"]),
        ("Text.\n\n---\n\nMore.", ["Text.", "More."]),
        ("你好。天气好！是吗？", ["你好。", "天气好！", "是吗？"]),
        ("Wait... what? No!", ["Wait... what?", "No!"]),
        ("", []),
        ("\n \n", []),
    ],
)  # fmt: skip
def test_a_claim_is_a_sentence_an_item_or_a_row(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("german", "Das ist z.B. gut. Es geht.", ["Das ist z.B. gut.", "Es geht."]),
        ("french", "Voir la fig. 3 ici. Il part.", ["Voir la fig. 3 ici.", "Il part."]),
        ("french", "Le Dr. Dupont est là. Il part.", ["Le Dr. Dupont est là.", "Il part."]),
        ("spanish", "El Sr. García llegó. Se fue.", ["El Sr. García llegó.", "Se fue."]),
    ],
)
def test_abbreviations_are_those_of_the_language(language: str, text: str, expected: list[str]) -> None:
    assert spans(text, language) == expected


@pytest.mark.parametrize(
    ("text", "span", "ids"),
    [
        ("It is so [1].", "It is so", ("1",)),
        ("It is so. [1]", "It is so.", ("1",)),
        ("It is so.[1]", "It is so.", ("1",)),
        ("It is so [1][3].", "It is so", ("1", "3")),
        ("It is so [1], [2].", "It is so", ("1", "2")),
        ("As [1] says, it is so.", "As [1] says, it is so.", ("1",)),
        ("As [1] says, it is so [2].", "As [1] says, it is so", ("1", "2")),
        ("[1] It is so.", "It is so.", ("1",)),
        ("[1] says that.", "says that.", ("1",)),
        ("It is so [1]", "It is so", ("1",)),
        ("It is so.\n[1]", "It is so.", ("1",)),
        ("It is so.\n\n[1]\n", "It is so.", ("1",)),
        ("It is so [1]: yes.", "It is so [1]: yes.", ("1",)),
        ("**It is so** [1].", "**It is so**", ("1",)),
        ("It is so (really [1]).", "It is so (really", ("1",)),
        ("It is so [9].", "It is so.", ()),
    ],
)
def test_markers_belong_to_their_sentence_and_not_to_its_span(text: str, span: str, ids: tuple[str, ...]) -> None:
    cleaned, claims = parse(text)
    assert [(cleaned[claim.start : claim.end], claim.ids) for claim in claims] == [(span, ids)]


def test_markers_go_to_the_sentence_before_them() -> None:
    _, claims = parse("First thing. [1] Second thing [2]. Third thing.\n[3]\n\n[4] Fourth thing.")
    assert [claim.ids for claim in claims] == [("1",), ("2",), ("3",), ("4",)]


def test_what_is_claimed_is_free_of_markers_and_keeps_its_punctuation() -> None:
    _, claims = parse("As [1] says, it is so [2].")
    assert claims[0].text == "As says, it is so."


def test_a_code_block_is_one_claim_without_its_fences() -> None:
    text = "Run this:\n\n```python\na[0] = 1. \nprint(a)\n```\n[1]\n\nThen stop."
    cleaned, claims = parse(text)
    assert cleaned == text
    code = claims[1]
    assert (code.kind, code.ids) == ("code", ("1",))
    assert cleaned[code.start : code.end] == code.text == "a[0] = 1. \nprint(a)"
    assert cleaned[code.tail - 3 : code.tail] == "[1]"
    assert claims[2].ids == ()


def test_an_unclosed_code_block_is_a_claim_too() -> None:
    assert spans("```\nx = 1") == ["x = 1"]


def test_an_empty_code_block_is_none() -> None:
    assert spans("```\n```\nText.") == ["Text."]


def test_a_link_to_a_cited_page_is_a_citation() -> None:
    parser = ClaimParser(IDS, {"https://site.example/a": "4"})
    out = [*parser.feed("It is in [the guide](https://site.example/a#b)."), *parser.finish()]
    assert [one.ids for one in out if isinstance(one, DraftClaim)] == [("4",)]


def test_a_claim_comes_with_the_word_after_it() -> None:
    parser = ClaimParser(IDS)
    assert [type(one) for one in parser.feed("It is so [1]. Nex")] == [TextDelta]
    assert [type(one) for one in parser.feed("t word")] == [TextDelta, DraftClaim]


def test_text_comes_before_its_claims() -> None:
    parser = ClaimParser(IDS)
    seen = 0
    for part in itertools.chain(map(str, "It is so [1]. And so. "), [None]):
        for one in parser.finish() if part is None else parser.feed(part):
            if isinstance(one, TextDelta):
                seen += len(one.text)
            else:
                assert one.tail <= seen


def test_a_sentence_without_end_is_cut() -> None:
    _, claims = parse("word " * 2_000)
    assert len(claims) > 3
    assert max(claim.end - claim.start for claim in claims) <= 2_000


@pytest.mark.parametrize("text", ["words [1] go on", "Sentence here [1]. ", "- item [2]\n", "`code` ", "      "])
def test_long_answers_are_parsed_in_linear_time(text: str) -> None:
    parser = ClaimParser(IDS)
    out = [one for _ in range(3_000) for one in parser.feed(text)] + parser.finish()
    assert sum(len(one.text) for one in out if isinstance(one, TextDelta)) > 2_900 * len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hello!",
        "Sure!",
        "Great question.",
        "Thank you for asking.",
        "I hope this helps!",
        "What is a node?",
        "**What is a node?**",
        "是吗？",
        "I could not find this in the sources.",
        "I could not find information about nodes and topics.",
        "I cannot answer that from the sources.",
        "I’m sorry, I was unable to find it.",
        "The passages do not mention the price.",
        "The provided sources don't say when it began.",
        "However, the documentation does not cover this.",
        "There is no information on this.",
        "Unable to answer based on given passages.",
        "Therefore, I am unable to answer the question based on the given passages.",
        "Sure, I can answer your question based on the given passages.",
        "The information provided is sufficient to answer the question.",
        "Let me know if you need more.",
        "Here are the steps:",
        "To install it, follow these steps:",
        "The differences are as follows:",
        "...",
    ],
)
def test_what_claims_nothing_is_not_checkable(text: str) -> None:
    assert not is_checkable(text)


@pytest.mark.parametrize(
    "text",
    [
        "A node is a process.",
        "I could not find it, but the price is 3 dollars.",
        "The sources do not mention Ada because she left in 1970.",
        "The passages do not say who built it; it was Ada.",
        "Ada built it in 1970, as follows:",
        "Hello is a method of the class.",
        "No node runs twice.",
        "ROS 2 was made by Apple and has these five parts, of which each one is a separate programme with its own:",
        "Let it run.",
        "To answer your question: Paris.",
        "The answer to your question is Paris.",
        "I will answer your question now because Ada built it in Paris.",
        "Based on the provided passages, nodes exchange messages.",
    ],
)
def test_what_claims_something_is_checkable(text: str) -> None:
    assert is_checkable(text)


def test_headings_are_not_checkable_and_rows_and_code_are() -> None:
    assert not is_checkable("The moon is made of cheese", "heading")
    assert is_checkable("| moon | cheese |", "table_row")
    assert is_checkable("print('?')", "code")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("## Title\n\nText.", ["heading", "sentence"]),
        ("**Bold line**\n\nText.", ["heading", "sentence"]),
        ("**A bold claim.**", ["sentence"]),
        ("| h | h |\n|---|---|\n| a | b |", ["heading", "table_row"]),
        ("| h |\n|---|\n| a |\n\n| h2 |\n|---|\n| b |", ["heading", "table_row", "heading", "table_row"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [claim.kind for claim in parse(text)[1]] == kinds
