"""Literal values in the configuration of a generator that is written in JavaScript. Nothing of it is run."""

import re
from dataclasses import dataclass
from itertools import islice

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
_COMMENTS = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TOKENS = re.compile(rf"(?P<string>{_STRING})|(?P<open>[{{\[(])|(?P<close>[}}\])])", re.DOTALL)
# `process.env.URL || 'https://…'`: the value where nothing else is said.
_VALUE = re.compile(rf"\s*(?:[\w.]+\s*(?:\|\||\?\?)\s*)?({_STRING}|true|false)\s*(?=[,}}\n\])]|\Z)", re.DOTALL)
_MAX_FOUND = 20


@dataclass(frozen=True, slots=True)
class Literal:
    """What a key has: `text` is None where the key is there and its value is none that can be read."""

    text: str | None


def without_comments(source: str) -> str:
    """The source with its strings and without its comments."""
    return _COMMENTS.sub(lambda found: found[1] or " ", source)


def values_of(source: str, key: str) -> list[Literal]:
    """The values of the key, in order: its bounded first ones."""
    found = [place.end() for place in islice(_key(key).finditer(source), _MAX_FOUND)]
    return [_literal(_VALUE.match(source, end)) for end in found]


def objects_of(source: str, before: str) -> list[str]:
    """What stands in the braces after each match of `before`, without the braces that are inside."""
    found = re.finditer(rf"(?:{before})\s*\{{", source)
    return [_own_keys(source, place.end()) for place in islice(found, _MAX_FOUND)]


def key_pattern(key: str) -> str:
    """The pattern of a key with its colon, quoted or not."""
    return rf"(?<![\w$.'\"-])['\"]?{re.escape(key)}['\"]?\s*:"


def _key(key: str) -> re.Pattern[str]:
    return re.compile(key_pattern(key))


def _literal(value: re.Match[str] | None) -> Literal:
    if value is None or "${" in value[1]:
        return Literal(None)
    return Literal(value[1] if value[1] in ("true", "false") else value[1][1:-1])


def _own_keys(source: str, start: int) -> str:
    """What an object whose brace ends at `start` says itself, without what its values hold."""
    kept, depth, place = [], 0, start
    for token in _TOKENS.finditer(source, start):
        if token["open"]:
            if depth == 0:
                kept.append(source[place : token.start()])
            depth += 1
        elif token["close"]:
            if depth == 0:
                kept.append(source[place : token.start()])
                break
            depth -= 1
            place = token.end()
    return "".join(kept)
