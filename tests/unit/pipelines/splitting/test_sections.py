"""Sections of a page: their headings, anchors and breadcrumbs."""

import pytest

from pipelines.splitting.sections import build_breadcrumb, read_sections
from pipelines.splitting.tokens import count_tokens
from pipelines.types import Heading
from tests.support.markdown_pages import join_page


def read(before: list[str], found: list[tuple[int, str, list[str]]]) -> list[tuple[tuple[str, ...], str | None, str]]:
    page = join_page(before, found)
    headings = [Heading(**heading) for heading in page.metadata["headings"]]
    return [
        (section.heading_path, section.anchor, page.text[section.start : section.end].strip())
        for section in read_sections(page.text, headings)
    ]


def test_a_path_holds_the_headings_around_without_the_title() -> None:
    found = read(
        [],
        [
            (1, "Title", ["t"]), (2, "A", ["a"]), (4, "B", ["b"]), (3, "C", ["c"]), (2, "D", ["d"]), (3, "E", ["e"]),
        ],
    )  # fmt: skip
    assert [path for path, _, _ in found] == [(), ("A",), ("A", "B"), ("A", "C"), ("D",), ("D", "E")]
    assert [anchor for _, anchor, _ in found] == [None, "anchor-1", "anchor-2", "anchor-3", "anchor-4", "anchor-5"]


def test_only_the_first_heading_can_be_the_title() -> None:
    assert [path for path, _, _ in read(["Opening."], [(1, "One", ["a"]), (1, "Two", ["b"])])] == [(), (), ("Two",)]
    assert [path for path, _, _ in read([], [(2, "A", ["a"]), (1, "B", ["b"])])] == [("A",), ("B",)]


def test_a_heading_with_nothing_below_it_makes_no_section_but_stays_in_the_paths() -> None:
    found = read([], [(2, "A", []), (3, "B", ["b"]), (2, "Empty", []), (2, "C", ["c"])])
    assert found == [(("A", "B"), "anchor-1", "### B\n\nb"), (("C",), "anchor-3", "## C\n\nc")]


def test_a_page_of_headings_alone_is_one_section() -> None:
    assert read([], [(2, "A", []), (3, "B", [])]) == [(("A",), "anchor-0", "## A\n\n### B")]


def test_an_empty_page_has_no_section() -> None:
    assert read_sections("", []) == []
    assert read_sections(" \r\n\t", []) == []


def test_the_anchor_is_that_of_the_innermost_heading_that_has_one() -> None:
    text = "## A\n\n### B\n\nb"
    headings = [Heading(2, "A", "a", 0, 4), Heading(3, "B", None, 6, 11)]
    assert read_sections(text, headings)[0].anchor == "a"


def test_headings_need_not_come_in_order() -> None:
    text = "## A\n\na\n\n## B\n\nb"
    headings = [Heading(2, "B", "b", 9, 13), Heading(2, "A", "a", 0, 4)]
    assert [section.anchor for section in read_sections(text, headings)] == ["a", "b"]


def test_a_breadcrumb_is_title_and_path_with_its_cost() -> None:
    crumb = build_breadcrumb("The  page", ["Using\nit", "Fast"], 64)
    assert crumb.text == "The page > Using it > Fast"
    assert crumb.tokens == count_tokens(crumb.text) - 2
    assert build_breadcrumb("", [], 64).tokens == 0


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        ("Page", ["middle " * 20, "Last"], "Page > … > Last"),
        ("title " * 20, ["Last words"], "Last words…"),
        (
            "Page",
            ["one two three four five six seven eight nine ten eleven twelve"],
            "one two three four five six seven…",
        ),
        ("Page", ["x" * 5_000], "Page…"),
        ("y" * 5_000, ["x" * 5_000], ""),
    ],
)
def test_a_long_breadcrumb_gives_way_in_the_middle_then_before_then_at_the_end(
    title: str, path: list[str], expected: str
) -> None:
    crumb = build_breadcrumb(title, path, 8)
    assert crumb.text == expected
    assert crumb.tokens == (count_tokens(expected) - 2 if expected else 0)
