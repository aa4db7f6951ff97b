"""Astro Starlight: the anchors of its headings, the title above its pages, and the addresses of their files.

Anchors follow @astrojs/markdown-remark: github-slugger over the text after smart punctuation, one last `-` less.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring

from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.lines import BLANK, Line, LineHeading
from pipelines.readers.markdown.inlines import inline_tokens, shown_text
from pipelines.readers.markdown.slugs import GithubSlugger, github_slug

_DASHES = re.compile("(?<!-)--(?!-)")


class StarlightAnchors:
    """The anchors of one page. `values` are what an expression of its front matter stands for."""

    def __init__(self, *, mdx: bool, values: Mapping[str, str]) -> None:
        self._mdx, self._values = mdx, values
        self._slugger = GithubSlugger()

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        """The heading; Starlight knows no ids in braces."""
        tokens = [token for token in inline_tokens(content, env, mdx=self._mdx) if token.type != "mdx_comment"]
        words = []
        for token in tokens:
            if token.type == "text":
                words.append(_DASHES.sub("—", token.content))
            elif token.type == "mdx_expression":
                words.append(self._values.get(token.content.strip(), token.content))
            elif token.type not in ("image", "html_inline", "footnote_reference"):
                words.append(" " if token.type == "softbreak" else token.content)
        anchor = self._slugger.anchor("".join(words)).removesuffix("-")
        return LineHeading(level, shown_text(tokens), anchor or None)


def title_lines(title: str, values: Mapping[str, Any]) -> Sequence[Line]:
    """What stands above a page: its title, at the anchor of every page's top, or that of its hero, and its banner."""
    hero = values.get("hero")
    hero = hero if isinstance(hero, dict) else {}
    shown = _text(hero.get("title")) or title
    lines = [Line(f"# {shown}", heading=LineHeading(1, shown, "_top")), BLANK]
    banner = values.get("banner")
    for words in (_text(hero.get("tagline")), _text(banner.get("content") if isinstance(banner, dict) else None)):
        lines += [Line(words), BLANK] if words else []
    return lines


def _text(value: object) -> str:
    """The text of a value that may be HTML."""
    if not isinstance(value, str) or not value.strip():
        return ""
    try:
        value = str(fragment_fromstring(value, create_parent="div").text_content())
    except (etree.LxmlError, ValueError):
        return ""
    return " ".join(value.split())


def starlight_route(path: PurePosixPath, front_matter: FrontMatter, trailing_slash: bool | None, base_url: str) -> str:
    """`Sub Dir/A b.mdx` → `/sub-dir/a-b/`; a slug is the whole path, with the locale that `base_url` ends with."""
    parts = [github_slug(name) for name in path.with_suffix("").parts]
    if parts[-1] == "index":
        parts.pop()
    route = "/".join(parts)
    if front_matter.slug:
        locale = base_url.rstrip("/").rpartition("/")[2]
        route = f"{front_matter.slug.strip('/')}/".removeprefix(f"{locale}/").removesuffix("/")
        route = "" if route == "index" else route
    return f"/{route}/" if route and trailing_slash is not False else f"/{route}"
