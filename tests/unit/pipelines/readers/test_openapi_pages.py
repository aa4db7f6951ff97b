"""OpenAPI documents: operations are sections at the anchors of their viewer, schemas are readable, circles end."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from llama_index.core.schema import Document

from pipelines.errors import SourceMissing
from pipelines.readers.openapi.addresses import kebab, redoc_slug
from tests.unit.pipelines.readers.openapi_pages import read

STORE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pet store", "version": "1.2", "description": "# Limits\n\nTen *calls*.\n\n## Bursts\n\nNone."},
    "tags": [{"name": "Pets & more", "description": "Animals that are sold."}],
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "tags": ["Pets & more", "other"],
                "operationId": "getPet",
                "summary": "Find a pet",
                "description": "One pet.\n\n## Rights\n\nAnybody may.",
                "parameters": [
                    {"$ref": "#/components/parameters/Limit"},
                    {"name": "id", "in": "path", "required": True, "description": "Its number.", "schema": {}},
                ],
                "responses": {
                    "200": {
                        "description": "The pet.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    }
                },
            },
            "delete": {"tags": ["Pets & more"], "responses": {"204": {"description": "Gone."}}},
        },
        "/health": {"get": {"summary": "Health", "responses": {}}},
    },
    "components": {
        "parameters": {
            "Limit": {
                "name": "limit",
                "in": "query",
                "description": "How many.",
                "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            }
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "description": "What it is called."},
                    "kind": {"enum": ["cat", "dog"], "type": "string"},
                    "nick": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]},
                    "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                    "owner": {"$ref": "other.yaml#/Owner"},
                },
            }
        },
    },
}
GET = """## Find a pet

`GET /pets/{id}`

One pet.

#### Rights

Anybody may.

Parameters:

- `id` (anything, in path, required): Its number.
- `limit` (integer, in query, at least 1, at most 100, default `20`): How many.

Responses:

- `200`: The pet.
  - `application/json` (`Pet`)
    - `name` (string, required): What it is called.
    - `kind` (string, one of `cat`, `dog`)
    - `nick` (string or null, at most 9 characters)
    - `parents` (array of `Pet`, as above)
    - `owner` (`Owner`, anything)"""


def anchors(page: Document) -> list[str | None]:
    return [heading["anchor"] for heading in page.metadata["headings"]]


def told(folder: Path, operation: dict[str, Any], **document: Any) -> str:
    """What is said of an operation of a document without tags, below its address."""
    values = {"openapi": "3.1.0", "info": {"title": "T"}, "paths": {"/a": {"post": operation}}}
    return read(folder, {**values, **document})["api.yaml/path/a"].text.partition("`POST /a`")[2].strip()


JSON_OF = "application/json"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"parameters": [{"name": "X-Id", "in": "header", "example": "abc", "schema": {"type": "string"}},
                         {"name": "n", "in": "query", "examples": {"one": {"value": 5}}, "schema": {"default": ""}}]},
         "- `X-Id` (string, in header, for example `abc`)\n"
         '- `n` (anything, in query, for example `5`, default `""`)'),
        ({"requestBody": {"content": {JSON_OF: {"schema": {"type": "object"}, "example": {"meow": True}}}}},
         '- `application/json` (object)\n  ```json\n  {\n    "meow": true\n  }\n  ```'),
        ({"requestBody": {"content": {JSON_OF: {"schema": {"oneOf": [{"title": "Cat", "type": "object"},
                                                                     {"type": "string"}]}}}}},
         "- `application/json` (one of 2)\n  - one of, 1: Cat (object)\n  - one of, 2 (string)"),
        ({"requestBody": {"content": {JSON_OF: {"schema": {"type": "string", "examples": ["a", "b"]}}}}},
         "- `application/json` (string, for example `a`)"),
        ({"callbacks": {"done": {"{$request.body#/url}": {"post": {"summary": "It is done"}, "x-a": {}}}}},
         "Callbacks:\n\n- `done` (`POST {$request.body#/url}`): It is done"),
    ],
)  # fmt: skip
def test_examples_choices_and_callbacks(tmp_path: Path, operation: dict[str, Any], expected: str) -> None:
    assert told(tmp_path, operation).endswith(expected)


def test_types_of_one_schema_show_the_first_example_that_there_is(tmp_path: Path) -> None:
    shared = {"schema": {"$ref": "#/components/schemas/Cat"}}
    content = {JSON_OF: {**shared, "example": {"meow": True}}, "application/xml": shared}
    for one in (content, dict(reversed(content.items()))):
        said = told(tmp_path, {"requestBody": {"content": one}}, components={"schemas": {"Cat": {"type": "object"}}})
        assert '"meow": true' in said


def test_examples_that_are_named_elsewhere_are_shown(tmp_path: Path) -> None:
    components = {"examples": {"cat": {"value": {"meow": True}}, "name": {"value": "Tom"}}}
    parameter = {"name": "n", "in": "query", "examples": {"a": {"$ref": "#/components/examples/name"}}, "schema": {}}
    media = {"schema": {"type": "object"}, "examples": {"a": {"$ref": "#/components/examples/cat"}}}
    operation = {"parameters": [parameter], "requestBody": {"content": {JSON_OF: media}}}
    said = told(tmp_path, operation, components=components)
    assert "for example `Tom`" in said
    assert '"meow": true' in said


def test_an_example_is_written_no_further_than_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(rows: int) -> dict[str, Any]:
        example = [{"name": f"row {number}"} for number in range(rows)]
        return {"content": {JSON_OF: {"schema": {"type": "array"}, "example": example}}}

    assert "row 9" in told(tmp_path, {"responses": {"200": answered(10)}})
    written: list[str] = []
    escape = json.encoder.encode_basestring

    def note(text: str) -> str:
        written.append(text)
        return str(escape(text))

    operation = {"responses": {"200": answered(9_000)}}
    monkeypatch.setattr(json.encoder, "encode_basestring", note)
    assert "row" not in told(tmp_path, operation)
    assert 0 < len(written) < 1_000


def test_numbers_are_shown_as_they_are_written(tmp_path: Path) -> None:
    document = """
openapi: 3.1.0
info: {title: T, version: 1.10}
paths:
  /a:
    post:
      parameters:
        - {name: v, in: query, schema: {type: number, enum: [1.10, 007, 3], default: 1.10, minimum: 0.50}}
      requestBody:
        content: {application/json: {schema: {type: object}, example: {price: 2.5, count: 7, on: true}}}
"""
    pages = read(tmp_path, document)
    assert "Version 1.10" in pages["api.yaml/info"].text
    said = pages["api.yaml/path/a"].text
    assert "one of `1.10`, `007`, `3`, at least 0.50, default `1.10`" in said
    as_json = '{"openapi": "3.1.0", "info": {"title": "T", "version": 1.10}, "paths": {"/a": {"get": {}}}}'
    assert "Version 1.10" in read(tmp_path, as_json)["api.yaml/info"].text
    assert '"price": 2.5,\n    "count": 7,\n    "on": true' in said


def test_an_operation_that_asks_for_no_authorization_says_so(tmp_path: Path) -> None:
    assert told(tmp_path, {"security": []}, security=[{"key": []}]) == "Authorization: none"
    assert told(tmp_path, {}, security=[{"key": []}]) == "Authorization: `key`"
    assert told(tmp_path, {"security": []}) == ""


def test_servers_scopes_and_a_version_that_is_a_number(tmp_path: Path) -> None:
    flows = {"clientCredentials": {"scopes": {"read": "Reads it.", "write": ""}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": 1.5},
        "servers": [{"url": "https://{h}.x", "variables": {"h": {"default": "eu", "enum": ["eu", "us"]}}}],
        "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": flows}}},
        "paths": {"/a": {"get": {}}},
    }
    shown = read(tmp_path, document)["api.yaml/info"].text
    assert "Version 1.5" in shown
    assert "- https://{h}.x\n  - `h` (one of `eu`, `us`, default `eu`)" in shown
    assert shown.endswith("- `o` (oauth2)\n  - `read`: Reads it.\n  - `write`")


def test_an_operation_is_a_section(tmp_path: Path) -> None:
    pages = read(tmp_path, STORE)
    assert list(pages) == ["api.yaml/info", "api.yaml/path/health", "api.yaml/tag/Pets %26 more"]
    page = pages["api.yaml/tag/Pets %26 more"]
    assert page.text.startswith("# Pets & more\n\nAnimals that are sold.\n\n## Find a pet")
    assert GET in page.text
    assert page.text.endswith("## DELETE /pets/{id}\n\n`DELETE /pets/{id}`\n\nParameters:\n\n"
                              "- `id` (integer, in path, required)\n\nResponses:\n\n- `204`: Gone.")  # fmt: skip
    assert (page.metadata["title"], page.metadata["url"]) == ("Pet store: Pets & more", "https://example.org/api")
    assert page.metadata["warnings"] == [
        "the reference other.yaml#/Owner is not in the document; only its name is shown"
    ]


@pytest.mark.parametrize("escape", [r"\ud83d", r"\ud83d\ude00", r"\udc00\ud800"])
def test_halves_of_characters_are_no_trouble(tmp_path: Path, escape: str) -> None:
    pages = read(tmp_path, json.dumps(STORE).replace("Pets & more", f"Pets {escape}").replace("getPet", f"get{escape}"))
    assert all(page.text.encode() and page.metadata["url"].encode() for page in pages.values())
    assert len(pages) == 3


def test_a_path_of_several_lines_is_one_heading(tmp_path: Path) -> None:
    paths: dict[str, Any] = {"/a\nb": {"get": {"responses": {}}}}
    (page,) = (page for uri, page in read(tmp_path, STORE | {"paths": paths}).items() if "/path/" in uri)
    assert "## GET /a b\n" in page.text


def test_json_and_yaml_say_the_same(tmp_path: Path) -> None:
    as_json = read(tmp_path, STORE)
    as_yaml = read(tmp_path, yaml.safe_dump(STORE, sort_keys=False).replace("'200'", "200"))
    assert {uri: page.text for uri, page in as_json.items()} == {uri: page.text for uri, page in as_yaml.items()}


def test_anchors_are_those_of_redoc(tmp_path: Path) -> None:
    pages = read(tmp_path, STORE)
    operation = "tag/Pets-and-more/operation/getPet"
    assert anchors(pages["api.yaml/tag/Pets %26 more"]) == [
        "tag/Pets-and-more", operation, operation, "tag/Pets-and-more/paths/~1pets~1{id}/delete",
    ]  # fmt: skip
    assert anchors(pages["api.yaml/path/health"]) == [None, "/paths/~1health/get"]
    assert anchors(pages["api.yaml/info"]) == [None, "section/Limits", "section/Limits/Bursts"]


def test_anchors_are_those_of_swagger_ui(tmp_path: Path) -> None:
    pages = read(tmp_path, STORE, viewer="swagger-ui")
    operation = "/Pets%20&%20more/getPet"
    assert anchors(pages["api.yaml/tag/Pets %26 more"]) == [
        "/Pets%20&%20more", operation, operation, "/Pets%20&%20more/delete_pets__id_",
    ]  # fmt: skip
    assert anchors(pages["api.yaml/path/health"]) == [None, "/default/get_health"]


def test_patterns_may_give_each_operation_a_page(tmp_path: Path) -> None:
    pages = read(tmp_path, STORE, url="{operation_slug}", anchor="")
    urls = {uri: page.metadata["url"] for uri, page in pages.items()}
    assert urls["api.yaml/tag/Pets %26 more/get/%2Fpets%2F{id}"] == "https://example.org/api/get-pet"
    assert urls["api.yaml/info"] == "https://example.org/api"
    assert anchors(pages["api.yaml/tag/Pets %26 more/get/%2Fpets%2F{id}"]) == [None, None]
    tags = read(tmp_path, STORE, url="{tag_slug}/", anchor="{method}-{path}")
    page = tags["api.yaml/tag/Pets %26 more"]
    assert page.metadata["url"] == "https://example.org/api/pets-more/"
    assert anchors(page)[-1] == "delete-pets/{id}"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("getPetById", "get-pet-by-id"), ("listV2Items", "list-v-2-items"), ("HTTPProxy set", "http-proxy-set")],
)
def test_slugs_of_operations(name: str, slug: str) -> None:
    assert kebab(name) == slug


@pytest.mark.parametrize(
    ("name", "slug"), [("Pet store (v2)", "Pet-store-(v2)"), ("Größe", "Grosse"), ("a/b, c", "ab-c"), ("日本", "日本")]
)
def test_slugs_of_tags(name: str, slug: str) -> None:
    assert redoc_slug(name) == slug


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "neither JSON nor YAML"),
        ('{"openapi": "3.0.0",}', "in line 1"),
        ("a: [", "neither JSON nor YAML"),
        ("- a", "no mapping"),
        ("swagger: '2.0'", "is Swagger 2.0"),
        ("openapi: 4.0.0", "openapi: '4.0.0'"),
        ("info: {}", "has no key `openapi`"),
        ("openapi: 3.0.3", "neither paths nor webhooks"),
        ("openapi: 3.0.3\npaths: {/a: {get: []}}", "has no operation"),
        ("openapi: 3.0.3\nx: &x {}\npaths: {/a: *x}", "aliases are not allowed, `$ref` does it, in line 3"),
        ("openapi: 3.0.3\npaths: " + "[" * 30_000, "nested too deeply in line 2"),
        ('{"paths": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_document_says_what_it_is(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceMissing) as raised:
        read(tmp_path, text)
    assert "api.yaml" in str(raised.value)
    assert said in str(raised.value)
