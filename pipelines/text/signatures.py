"""Headings that are signatures, as entries of an API's reference have them: "### `hover(seconds=10)`"."""

import re

_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
# Code with an argument list or several words: a name alone says nothing of what a thing takes.
_CODE = re.compile(r"`(?=[^`\n]*[ (])[^`\n]{3,}`")
_QUOTED_CHARS = 402  # a longer one hides the answer behind it


def opens_entry(text: str) -> bool:
    """Whether a passage begins with a signature. Of the hundreds of hits of a question few begin with a heading."""
    return text.startswith("#") and (found := _HEADING.match(text)) is not None and bool(_CODE.match(text, found.end()))


def signature_above(text: str, start: int) -> tuple[int, int] | None:
    """Where the signature stands that heads what begins at `start`: the nearest heading above it, if that is one."""
    ends = [heading.end() for heading in _HEADING.finditer(text, 0, start)]
    found = _CODE.match(text, ends[-1]) if ends else None
    return found.span() if found and len(found[0]) <= _QUOTED_CHARS else None
