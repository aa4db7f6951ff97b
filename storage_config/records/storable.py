"""Text and JSON as Postgres can keep them."""

import re
from typing import Any

import orjson

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Postgres has no NUL in text or JSONB, and UTF-8 has no surrogates. One code point takes the place of one, so
# that offsets stay true.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable_text(text: str) -> str:
    """`text` with what Postgres cannot keep (NUL, lone surrogates) replaced one to one by U+FFFD."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def storable_json(value: Any) -> Any:
    """A JSON value with every string in it, keys too, made storable."""
    try:
        if b"\\u0000" not in orjson.dumps(
            value
        ):  # it takes no surrogates, and is far faster than looking at each string
            return value
    except orjson.JSONEncodeError:
        pass
    return _storable(value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
