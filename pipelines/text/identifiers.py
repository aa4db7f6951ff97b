"""Names of code in a text: options, functions, settings, files, as they are written."""

import re
from functools import lru_cache

_IDENTIFIER = re.compile(
    r"`([^`\n]{1,80})`"  # marked as code
    r"|(?<![\w-])(--?[A-Za-z][\w-]*)"  # a flag
    r"|(?<![\w.-])(@?\w+(?:[.:/\\_-]\w+)*[._:]\w+(?:\(\))?)"  # dotted, snake_case
    r"|(?<![\w.-])(\w+\(\))"  # a call
    r"|(?<![\w.-])([a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)"  # camelCase, PascalCase
)
# "e.g. for laser scans", "in the U.S."
_ABBREVIATION = re.compile(r"[A-Za-z](?:\.[A-Za-z])+")


@lru_cache(maxsize=4_096)
def identifiers(text: str) -> tuple[str, ...]:
    """The identifiers of a text in order, without marks and the brackets of a call, each once."""
    found = (next(part for part in match.groups() if part) for match in _IDENTIFIER.finditer(text))
    names = dict.fromkeys(name.removesuffix("()").strip() for name in found if len(name.strip()) > 1)
    return tuple(name for name in names if not _ABBREVIATION.fullmatch(name))


@lru_cache(maxsize=4_096)
def _exactly(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])(?!\.\w)")


def names_exactly(name: str, text: str) -> bool:
    """Whether the text has the identifier as it is written: `port` is neither `server.port` nor `--port`."""
    return name in text and _exactly(name).search(text) is not None
