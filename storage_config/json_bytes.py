"""JSON by orjson, several times faster than `json`; what only `json` takes (half an emoji, large integers) by that."""

import json
from typing import Any

import orjson


def dump_json(value: Any) -> bytes:
    """A JSON value as bytes. Raises TypeError for what is none."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value).encode()


def parse_json(received: bytes) -> Any:
    """The value. Raises ValueError."""
    try:
        return orjson.loads(received)
    except orjson.JSONDecodeError:
        try:
            return json.loads(received)
        except RecursionError:
            raise ValueError("nested too deep") from None
