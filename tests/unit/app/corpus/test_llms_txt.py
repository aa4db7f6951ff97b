"""What is written for language models."""

import pytest

from app.corpus.llms_txt import TextFile, summarise, write_full, write_index, write_list
from app.routes.llms_txt import respond
from storage_config.records.document_texts import PublishedPage


def _page(uri: str, text: str = "Some words. More words.", title: str = "A\n title") -> PublishedPage:
    return PublishedPage(uri, f"https://example.org/docs/{uri}", title, text)


def test_an_index_has_a_title_a_summary_and_a_section_for_each_folder() -> None:
    text = write_index(
        "docs", [_page("02-search/bm25"), _page("02-search/deep/fusion"), _page("zero"), _page("a/b", "")]
    )
    assert text.splitlines()[:3] == ["# docs", "", "> 4 pages of https://example.org/docs."]
    assert [line for line in text.splitlines() if line.startswith(("## ", "- "))] == [
        "## Pages",
        "- [A title](https://example.org/docs/zero): Some words.",
        "## Search",
        "- [A title](https://example.org/docs/02-search/bm25): Some words.",
        "- [A title](https://example.org/docs/02-search/deep/fusion): Some words.",
        "## A",
        "- [A title](https://example.org/docs/a/b)",
    ]


def test_what_is_left_out_is_told() -> None:
    assert "> 1 pages of https://example.org/docs/a. 7 more are left out here." in write_index(
        "docs", [_page("a")], left_out=7
    )
    assert "7 more" in write_full("docs", [_page("a")], left_out=7)
    assert "left out" not in write_full("docs", [_page("a")])


def test_an_empty_corpus_is_a_file_too() -> None:
    assert write_index("docs", []).startswith("# docs\n\n> 0 pages.\n")


def test_the_whole_has_each_page_under_its_title_and_url() -> None:
    text = write_full("docs", [_page("a", "# Own title\n\nWords.\n"), _page("b", "Words only.")])
    assert "---\n\nSource: https://example.org/docs/a\n\n# Own title\n\nWords.\n\n---" in text
    assert text.endswith("Source: https://example.org/docs/b\n\n# A title\n\nWords only.\n")


def test_several_corpora_are_a_list_of_theirs() -> None:
    assert "- [a](/a/llms.txt)\n- [b](/b/llms.txt)" in write_list(["a", "b"])


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (
            "# Title\n\nBM25 *limits* the [weight](https://e.org) of `k1 = 1.2`. More.",
            "BM25 limits the weight of k1 = 1.2.",
        ),
        ("# Title\n\n```py\nx = 1\n\ny = 2\n```\n\n- a list\n\nThen\nprose.", "Then prose."),
        ("> [!NOTE]\n\n| a |\n\n<div>\n\n:::tip\n\n1. one", ""),
        ("What You'll Learn\n\n- a list\n\nA store holds the state.", "A store holds the state."),
        ("x" * 200, "x" * 159 + "…"),
        ("", ""),
        (
            "A class has a `__attrs_attrs__` attribute, `unsafe_hash=X` and ``x`*y*``.",
            "A class has a __attrs_attrs__ attribute, unsafe_hash=X and x`*y*.",
        ),
        ("It calls the __init__ method of my_base_class.", "It calls the __init__ method of my_base_class."),
        ("It takes *args and **kwargs, 2*3 and 2 * 3.", "It takes *args and **kwargs, 2*3 and 2 * 3."),
        ("It _really_ __does__ **all *of* it**, 重点**内容**.", "It really __does__ all of it, 重点内容."),
        ("So f[0](`x`) is no link.", "So f[0](x) is no link."),
        ("The [`a_b_c`](x.html) _links `d_e`_ and **`f*g`**.", "The a_b_c links d_e and f*g."),
    ],
)
def test_a_summary_is_the_first_sentence_of_prose(text: str, summary: str) -> None:
    assert summarise(text) == summary


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [("", 200), ('"other"', 200), ('"tag"', 304), ('W/"tag"', 304), ('"other", "tag"', 304), ("*", 304)],
)
def test_what_a_client_has_is_not_sent_again(if_none_match: str, status: int) -> None:
    response = respond(TextFile("words", '"tag"'), if_none_match)
    assert response.status_code == status
    assert response.headers["etag"] == '"tag"'
    assert bytes(response.body) == (b"words" if status == 200 else b"")
