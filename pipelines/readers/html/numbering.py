"""The numbers of an ordered list as its page shows them."""

import re

from lxml.html import HtmlElement

_NUMBERINGS = (
    (("loweralpha", "lowerlatin"), "a"), (("upperalpha", "upperlatin"), "A"), (("lowerroman",), "i"),
    (("upperroman",), "I"),
)  # fmt: skip
_ROMAN = (
    ("", "m", "mm", "mmm"),
    ("", "c", "cc", "ccc", "cd", "d", "dc", "dcc", "dccc", "cm"),
    ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"),
    ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"),
)


def integer(value: str | None, otherwise: int) -> int:
    """The whole number that an attribute says, else the other one."""
    return int(value) if value and re.fullmatch(r"\s*-?\d{1,9}\s*", value) else otherwise


def numeral(number: int, kind: str) -> str:
    """The number of an item as its list shows it: `c` and `iv` where its type says so."""
    if kind in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord(kind) + letter) + letters
        return letters
    if kind in ("i", "I") and 0 < number < 4_000:
        roman = "".join(
            digits[int(digit)] for digits, digit in zip(_ROMAN[-len(str(number)) :], str(number), strict=True)
        )
        return roman.upper() if kind == "I" else roman
    return str(number)


def numbering(element: HtmlElement) -> str:
    """The type of a list's numbers, which docutils and Asciidoctor say by a class, others by the style."""
    if element.get("type"):
        return str(element.get("type"))
    said = f"{element.get('class') or ''} {element.get('style') or ''}".lower().replace("-", "")
    return next((kind for words, kind in _NUMBERINGS if any(word in said for word in words)), "")
