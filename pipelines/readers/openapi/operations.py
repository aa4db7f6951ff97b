"""An operation of an OpenAPI document → the lines of a section."""

import json
from collections.abc import Iterator
from typing import Any

from pipelines.readers.lines import BLANK, Line, LineHeading, fence_of
from pipelines.readers.openapi.document import METHODS, ApiDocument, Operation, as_dict, as_list, one_line
from pipelines.readers.openapi.prose import read_prose, read_sections
from pipelines.readers.openapi.schemas import SchemaLines, code, examples_of, joined

_LEVEL = 2
_LONGEST_EXAMPLE = 2_000
_MOST_CALLBACKS = 40


def operation_lines(document: ApiDocument, operation: Operation, anchor: str | None) -> Iterator[Line]:
    """Heading, method and path, description, parameters, request body and responses."""
    values, schemas = operation.values, SchemaLines(document)
    title = operation_title(operation)
    yield Line(f"{'#' * _LEVEL} {title}", heading=LineHeading(_LEVEL, title, anchor))
    yield BLANK
    asked = f"{operation.method.upper()} {operation.path}"
    kind = " (a webhook)" if operation.place[0] == "webhooks" else ""
    yield Line(f"{code(asked)}{kind}" + (" (deprecated)" if values.get("deprecated") is True else ""))
    yield BLANK
    # A heading in a description has no id of its own: links lead to the operation.
    yield from read_sections(document, values.get("description"), _LEVEL, lambda level, text: anchor)
    yield from _parameters(document, operation, schemas)
    yield from _request_body(document, values.get("requestBody"), schemas)
    yield from _responses(document, as_dict(values.get("responses")), schemas)
    yield from _callbacks(document, as_dict(values.get("callbacks")))
    general = document.values.get("security")
    # An empty list takes back what the document asks for in general.
    yield from _security([{}] if values.get("security") == [] and general else values.get("security", general))


def operation_title(operation: Operation) -> str:
    """The summary, else the id, else method and path."""
    named = one_line(operation.values.get("summary")) or one_line(operation.id)
    return named or one_line(f"{operation.method.upper()} {operation.path}")


def _parameters(document: ApiDocument, operation: Operation, schemas: SchemaLines) -> Iterator[Line]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for value in (*operation.shared, *as_list(operation.values.get("parameters"))):
        parameter = as_dict(document.follow(value)[0])
        # The operation's own wins over the path's of the same name and place.
        found[one_line(parameter.get("name")), one_line(parameter.get("in"))] = parameter
    found.pop(("", ""), None)
    if not found:
        return
    yield from (BLANK, Line("Parameters:"), BLANK)
    for (name, place), parameter in found.items():
        schema, content = parameter.get("schema"), as_dict(parameter.get("content"))
        if schema is None and content:
            schema = as_dict(next(iter(content.values()))).get("schema")
        facts = [f"in {place}"] if place else []
        facts += ["required"] if parameter.get("required") is True else []
        facts += ["deprecated"] if parameter.get("deprecated") is True else []
        shown = [one for one in examples_of(document, parameter) if isinstance(one, str | int | float)]
        facts += [f"for example {code(one)}" for one in shown]
        yield from schemas.item(code(name), schema or {}, facts, parameter.get("description"))


def _request_body(document: ApiDocument, value: Any, schemas: SchemaLines) -> Iterator[Line]:
    body = as_dict(document.follow(value)[0])
    if not body:
        return
    yield from (BLANK, Line("Request body" + (" (required):" if body.get("required") is True else ":")), BLANK)
    yield from read_sections(document, body.get("description"), _LEVEL, lambda level, text: None)
    yield from _content(document, as_dict(body.get("content")), schemas, 0)


def _responses(document: ApiDocument, responses: dict[str, Any], schemas: SchemaLines) -> Iterator[Line]:
    if not responses:
        return
    yield from (BLANK, Line("Responses:"), BLANK)
    for status, value in responses.items():
        response = as_dict(document.follow(value)[0])
        first, *more = read_prose(document, response.get("description")) or [Line("")]
        yield Line(f"- {code(status)}" + (f": {first.text}" if first.text else ""))
        yield from (Line(f"  {line.text}", line.verbatim) for line in more)
        for name, header in as_dict(response.get("headers")).items():
            shown = as_dict(document.follow(header)[0])
            yield from schemas.item(f"header {code(name)}", shown.get("schema", {}), [], shown.get("description"), 1)
        yield from _content(document, as_dict(response.get("content")), schemas, 1)


def _content(document: ApiDocument, content: dict[str, Any], schemas: SchemaLines, depth: int) -> Iterator[Line]:
    """What is sent in which type; types of one schema together."""
    types: dict[str, list[str]] = {}
    named: dict[str, Any] = {}
    examples: dict[str, Any] = {}
    for number, (media, value) in enumerate(content.items()):
        described = as_dict(document.follow(value)[0])
        schema = described.get("schema")
        key = str(as_dict(schema).get("$ref") or number)
        if examples.get(key) is None:  # of types that share a schema the first one that has an example shows it
            examples[key] = next(iter(examples_of(document, described)), None)
        types.setdefault(key, []).append(media)
        named[key] = schema
    for key, shown in types.items():
        said = ", ".join(code(one) for one in shown)
        if named[key] is None:
            yield Line(f"{'  ' * depth}- {said}")
        else:
            yield from schemas.item(said, named[key], [], None, depth)
        if isinstance(examples[key], dict | list):
            yield from _example(examples[key], "  " * (depth + 1))


def _example(value: Any, indent: str) -> Iterator[Line]:
    """An example as JSON; nothing of one that is longer than people read."""
    parts: list[str] = []
    length = 0
    # Written no further than is shown: many operations may refer to one example of any size.
    for part in json.JSONEncoder(ensure_ascii=False, indent=2, default=str).iterencode(value):
        parts.append(part)
        length += len(part)
        if length > _LONGEST_EXAMPLE:
            return
    written = "".join(parts)
    fence = fence_of(written)
    yield from (Line(indent + line, verbatim=True) for line in (f"{fence}json", *written.split("\n"), fence))


def _callbacks(document: ApiDocument, callbacks: dict[str, Any]) -> Iterator[Line]:
    """What the server itself calls afterwards."""
    shown: list[Line] = []
    for name, value in list(callbacks.items())[:_MOST_CALLBACKS]:
        for address, methods in as_dict(document.follow(value)[0]).items():
            for method, called in as_dict(document.follow(methods)[0]).items():
                if method.lower() in METHODS:
                    about = one_line(as_dict(called).get("summary")) or one_line(as_dict(called).get("description"))
                    asked = code(f"{method.upper()} {address}")
                    shown.append(Line(f"- {code(name)} ({asked})" + (f": {about}" if about else "")))
    if shown:
        yield from (BLANK, Line("Callbacks:"), BLANK, *shown[:_MOST_CALLBACKS])


def _security(value: Any) -> Iterator[Line]:
    ways = [
        " and ".join(
            code(name) + (f" ({joined(str(scope) for scope in as_list(scopes))})" if scopes else "")
            for name, scopes in way.items()
        )
        for way in as_list(value)
        if isinstance(way, dict)
    ]
    if ways:
        yield from (BLANK, Line(f"Authorization: {' or '.join(way or 'none' for way in ways)}"), BLANK)
