"""The anchors of headings in Docusaurus and on GitHub. MkDocs' are in `material`, from the library it renders with."""

from collections.abc import MutableMapping
from typing import Any

from markdown_it.token import Token

from pipelines.readers.lines import LineHeading
from pipelines.readers.markdown.inlines import inline_tokens, shown_text, slug_text
from pipelines.readers.markdown.jsx import is_comment
from pipelines.readers.markdown.slugs import GithubSlugger, split_explicit_id


class DocusaurusAnchors:
    """Docusaurus 3: @docusaurus/mdx-loader's `headings` plugin, then its theme, which gives an h1 no id."""

    def __init__(self, *, mdx: bool = True) -> None:
        self._mdx = mdx
        self._slugger = GithubSlugger()

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        """An explicit id is taken as it is and does not count as taken for the headings after it."""
        tokens = inline_tokens(content, env, mdx=self._mdx, directives=True)
        tokens = [token for token in tokens if token.type != "mdx_comment"]
        anchor = _comment_id(tokens)
        if anchor is not None:
            return LineHeading(level, shown_text(tokens[:-1]), anchor if level > 1 else None)
        _, anchor = split_explicit_id(slug_text(tokens))
        shown, _ = split_explicit_id(shown_text(tokens))
        if anchor is None:
            anchor = self._slugger.anchor(slug_text(tokens))
        return LineHeading(level, shown, (anchor or None) if level > 1 else None)


def _comment_id(tokens: list[Token]) -> str | None:
    """The id of `## Title {/* #id */}`: the first word of the comment that ends the heading."""
    last = tokens[-1] if tokens else None
    if last is None or last.type != "mdx_expression" or not last.content or not is_comment(last.content):
        return None
    words = last.content.strip().removeprefix("/*").removesuffix("*/").split()
    return words[0][1:] or None if words and words[0].startswith("#") else None


class GithubAnchors:
    """GitHub's anchors. `{#id}`, which GitHub does not know, is honoured: who writes it has a generator that does."""

    def __init__(self, *, mdx: bool = False) -> None:
        self._mdx = mdx
        self._slugger = GithubSlugger()

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        """The heading, as GitHub numbers those of one name."""
        tokens = inline_tokens(content, env, mdx=self._mdx)
        shown, anchor = split_explicit_id(shown_text(tokens))
        return LineHeading(level, shown, (anchor or self._slugger.anchor(slug_text(tokens).strip())) or None)
