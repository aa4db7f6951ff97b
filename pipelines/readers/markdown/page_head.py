"""What a page of markdown tells robots in tags of its own, which its generator moves to the page's head."""

import re

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


def _without_fences(source: str) -> str:
    kept, fence = [], ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            kept.append(line)
    return "\n".join(kept)
