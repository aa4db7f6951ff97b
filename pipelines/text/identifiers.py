"""Names of code in a text: options, functions, settings, files, as they are written."""

import re
from collections.abc import Sequence
from functools import lru_cache

_IDENTIFIER = re.compile(
    r"`([^`\n]{1,80})`"  # marked as code
    r"|(?<![\w-])(--?[A-Za-z][\w-]*)"  # a flag
    r"|(?<![\w.-])(@?\w+(?:[.:/\\_-]\w+)*[._:]\w+(?:\(\))?)"  # dotted, snake_case
    r"|(?<![\w.-])(\w+\(\))"  # a call
    r"|(?<![\w.-])([a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)"  # camelCase, PascalCase
)
# What stands at the head of what says something of it: "`html` - Run in HTML mode.", "**port** (int): …", "| `port` |".
_LABEL = re.compile(
    r"^[\s|*_-]{0,8}(?:`(?P<code>[^`\n]{1,60})`|\*\*(?P<bold>[^*\n]{1,60})\*\*|(?P<plain>[\w.$-]{2,40}))"
    r"[*_]{0,3}\s{0,3}(?:\((?:[^)\n]{0,60}|[^\n]{0,300}?)\)\s{0,3})?(?:[-–—=|](?:\s|$)|[:：]|$|(?=\n))"
)
_DOTTED = re.compile(r"\.?(?P<owner>(?:\w+\.)*)(?P<last>\w+)(?:\([^)\n]*\))?")
# "e.g. for laser scans", "in the U.S."
_ABBREVIATION = re.compile(r"[A-Za-z](?:\.[A-Za-z])+")


@lru_cache(maxsize=4_096)
def identifiers(text: str) -> tuple[str, ...]:
    """The identifiers of a text in order, without marks and the brackets of a call, each once."""
    found = (next(part for part in match.groups() if part) for match in _IDENTIFIER.finditer(text))
    names = dict.fromkeys(name.removesuffix("()").strip() for name in found if len(name.strip()) > 1)
    return tuple(name for name in names if not _ABBREVIATION.fullmatch(name))


def split_name(name: str) -> tuple[str, str]:
    """A name with dots as its owner and its last part: `click.Context.forward()` as `click.Context` and `forward`.

    The owner is empty where there is none, or where it is no name of code.
    """
    found = _DOTTED.fullmatch(name.strip())
    return (found["owner"].rstrip("."), found["last"]) if found else ("", name.strip())


def are_same(name: str, other: str) -> bool:
    """Whether two names may be ways to one thing: `ctx.forward` and `forward` both are to `click.Context.forward()`.

    `server.port` and `client.port`, `package.json` and `tsconfig.json` are not: what stands before the last name is
    short for what stands there in the other, or nothing.
    """
    (mine, last), (its, its_last) = split_name(name), split_name(other)
    if last != its_last:
        return False
    if last.isdecimal():  # a version
        return mine == its
    return _is_short_for(mine, its) or _is_short_for(its, mine)


def _is_short_for(short: str, long: str) -> bool:
    """Whether it has its letters in their order: `ctx` is short for `Context`, `logger` for `BoundLogger`."""
    letters = iter(long.casefold())
    return all(letter in letters for letter in short.casefold() if letter.isalnum())


def heads(name: str, heading: str) -> bool:
    """Whether a heading has the identifier as it is written, or is that of the same thing with another way to it."""
    return names_exactly(name, heading) or are_same(name, heading)


@lru_cache(maxsize=4_096)
def _exactly(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])(?!\.\w)")


def names_exactly(name: str, text: str) -> bool:
    """Whether the text has the identifier as it is written: `port` is neither `server.port` nor `--port`."""
    return name in text and _exactly(name).search(text) is not None


def names_all(names: Sequence[str], text: str) -> bool:
    """Whether there are names, and the text has each of them as it is written."""
    return bool(names) and all(names_exactly(name, text.replace("`", " ")) for name in names)


@lru_cache(maxsize=16_384)
def label_of(text: str) -> str:
    """The name that a list's item, a table's row or a paragraph begins with and then speaks of; empty for none.

    Without the brackets of a call.
    """
    found = _LABEL.match(text)
    if found is None:
        return ""
    name = found["code"] or found["bold"] or found["plain"]
    return name.strip().removesuffix(":").partition("(")[0].strip()
