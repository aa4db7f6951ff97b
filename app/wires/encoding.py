"""Values as JSON bytes."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson

from storage_config.json_bytes import parse_json


def dump_json(value: Any) -> bytes:
    """`value` (dataclasses, dicts, UUIDs, texts) as compact UTF-8 JSON.

    A lone surrogate, which a model may emit and no UTF-8 can carry, leaves as its JSON escape.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def as_json_values(value: Any) -> Any:
    """`value` as JSON has it: objects, lists, texts, numbers."""
    return parse_json(dump_json(value))


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
