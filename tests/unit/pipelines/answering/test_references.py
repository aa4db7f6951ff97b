"""References in the styles that readers ask for, also for pages that lack an author or a year."""

from typing import Any

import pytest

from pipelines.answering.references import check_style, format_reference
from storage_config.errors import ConfigurationError

ITEM: dict[str, Any] = {
    "type": "article-journal",
    "title": "On the weight of repeated terms",
    "author": [{"family": "Example", "given": "Ada"}, {"family": "Sample", "given": "Ben"}],
    "issued": {"date-parts": [[2019]]},
    "container-title": "Journal of Examples",
    "DOI": "10.1234/example",
}
MLA = "modern-language-association"


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in ITEM.items() if key not in keys}


@pytest.mark.parametrize(
    ("style", "item", "expected"),
    [
        (
            "apa",
            ITEM,
            "Example, A., & Sample, B. (2019). On the weight of repeated terms. Journal of Examples. "
            "https://doi.org/10.1234/example",
        ),
        (
            "apa",
            without("author"),
            "On the weight of repeated terms. (2019). Journal of Examples. https://doi.org/10.1234/example",
        ),
        (
            "apa",
            without("issued"),
            "Example, A., & Sample, B. (n.d.). On the weight of repeated terms. Journal of Examples. "
            "https://doi.org/10.1234/example",
        ),
        (
            "ieee",
            ITEM,
            "A. Example and B. Sample, “On the weight of repeated terms,” Journal of Examples, 2019, "
            "doi: 10.1234/example.",
        ),
        (
            "ieee",
            without("author"),
            "“On the weight of repeated terms,” Journal of Examples, 2019, doi: 10.1234/example.",
        ),
        (
            MLA,
            ITEM,
            "Example, Ada, and Ben Sample. “On the Weight of Repeated Terms.” Journal of Examples, 2019, "
            "https://doi.org/10.1234/example.",
        ),
        (
            MLA,
            without("author"),
            "“On the Weight of Repeated Terms.” Journal of Examples, 2019, https://doi.org/10.1234/example.",
        ),
        (
            MLA,
            without("issued"),
            "Example, Ada, and Ben Sample. “On the Weight of Repeated Terms.” Journal of Examples, "
            "https://doi.org/10.1234/example.",
        ),
    ],
)
def test_a_reference_follows_its_style(style: str, item: dict[str, Any], expected: str) -> None:
    assert format_reference(item, style) == expected


def test_a_page_without_bibliography_has_no_reference() -> None:
    assert format_reference(None, "apa") is None


def test_a_title_that_an_author_repeats_is_left_alone() -> None:
    reference = format_reference({**ITEM, "container-title": ITEM["title"]}, "apa")
    assert reference is not None
    assert reference.lower().count(ITEM["title"].lower()) == 2


WEB_PAGE: dict[str, Any] = {"type": "webpage", "title": "Nodes and topics", "URL": "https://example.org/nodes"}


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("apa", "Nodes and topics. (n.d.). https://example.org/nodes"),
        ("ieee", "“Nodes and topics.” [Online]. Available: https://example.org/nodes"),
        (MLA, "Nodes and Topics. https://example.org/nodes."),
    ],
)
def test_a_page_without_author_and_year_is_named_by_its_title(style: str, expected: str) -> None:
    assert format_reference(WEB_PAGE, style) == expected


def test_a_numbering_style_leaves_the_number_to_the_answer() -> None:
    reference = format_reference(ITEM, "nature")
    assert reference is not None
    assert reference.startswith("Example, A.")


def test_an_item_without_type_is_a_web_page() -> None:
    assert (
        format_reference({"title": "Nodes", "URL": "https://example.org"}, "apa")
        == "Nodes. (n.d.). https://example.org"
    )


def test_plain_text_keeps_what_would_be_markup() -> None:
    reference = format_reference({**ITEM, "title": "Lists <T> & maps"}, "apa")
    assert reference is not None
    assert "Lists <T> & maps" in reference


@pytest.mark.parametrize("item", [{}, {"title": "T", "author": "Ada"}, {"title": "T", "issued": "2020"}])
def test_what_is_no_csl_item_has_no_reference(item: dict[str, Any]) -> None:
    assert format_reference(item, "apa") is None


@pytest.mark.parametrize("style", ["apa", "ieee", MLA, "2d-materials", "../apa"])
def test_a_known_style_passes_and_formats(style: str) -> None:
    check_style(style)  # of a path only the name counts: nothing outside of the styles is ever read
    assert "repeated terms" in (format_reference(ITEM, style) or "").lower()


@pytest.mark.parametrize("style", ["appa", "", "/etc/passwd"])
def test_an_unknown_style_names_near_ones(style: str) -> None:
    with pytest.raises(ConfigurationError, match="near ones"):
        check_style(style)
