"""What tags of a page of markdown say of it: to robots, and which headings no generator takes for its title."""

import re
from html import unescape

_META = re.compile(r"<meta\b[^<>]{1,500}>", re.IGNORECASE)
_NAME = re.compile(r"""\bname\s*=\s*["']?(?:robots|googlebot)\b""", re.IGNORECASE)
_CONTENT = re.compile(
    r"""\bcontent\s*=\s*(?:"[^"]*\b(?:noindex|none)\b|'[^']*\b(?:noindex|none)\b|(?:noindex|none)\b)""", re.I
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)[^`\n]*\1(?!`)")


def forbids_robots(source: str) -> bool:
    """Whether the page forbids to index it. A tag that it shows as code is what it is about, not what it says."""
    lowered = source.lower()
    if "<meta" not in lowered or not ("robots" in lowered or "googlebot" in lowered):
        return False
    tags = _META.findall(_CODE_SPAN.sub("", _without_fences(source)))
    return any(_NAME.search(tag) and _CONTENT.search(tag) for tag in tags)


_RAW_HEADING = re.compile(r"<h1\b[^<>]{0,300}>(.{1,400}?)</h1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{1,400}>")


def raw_headings(source: str) -> frozenset[str]:
    """The texts of h1 elements in HTML: pages open with their project's name so, which is not their title."""
    return frozenset(" ".join(unescape(_TAG.sub("", found)).split()) for found in _RAW_HEADING.findall(source))


def _without_fences(source: str) -> str:
    kept, fence = [], ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            kept.append(line)
    return "\n".join(kept)
