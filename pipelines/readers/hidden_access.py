"""Whether the beginning of a page says whom it is for, where it could not be read as front matter.

A page that was meant for a group must not become everybody's because of a slip above it: a mark that is missing, a
blank line before it, a comma too many. A page of prose that begins with a rule says nothing of the kind.
"""

import re

# The key bare, quoted, with a tag or an anchor, or as a table's name: first in a line, or in a mapping on one line.
_KEY = re.compile(
    r"""(?:^|(?P<flow>[{,]))[\s"'?({\[-]{0,60}(?:[!&]\S{0,60}[ \t]{1,9})?["']?access"""
    r"""(?:["']?\]|(?:\.[\w.-]{1,60})?["'\s]{0,60}[:=])""",
    re.MULTILINE | re.IGNORECASE,
)
# Blank lines and comments, then a mark of YAML or TOML, or a brace that begins no expression and no template's tag.
_OPENS = re.compile(
    r"[\s\ufeff]*+(?:<!--(?>.*?-->)\s*+)*+"
    r"(?:-{3}(?!-)|\+{3}(?!\+)|(?=(?P<brace>\{)(?![{%/:<#])))",
    re.DOTALL,
)
# Keys at the very beginning, and below them the mark that closes: the one that opens is missing.
_UNOPENED = re.compile(
    r"[\s\ufeff]*+(?:[\w.-]{1,60}[ \t]*:[^\n]*\n|[ \t]+[-\w][^\n]*\n|-[ \t][^\n]*\n){1,200}+"
    r"(?:-{3}|\.{3})[ \t]*(?:\n|$)"
)
_CLOSES = re.compile(r"^(?:-{3}|\.{3}|\+{3})", re.MULTILINE)
_BRACE = re.compile(r"[{}]")
_BEGINS_AS_KEYS = re.compile(r"""[ \t]+\S|[{}\]]|(?:\? *)?["']?[\w.-]+["']?[ \t]*[:=]""")
# "Access: everybody may read it." of a page that begins with a rule. Only a sentence that lets everybody in, and says
# nothing else, is none of front matter: any other one may be for whom the page is.
_SENTENCE = re.compile(
    r"[ \t]{0,3}Access:[ \t]+(?:everybody|everyone|anybody|anyone)[ \t]+(?:may|can)[ \t]+(?:read|see|view|open|use)"
    r"(?:[ \t]+(?:it|them|(?:this|the)(?:[ \t]+(?:page|document|guide))?))?[.!]\s*"
)
_COMMENTS = re.compile(r"(?:\s*+#[^\n]*)*+\s*+")
MAX_HEAD_CHARS = 262_144


def says_access(written: str) -> bool:
    """Whether front matter that no parser takes has a key `access`, however it is spelt."""
    brace = written.find("{")
    # Behind a comma it is a key only inside of braces; in a sentence it is a word.
    return any(found["flow"] != "," or 0 <= brace < found.start() for found in _KEY.finditer(written))


def hides_access(source: str) -> bool:
    """Whether a page without front matter that could be read begins with what looks like some, and says `access`."""
    if unopened := _UNOPENED.match(source):
        return says_access(unopened[0])
    opened = _OPENS.match(source)
    if opened is None:
        return False
    text = source[opened.end() : opened.end() + MAX_HEAD_CHARS]
    # `{access == 1 && ...}` is an expression of a component.
    return says_access(_braced(text).replace("=", " ") if opened["brace"] else _head(text))


def _braced(text: str) -> str:
    """The text up to the brace that closes its first one; where none does, what else may be front matter."""
    depth = 0
    for brace in _BRACE.finditer(text):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[: brace.end()]
    return _head(text)


def _head(text: str) -> str:
    """What may be front matter of the text below a mark: up to the closing one, else up to the first prose."""
    comments = _COMMENTS.match(text)
    first = comments.end() if comments else 0
    closed = _CLOSES.search(text, first + 1)
    if closed and _BEGINS_AS_KEYS.match(text, first):
        return text[: closed.start()]
    kept: list[str] = []
    is_apart = False  # whether a blank line stands before: what is no key behind one is the page
    for number, line in enumerate(text.split("\n")):
        if not line.strip():
            is_apart = number > 0
            continue
        if is_apart and not _BEGINS_AS_KEYS.match(line):
            break
        kept.append(line)
        is_apart = False
    is_prose = all(_SENTENCE.fullmatch(line) or not _BEGINS_AS_KEYS.match(line) for line in kept)
    return (
        "" if is_prose and any(map(_SENTENCE.fullmatch, kept)) and not any(map(_is_bare_key, kept)) else "\n".join(kept)
    )


def _is_bare_key(line: str) -> bool:
    return _SENTENCE.fullmatch(line) is None and says_access(line)
