"""A page of MkDocs reduced to what its headings depend on, so that Python-Markdown renders them in linear time.

Python-Markdown takes time quadratic in the length of many a run of marks. Its anchors depend on the headings and on
the blocks that may hold or hide them, not on the text of paragraphs, cells and items.
"""

import re

_LONGEST_HEADING, _LONGEST_LINE, _LONGEST_PREFIX, _MOST_TAGS = 1_000, 600, 80, 500
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--|-->")
_PREFIX = re.compile(r"(?:[ \t>]|[-*+][ \t]+|\d{1,9}[.)][ \t]+)*")
_HEADING = re.compile(r"#{1,6}")
# What plugins and hooks read behind a language is no reason to take the code for text, and what follows it for code.
_OPENING_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})[ \t]*[^\s`]+[ \t]+[^`]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ \t]*")
_KEPT = re.compile(
    r"`{3}|~{3}|!{3}|\?{3}|={3}|/{3}|:::|\[[^\]]{1,100}\]:|<!--|-->|[-*_]{3,}$"
    r"|</?(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr"
    r"|li|main|nav|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)


def heading_skeleton(source: str) -> str:
    """The lines of the page: headings and marks of blocks as they are, other text as one word."""
    lines = source.split("\n")
    out: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        out.append(_reduce(line, following))
        # Headings in one block are read again for each of them.
        if (following.startswith("#") and line.startswith("#")) or _UNDERLINE.fullmatch(line):
            out.append("")
    return "\n".join(out)


def _reduce(line: str, following: str) -> str:
    if not line.strip():
        return ""
    prefix = _PREFIX.match(line)
    start = prefix.end() if prefix else 0
    if start > _LONGEST_PREFIX:
        return "x"
    if _HEADING.match(line, start) or _UNDERLINE.fullmatch(following):
        return line[: start + _LONGEST_HEADING]
    if line.startswith("===", start) and line.rstrip()[-1] in "\"'":
        return f"{line[:start]}!!! note"  # a tab holds headings as a note does, and is not joined to the one before
    if fence := _OPENING_FENCE.fullmatch(line, start):
        return f"{line[:start]}{fence['fence']}x"
    if _KEPT.match(line, start) or "<!--" in line or "-->" in line:
        # What a line opens it may close: the tags of a long one are kept, and not its text.
        return line if len(line) <= _LONGEST_LINE else line[:start] + "".join(_TAG.findall(line)[:_MOST_TAGS])
    return f"{line[:start]}x"
