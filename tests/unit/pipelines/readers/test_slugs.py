"""Anchors by github-slugger's rules; the package itself is compared in tests/contract."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.markdown.slugs import GithubSlugger, github_slug, split_explicit_id


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello World", "hello-world"),
        ("C++ / C# & F#", "c--c--f"),
        ('What\'s   "new"?', "whats---new"),
        ("🚀 Rocket", "-rocket"),
        ("snake_case-kebab", "snake_case-kebab"),
        ("Émile 日本語 Ärger", "émile-日本語-ärger"),
        ("two\nlines\ttab", "twolinestab"),
        ("ΟΔΟΣ", "οδος"),
        ("", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert github_slug(text) == slug


def test_duplicates_are_numbered_past_what_is_taken() -> None:
    slugger = GithubSlugger()
    texts = ["Setup", "Setup", "Setup-1", "setup", "Setup 1"]
    assert [slugger.anchor(text) for text in texts] == ["setup", "setup-1", "setup-1-1", "setup-2", "setup-1-2"]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="aA1- ", max_size=4), max_size=12))
def test_anchors_of_a_page_are_unique(texts: list[str]) -> None:
    slugger = GithubSlugger()
    anchors = [slugger.anchor(text) for text in texts]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize(
    ("text", "title", "explicit"),
    [
        ("Title {#my-id}", "Title", "my-id"),
        ("Title{#id with blanks }", "Title", "id with blanks"),
        ("{#only}", "", "only"),
        ("Title {#a} more", "Title {#a} more", None),
        ("Title {#}", "Title {#}", None),
        ("Title {a}", "Title {a}", None),
    ],
)
def test_explicit_ids(text: str, title: str, explicit: str | None) -> None:
    assert split_explicit_id(text) == (title, explicit)
