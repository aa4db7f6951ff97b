"""JSON by orjson, and what only `json` takes."""

import json

import pytest

from storage_config.json_bytes import dump_json, parse_json


@pytest.mark.parametrize("value", [{"a": [1, None, "ü"]}, "\ud83d", {"n": 2**70}, {"half": "a\ude00"}])
def test_there_and_back(value: object) -> None:
    assert parse_json(dump_json(value)) == value
    assert json.loads(dump_json(value)) == value


@pytest.mark.parametrize("received", [b"", b"{", b"no", b"[" * 200_000])
def test_what_is_none_is_a_value_error(received: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(received)
