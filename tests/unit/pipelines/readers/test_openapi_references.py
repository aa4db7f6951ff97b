"""OpenAPI documents whose schemas name one another: circles end, time is linear and growth is bounded."""

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import SourceMissing
from tests.unit.pipelines.readers.openapi_pages import read


def with_schemas(schemas: dict[str, Any], **operation: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/s0"}}}
    get = {"operationId": "o", "requestBody": {"content": content}, **operation}
    return {"openapi": "3.0.0", "paths": {"/a": {"get": get}}, "components": {"schemas": schemas}}


@pytest.mark.parametrize(
    "circle",
    [
        {"s0": {"$ref": "#/components/schemas/s0"}},
        {"s0": {"$ref": "#/components/schemas/s1"}, "s1": {"$ref": "#/components/schemas/s0"}},
        {"s0": {"allOf": [{"$ref": "#/components/schemas/s0"}]}},
        {"s0": {"type": "array", "items": {"$ref": "#/components/schemas/s0"}}},
        {"s0": {"properties": {"a": {"additionalProperties": {"$ref": "#/components/schemas/s0"}}}}},
    ],
)
def test_circles_of_references_end(tmp_path: Path, circle: dict[str, Any]) -> None:
    page = read(tmp_path, with_schemas(circle))["api.yaml/path/a"]
    assert "`application/json` (" in page.text
    assert len(page.text) < 300


def ref(number: int) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/s{number}"}


def twice_the_next(length: int) -> dict[str, Any]:
    """Each schema names the next one twice: 2**n of them for whoever writes them all out."""
    number = length // 110
    return with_schemas({f"s{n}": {"properties": {"a": ref(n + 1), "b": ref(n + 1)}} for n in range(number)})


def nested(length: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(180):
        schema = {"properties": {"a": schema, **{f"p{n}": {} for n in range(length // 2_200)}}}
    return with_schemas({"s0": schema})


def one_for_all(length: int) -> dict[str, Any]:
    """As many operations as the schema that all of them name has fields."""
    number = length // 160
    document = with_schemas({"s0": {"properties": {f"p{n}": {"type": "string"} for n in range(number)}}})
    document["paths"] = {f"/{n}": document["paths"]["/a"] | {"get": {**document["paths"]["/a"]["get"], "tags": ["t"]}}
                         for n in range(number)}  # fmt: skip
    return document


def chains(length: int) -> dict[str, Any]:
    number = length // 60
    return with_schemas({f"s{n}": ref((n + 1) % number) for n in range(number)})


def wide_parts(length: int) -> dict[str, Any]:
    return with_schemas({"s0": {"allOf": [{"anyOf": [{}, {}]}] * (length // 25)}})


def referred_paths(length: int) -> dict[str, Any]:
    document = with_schemas({}, description="word " * (length // 10))
    document["paths"] |= {f"/b{n}": {"$ref": "#/paths/~1a"} for n in range(length // 60)}
    return document


@pytest.mark.parametrize("build", [twice_the_next, nested, one_for_all, chains, wide_parts, referred_paths])
def test_time_is_linear(tmp_path: Path, build: Callable[[int], dict[str, Any]]) -> None:
    def seconds(length: int) -> float:
        best = float("inf")
        text = json.dumps(build(length))
        for _ in range(2):
            began = time.process_time()
            # a page or the whole has become too long, which is said
            with contextlib.suppress(SourceMissing, AssertionError):
                read(tmp_path, text)
            best = min(best, time.process_time() - began)
        return best

    long = seconds(60_000)
    assert long < 6
    if long > 0.25:
        short = seconds(10_000)
        assert long < 18 * max(short, 0.05), f"{short:.2f} s, then {long:.2f} s"


def test_too_long_a_growth_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="more than 20 times as long"):
        read(tmp_path, referred_paths(120_000))
