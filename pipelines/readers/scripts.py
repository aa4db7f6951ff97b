"""Superscripts and subscripts in a line of plain text: a mark keeps what stands above or below from what it follows."""

import re

# `1st`, `2e`, `Acme™`: the suffix is part of the word, on the line or above it.
_SUFFIX = re.compile(r"(?:st|nd|rd|th|er|ère|re|ème|nde|ste|tm|sm|®|™|©|℠|º|ª)\.?", re.IGNORECASE)
_FRACTION = re.compile(r"(?<![\w^])\^?(\d{1,4})([⁄/])_(\d{1,4})(?!\w)")
_MIXED = re.compile(r"(?<![\w.,^])(\d{1,4})\^(\d{1,4})([⁄/])_(\d{1,4})(?!\w)")  # 3½
_BRACKETED = re.compile(r"\([^()]*\)")
_SIMPLE = re.compile(r"[+\-−–]?[\w.,′*†‡]+|\d{1,2}[+\-−–]|[+\-−–*†‡′″°]+")
# Signs that are small wherever they stand, and small print: words, with nothing that they are raised over.
_SIGN = re.compile(r"[†‡§¶®™℠©]{1,3}|\[[\w*†‡, –-]{1,20}\]")
_STARS = re.compile(r"\*{1,3}")
_PRINT = re.compile(r"[^\W\d_]{2,40}[.,;:!?]?(?:\s+\S{1,200})*\s+[^\W\d_]{2,40}[.,;:!?]?")
# A label behind a word: `Feature` with `new` above it.
_LABEL = re.compile(r"[^\W\d_]{3,20}")
_WORD_BEFORE = re.compile(r"[^\W\d_]{3}$")
_NOTE = re.compile(r"\[?\(?(?:\d{1,4}|[*†‡§¶]{1,3}|[a-z])\)?\]?", re.IGNORECASE)


def raised(before: str, content: str) -> str:
    """A superscript after the text `before`: `2` and `10` give `^10`, `n` and `a+b` give `^(a+b)`."""
    content = content.strip()
    if not content or (_SUFFIX.fullmatch(content) and before[-1:].isalnum()):
        return content
    if _SIGN.fullmatch(content) or _PRINT.fullmatch(content):
        return content
    if _LABEL.fullmatch(content) and _WORD_BEFORE.search(before[-3:]):
        return f" {content}"
    if _STARS.fullmatch(content) and not before[-1:].isalpha():  # after a letter it is the conjugate, `x^*`
        return content
    return content if not before.strip() else _marked("^", content)


def lowered(before: str, content: str) -> str:
    """A subscript: `x` and `i` give `_i`; a count after a symbol of chemistry stays as it is written, `H2O`."""
    content = content.strip()
    counted = content.isdecimal() and (before[-1:].isupper() or before[-1:] in tuple(")]") or _element(before))
    plain = not content or counted or not before.strip() or _PRINT.fullmatch(content) is not None
    return content if plain else _marked("_", content)


def joined_fractions(text: str) -> str:
    """The text in which a number above and one below a stroke are a fraction: `1⁄2`, which no marks make clearer."""
    if "⁄_" not in text and "/_" not in text:
        return text
    return _FRACTION.sub(r"\1\2\3", _MIXED.sub(r"\1 \2\3\4", text))


def is_note(content: str) -> bool:
    """Whether a superscript that is a link says nothing but the number or sign of a note."""
    return _NOTE.fullmatch(content.strip()) is not None


def _element(before: str) -> bool:
    """Whether the text ends with a symbol such as `Ca`, and not with a word."""
    return re.search(r"(?:^|[^A-Za-z]|[a-z)\d])[A-Z][a-z]$", before[-4:]) is not None


def _marked(mark: str, content: str) -> str:
    return f"{mark}{content}" if _SIMPLE.fullmatch(content) or _BRACKETED.fullmatch(content) else f"{mark}({content})"
