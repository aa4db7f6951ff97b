"""Anchors of headings, as the site generators make them.

`GithubSlugger` follows the npm package github-slugger 2 (Docusaurus, GitHub): lower case, drop everything that is
neither word nor hyphen, blanks become hyphens, duplicates are numbered.
"""

import re

from pipelines.readers.markdown.slug_words import DROPPED


def github_slug(text: str) -> str:
    """The anchor of a heading's text, before duplicates are numbered."""
    return DROPPED.sub("", text.lower()).replace(" ", "-")


class GithubSlugger:
    """Anchors of one page: the second `setup` becomes `setup-1`, unless that is taken too."""

    def __init__(self) -> None:
        self._occurrences: dict[str, int] = {}

    def anchor(self, text: str) -> str:
        """The anchor of the next heading with this text."""
        slug = github_slug(text)
        anchor = slug
        while anchor in self._occurrences:
            self._occurrences[slug] += 1
            anchor = f"{slug}-{self._occurrences[slug]}"
        self._occurrences[anchor] = 0
        return anchor


# Docusaurus' rule for `## Title {#id}`, applied to the rendered text of the heading.
_EXPLICIT_ID = re.compile(r"(?<!\s)\s*\{#((?:.(?!\{#|\}))*.)\}$")


def split_explicit_id(text: str) -> tuple[str, str | None]:
    """`Title {#my-id}` → (`Title`, `my-id`); None where the heading names no id."""
    match = _EXPLICIT_ID.search(text)
    if not match:
        return text, None
    return text[: match.start()], match.group(1).strip() or None
