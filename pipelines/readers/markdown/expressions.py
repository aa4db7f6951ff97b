"""What a reader sees for `{…}` in MDX, without running it."""

import re
from collections.abc import Collection, Mapping

from pipelines.readers.markdown.jsx import is_comment, literal_text

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_QUOTED = re.compile(
    r"""'(?:\\.|[^'\\\n]){0,2000}'|"(?:\\.|[^"\\\n]){0,2000}"|`(?:\\.|[^`\\]){0,2000}`|/\*.*?\*/""", re.DOTALL
)
_ROOT = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*(?!\s*:)")
_CODE = re.compile(r"=>|\bfunction\b|<[A-Za-z>]|\bnew [A-Z]")
_KEYWORDS = frozenset(
    {
        "async", "await", "false", "in", "instanceof", "null", "of", "return", "this", "true", "typeof", "undefined",
        "void",
    }
)  # fmt: skip
# What MDX, React and every JavaScript give a page without an import.
_GLOBALS = frozenset(
    {
        "Array", "Boolean", "Date", "Intl", "JSON", "Math", "Number", "Object", "React", "Set", "String", "children",
        "contentTitle", "document", "frontMatter", "frontmatter", "metadata", "process", "props", "require",
        "toc", "window",
    }
)  # fmt: skip


def expression_text(
    inside: str, values: Mapping[str, str], names: Collection[str], *, keep_unknown: bool
) -> str | None:
    """The text of `{inside}`: nothing where only running it could tell, None where it is no JavaScript but text.

    A page that is built as MDX has every name that its expressions say, from an import or export (`names`) or from
    MDX itself. Where none of them is known, the page is not built so, and its braces are shown as they stand. With
    `keep_unknown` that goes for what says no name, too.
    """
    if not inside.strip():
        return None if keep_unknown else ""
    if is_comment(inside):
        return ""
    if (literal := literal_text(inside)) is not None:
        return literal
    name = inside.strip()
    if name in values:
        return values[name]
    if _CODE.search(inside):
        return ""
    bare = _QUOTED.sub("''", inside)
    roots = set(_ROOT.findall(bare)) - _KEYWORDS
    if roots:
        return "" if roots & _GLOBALS or not roots.isdisjoint(names) else None
    return None if keep_unknown and not _IDENTIFIER.fullmatch(name) else ""
