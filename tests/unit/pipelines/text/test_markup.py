"""What leaves the scanner: the same for every cut of the stream, markers in one form, and no way out of the site.

A real CommonMark parser is the judge of what a renderer would take for a link, an image or a tag.
"""

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.text.markup import MarkupScanner, page_of
from pipelines.text.markup_writer import Piece

PAGE = "https://site.example/page"
ALLOWED = {f"{PAGE}#a": "1", "https://site.example/other": "2"}
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table"])

FRAGMENTS = [
    "[1]", "[2]", "[9]", " [1]", "[1, 2]", "[1-3]", "【1】", "[^1]", "[x]", "[", "]", "(", ")", ":", "!", "![", " ",
    "  ", "    ", "\n", "\n\n", "`", "``", "```", "```\n", "\n```\n", "~~~\n", "~", "- ", "1. ", "10. ", "> ", "<",
    "</", ">", "<img src=//evil.example/x>", "<b>", "<T>", "<a href=\"", "<p\n", "http", "://",
    "https://evil.example/x", "http://", "www.", "evil.example", "//evil.example", f"{PAGE}#a", "\\", "a", "word",
    "h", "t", "tp", "p", "ww", "w.", "ht", "[a]: ", "[a]", "](http://evil.example)", f"]({PAGE})",
    "![x](http://evil.example/i.png)", "[t](http://evil.example)", "<http://evil.example>", "\"", "'", "foo.", "\t",
    "-", "**", "[9](", "javascript:x", "[source: 1]", "and", "---\n",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)
_ADDRESS = re.compile(r"(?:href|src)\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)


def scan(text: str, places: Sequence[int] = ()) -> list[Piece]:
    scanner = MarkupScanner({"1", "2"}, ALLOWED)
    cuts = sorted({0, *places, len(text)})
    pieces = [piece for a, b in itertools.pairwise(cuts) for piece in scanner.feed(text[a:b])]
    return pieces + scanner.finish()


def cleaned(text: str) -> str:
    return "".join(piece.text for piece in scan(text))


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of plain text and of code in one, however they came."""
    out: list[Piece] = []
    for piece in pieces:
        plain = piece.kind in ("text", "code") and not piece.ids
        if out and plain and out[-1].kind == piece.kind and not out[-1].ids:
            out[-1] = Piece(out[-1].text + piece.text, piece.kind)
        else:
            out.append(piece)
    return out


@given(MARKDOWN, st.lists(st.integers(0, 200), max_size=6))
@settings(max_examples=200, deadline=None)
def test_the_cut_of_the_stream_does_not_matter(text: str, places: list[int]) -> None:
    whole = joined(scan(text))
    assert joined(scan(text, range(len(text)))) == whole
    assert joined(scan(text, [place for place in places if place < len(text)])) == whole


@given(MARKDOWN)
@settings(max_examples=300, deadline=None)
def test_no_renderer_is_led_elsewhere(text: str) -> None:
    html = re.sub(r"<code class=\"[^\"]*\">", "<code>", RENDERER.render(cleaned(text)))
    addresses = [address for tag in re.findall(r"<[a-zA-Z/!?][^>]*", html) for address in _ADDRESS.findall(tag)]
    assert {page_of(address) for address in addresses} <= {PAGE, "https://site.example/other"}


@given(MARKDOWN)
@settings(max_examples=300, deadline=None)
def test_outside_code_no_foreign_url_can_be_made_a_link(text: str) -> None:
    html = re.sub(r"<code.*?</code>", "", RENDERER.render(cleaned(text)), flags=re.DOTALL)
    assert not re.search(r"(?<![A-Za-z0-9])(?:https?://|www\.)(?!site\.example)[a-z0-9]", html)


@given(MARKDOWN)
@settings(max_examples=200, deadline=None)
def test_ids_are_known_and_written_in_one_form(text: str) -> None:
    for piece in scan(text):
        assert set(piece.ids) <= {"1", "2"}
        if piece.kind == "marker":
            assert re.fullmatch(r" ?(\[[12]\])+", piece.text)
            assert re.findall(r"\d", piece.text) == list(piece.ids)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Text [1].", "Text [1]."),
        ("Text [1][2].", "Text [1][2]."),
        ("Text [1] [2].", "Text [1][2]."),
        ("Text [1, 2].", "Text [1][2]."),
        ("Text [1,2].", "Text [1][2]."),
        ("Text [1; 2].", "Text [1][2]."),
        ("Text [1 and 2].", "Text [1][2]."),
        ("Text [1-2].", "Text [1][2]."),
        ("Text [1–7].", "Text [1][2]."),
        ("Text [2-1].", "Text."),
        ("Text [ 1 ].", "Text [1]."),
        ("Text [^1].", "Text [1]."),
        ("Text【1】.", "Text[1]."),
        ("Text【1†source】.", "Text[1]."),
        ("Text【4:0†book.md】.", "Text."),
        ("Text [Source 2].", "Text [2]."),
        ("Text [source: 1].", "Text [1]."),
        ("Text [1, 1].", "Text [1]."),
        ("Text [9].", "Text."),
        ("Text [1][9].", "Text [1]."),
        ("Text [9][1].", "Text [1]."),
        ("Text [0].", "Text."),
        ("Text [2024].", "Text."),
        ("Text [1](https://evil.example/a).", "Text [1]."),
        (f"Text [1]({PAGE}).", "Text [1]."),
        ("Text [1] (see there).", "Text [1] (see there)."),
    ],
)
def test_markers_are_normalised(written: str, expected: str) -> None:
    assert cleaned(written) == expected


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] open\n- [x] done",
        "A note [sic] and [an aside].",
        "`array[0]` and `x[1]`",
        "```python\na[0] = b[1]\n```\n",
        "~~~\na[9]\n~~~\n",
        "1. Do:\n   ```sh\n   echo ${a[9]}\n   ```\n2. Done",
        "- ```js\n  a[9]\n  ```\n",
        "Escaped \\[9\\] stays.",
        "[10 m]",
    ],
)
def test_what_is_no_citation_is_left_alone(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("See [the guide](https://evil.example/x).", "See the guide."),
        ("See [the `run` guide](/relative).", "See the `run` guide."),
        ("![alt](https://evil.example/?q=secret)", "alt"),
        ("![](https://evil.example/?q=secret)", ""),
        (f"[![x](http://evil.example)]({PAGE})", f"[x] ({PAGE})"),
        ("<https://evil.example/x>", "evil.example/x"),
        ("<someone@evil.example>", "someone@evil.example"),
        ("At https://evil.example/x.", "At evil.example/x."),
        ("At (www.evil.example).", "At (evil.example)."),
        ("<img src='https://evil.example/x'>text", "text"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<b>bold</b>", "bold"),
        ("Fill in <your-key>.", "Fill in `<your-key>`."),
        ("a <b", "a < b"),
        ("x < y and y > z", "x < y and y > z"),
        ("[r]: https://evil.example", "[r] : evil.example"),
        ("See [x][r].", "See [x][r]."),
        ("hthttp://tp://evil.example", "hthttp://tp://evil.example"),
        ("ht<b>tp://evil.example", "ht tp://evil.example"),
        ("http://http://evil.example", "evil.example"),
        ("\\https://evil.example", "\\evil.example"),
        ("`a ![x](http://evil.example)", "a x"),
        ("\\`![x](http://evil.example)`", "\\`x"),
        ("http://~~~\n~~~\n![x](http://evil.example)", "~~ ~\n~~~\n![x](http://evil.example)"),
    ],
)
def test_links_and_tags_are_reduced_to_their_text(written: str, expected: str) -> None:
    assert cleaned(written) == expected


@pytest.mark.parametrize(
    "text",
    [f"See [the page]({PAGE}).", f"See [it]({PAGE}#a).", f"At {PAGE}/ now.", f"<{PAGE}>", f'[t]({PAGE} "Title")'],
)
def test_links_to_cited_pages_stay_and_cite(text: str) -> None:
    pieces = scan(text)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.ids for piece in pieces if piece.ids] == [("1",)]


def test_code_keeps_its_urls() -> None:
    text = "Run:\n\n```sh\ncurl https://elsewhere.example/[1]\n```\n\nor `curl http://elsewhere.example`."
    assert cleaned(text) == text


def test_a_fence_that_its_list_item_leaves_is_closed() -> None:
    assert cleaned("- x\n  ```\n  a[9]\nafter [9]") == "- x\n  ```\n  a[9]\n  ```\nafter"


def test_an_open_fence_inside_a_list_is_closed_at_the_end() -> None:
    assert cleaned("- x\n  ```\n  a") == "- x\n  ```\n  a\n  ```\n"


@pytest.mark.parametrize(
    ("so_far", "seen"),
    [
        ("Plain words", "Plain words"),
        ("Plain words ", "Plain words"),
        ("Plain [", "Plain"),
        ("Plain [1", "Plain"),
        ("Plain [1]", "Plain"),
        ("Plain [1] n", "Plain [1] n"),
        ("Plain [see", "Plain"),
        ("Plain [see] t", "Plain [see] t"),
        ("Plain h", "Plain "),
        ("Plain ha", "Plain ha"),
        ("```py\nx = 1", "```py\nx = 1"),
    ],
)
def test_only_what_may_still_change_is_held_back(so_far: str, seen: str) -> None:
    scanner = MarkupScanner({"1"})
    assert "".join(piece.text for piece in scanner.feed(so_far)) == seen


@pytest.mark.parametrize("opening", ["[", "![", "`", "<a ", "https://", "[1](", "[a](", "【", "[1, "])
def test_what_never_closes_is_let_out_in_the_end(opening: str) -> None:
    scanner = MarkupScanner({"1"})
    out = "".join(piece.text for piece in scanner.feed(opening + "x" * 5_000))
    assert "x" * 1_000 in out


def test_long_answers_are_scanned_in_linear_time() -> None:
    scanner = MarkupScanner({"1"})
    pieces = [piece for _ in range(20_000) for piece in scanner.feed("word [1] ")] + scanner.finish()
    assert sum(piece.kind == "marker" for piece in pieces) == 20_000
