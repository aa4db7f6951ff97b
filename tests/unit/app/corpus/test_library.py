"""Sections cut out of their pages, and urls that are like others."""

from typing import Any

import pytest

from app.corpus.library import MAX_SECTION_CHARS, MAX_SECTION_LINKS, PageSection, cut_section, find_closest
from app.errors import SectionNotFound
from storage_config.records.documents import StoredDocument
from storage_config.records.ids import new_id

URL = "https://example.org/docs/ranking"
TEXT = """# Ranking 🔎

Some words.

## Weights

They weigh.

### The parameter k1

It saturates.

## Fusion

Two lists become one.
"""
HEADINGS = [("Ranking 🔎", 1, "ranking"), ("Weights", 2, "weights"), ("The parameter k1", 3, "k1"), ("Fusion", 2, None)]


def _document(text: str = TEXT, headings: list[tuple[str, int, str | None]] = HEADINGS) -> StoredDocument:
    found = [
        {"level": level, "text": name, "anchor": anchor, "start": at, "end": at + level + 1 + len(name)}
        for name, level, anchor in headings
        for at in [text.index(f"{'#' * level} {name}\n")]
    ]
    values = dict.fromkeys(StoredDocument.__slots__)
    said: dict[str, Any] = {"id": new_id(), "url": URL, "title": "Ranking", "source_quality": "book"}
    return StoredDocument(**{**values, **said, "text": text, "headings": found})


def _cut(anchor: str) -> PageSection:
    section = cut_section(_document(), anchor)
    assert TEXT[section.start : section.end] == section.text
    return section


def test_without_an_anchor_it_is_the_whole_page_with_its_sections() -> None:
    section = _cut("")
    assert section.text == TEXT.rstrip()
    assert (section.url, section.heading_path, section.is_whole) == (URL, (), True)
    assert [one.url for one in section.sections] == [f"{URL}#ranking", f"{URL}#weights", f"{URL}#k1"]


@pytest.mark.parametrize(
    ("anchor", "begins", "ends", "path"),
    [
        ("weights", "## Weights", "It saturates.", ("Weights",)),
        ("k1", "### The parameter k1", "It saturates.", ("Weights", "The parameter k1")),
        ("ranking", "# Ranking 🔎", "Two lists become one.", ()),
    ],
)
def test_a_section_reaches_to_the_next_heading_of_its_level_or_above(
    anchor: str, begins: str, ends: str, path: tuple[str, ...]
) -> None:
    section = _cut(anchor)
    assert section.text.startswith(begins)
    assert section.text.endswith(ends)
    assert section.heading_path == path
    assert section.url == f"{URL}#{anchor}"


def test_the_sections_inside_are_named() -> None:
    assert [(one.title, one.url) for one in _cut("weights").sections] == [("The parameter k1", f"{URL}#k1")]
    assert _cut("k1").sections == ()


def test_an_unknown_anchor_names_the_nearest() -> None:
    with pytest.raises(SectionNotFound) as missing:
        cut_section(_document(), "weight")
    assert missing.value.closest[0] == f"{URL}#weights"


def test_a_page_without_headings_is_its_text() -> None:
    assert cut_section(_document("Plain words.", []), "").text == "Plain words."


def test_a_long_section_is_cut_and_says_so() -> None:
    section = cut_section(_document(f"# Ranking 🔎\n\n{'x' * MAX_SECTION_CHARS}", HEADINGS[:1]), "")
    assert not section.is_whole
    assert len(section.text) == section.end - section.start == MAX_SECTION_CHARS


def test_the_closest_urls_share_the_most() -> None:
    urls = ["https://e.org/install", "https://e.org/search/fusion", "https://e.org/search/bm25", "https://e.org/"]
    assert find_closest("https://e.org/search/bm26", urls)[0] == "https://e.org/search/bm25"
    assert len(find_closest("https://e.org/x", urls)) == 3
    assert find_closest("", []) == []


def test_an_anchor_is_found_in_either_spelling() -> None:
    text = "# Ranking 🔎\n\n## A b\n\nText.\n"
    escaped = _document(text, [("A b", 2, "/A%20b")])
    plain = _document(text, [("A b", 2, "A b")])
    assert cut_section(escaped, "/A%20b").text == cut_section(plain, "A%20b").text == "## A b\n\nText."


def test_a_page_of_very_many_headings_names_the_first() -> None:
    names = [f"Entry {number}" for number in range(3000)]
    text = "".join(f"## {name}\n\n" for name in names)
    headings: list[tuple[str, int, str | None]] = [(name, 2, name) for name in names]
    section = cut_section(_document(text, headings), "")
    assert [one.title for one in section.sections] == names[:MAX_SECTION_LINKS]
