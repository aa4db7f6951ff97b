"""Schemas of an OpenAPI document → lines of a list that people can read and quote."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from pipelines.readers.lines import Line
from pipelines.readers.openapi.document import ApiDocument, as_dict, as_list, one_line
from pipelines.readers.openapi.prose import read_prose

# What one operation shows of its schemas. A schema that is named is written out once an operation: what stands in
# circles, or is named from everywhere, costs no more than what is in the document.
MAX_DEPTH = 10
MAX_LINES = 400
_MAX_STEPS = 10 * MAX_LINES
_MAX_NESTING = 60
_MAX_VALUES = 60
_MAX_CHARS = 200
_BOUNDS = {
    "minimum": "at least {}", "exclusiveMinimum": "more than {}", "maximum": "at most {}",
    "exclusiveMaximum": "less than {}", "multipleOf": "a multiple of {}", "minLength": "at least {} characters",
    "maxLength": "at most {} characters", "minItems": "at least {} items", "maxItems": "at most {} items",
    "minProperties": "at least {} keys", "maxProperties": "at most {} keys", "pattern": "matches {}",
}  # fmt: skip
_FLAGS = {
    "uniqueItems": "each item once", "readOnly": "read only", "writeOnly": "write only", "deprecated": "deprecated",
    "nullable": "or null",
}  # fmt: skip
_CHOICES = {"oneOf": "One of", "anyOf": "Any of", "allOf": "All of"}


class SchemaLines:
    """The lines of one operation's schemas, bounded together."""

    def __init__(self, document: ApiDocument) -> None:
        self._document = document
        self._written: set[str] = set()
        self._left, self._steps, self._open = MAX_LINES, _MAX_STEPS, 0

    def item(self, name: str, schema: Any, facts: Sequence[str], description: Any, depth: int = 0) -> Iterator[Line]:
        """`- name (type, facts): description`, and below it what is inside of the schema."""
        if self._left <= 0:
            return
        self._left -= 1
        indent = "  " * depth
        if self._left == 0:
            self._document.warnings[f"an operation has more than {MAX_LINES} fields; the rest is left out"] = None
            yield Line(f"{indent}- … more fields than are shown here")
            return
        schema, note = _unwrap(schema)
        followed, reference = self._document.follow(schema)
        known = as_dict(followed) if reference is None or reference not in self._written else {}
        said = ", ".join([self._type(schema) + note, *facts, *_limits(self._document, as_dict(followed))])
        # What stands beside a `$ref` is of OpenAPI 3.1 and wins.
        description = description or as_dict(schema).get("description") or known.get("description")
        first, *more = read_prose(self._document, description) or [Line("")]
        inline = not first.verbatim and not first.text.startswith(("- ", "* ", "> ", "|", "```", "~~~"))
        yield Line(f"{indent}- {name} ({said})" + (f": {first.text}" if inline and first.text else ""))
        for line in more if inline else [first, *more]:
            yield Line(f"{indent}  {line.text}" if line.text else "", line.verbatim)
        yield from self.inside(schema, depth + 1)

    def inside(self, schema: Any, depth: int) -> Iterator[Line]:
        """The fields and choices of a schema; nothing where it is a plain value."""
        schema, _ = _unwrap(schema)
        followed, name = self._document.follow(schema)
        self._steps -= 1
        if not isinstance(followed, dict) or (name is not None and name in self._written) or self._steps < 0:
            return
        if depth > MAX_DEPTH or self._open > _MAX_NESTING:
            if any(key in followed for key in ("properties", "items", *_CHOICES)):
                self._document.warnings[f"schemas are nested more than {MAX_DEPTH} deep; the rest is left out"] = None
            return
        self._open += 1
        yield from self._fields(followed, name, depth)
        self._open -= 1

    def _fields(self, followed: dict[str, Any], name: str | None, depth: int) -> Iterator[Line]:
        if name is not None:
            self._written.add(name)
        required = {one for one in as_list(followed.get("required")) if isinstance(one, str)}
        for field, inner in as_dict(followed.get("properties")).items():
            yield from self.item(code(field), inner, ["required"] if field in required else [], None, depth)
        for kind, said in _CHOICES.items():
            yield from self._choices(said, kind, as_list(followed.get(kind)), depth)
        if isinstance(extra := followed.get("additionalProperties"), dict):
            yield from self.item("any other key", extra, [], None, depth)
        if "items" in followed:
            yield from self.inside(followed["items"], depth)

    def _choices(self, said: str, kind: str, choices: list[Any], depth: int) -> Iterator[Line]:
        if kind == "allOf" or len(choices) == 1:
            # Parts of one thing: its fields stand together.
            for part in choices:
                yield from self.inside(part, depth + (kind != "allOf"))
            return
        for number, choice in enumerate(choices, 1):
            title = one_line(as_dict(self._document.follow(choice)[0]).get("title"))
            yield from self.item(f"{said.lower()}, {number}{title and f': {title}'}", choice, [], None, depth)

    def _type(self, schema: Any, depth: int = 0) -> str:
        schema, note = _unwrap(schema)
        return self._named_type(schema, depth) + note

    def _named_type(self, schema: Any, depth: int) -> str:
        followed, name = self._document.follow(schema)
        if name is not None:
            shown = f"{code(name)}, as above" if name in self._written else code(name)
            return shown if _has_fields(followed) else f"{shown}, {self._plain_type(followed, depth)}"
        return self._plain_type(followed, depth)

    def _plain_type(self, schema: Any, depth: int) -> str:
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return "anything"
        kinds = [str(one) for one in as_list(schema.get("type"))] or [one_line(schema.get("type"))]
        kind = " or ".join(one for one in kinds if one)
        if kind == "array" or (not kind and "items" in schema):
            return f"array of {self._type(schema.get('items', {}), depth + 1)}"
        if not kind:
            chosen = next((one for one in ("oneOf", "anyOf") if as_list(schema.get(one))), None)
            if chosen:
                return f"{_CHOICES[chosen].lower()} {len(schema[chosen])}"
            kind = "object" if _has_fields(schema) else "anything"
        form = one_line(schema.get("format"))
        return f"{kind} {form[:40]}" if form else kind


def _unwrap(schema: Any) -> tuple[Any, str]:
    """`X or null` is X with a note: what OpenAPI 3.1 says of an optional value."""
    for kind in ("anyOf", "oneOf"):
        choices = as_list(as_dict(schema).get(kind))
        real = [one for one in choices if as_dict(one).get("type") != "null"]
        if len(choices) > 1 and len(real) == 1 and isinstance(real[0], dict):
            beside = {key: value for key, value in schema.items() if key not in (kind, "title")}
            return {**beside, **real[0]}, " or null"
    return schema, ""


def code(value: Any) -> str:
    """A name or a value of the document as code, in one line."""
    is_said = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = str(value) if is_said else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split()).replace("`", "'") or '""'
    return f"`{text[:_MAX_CHARS]}…`" if len(text) > _MAX_CHARS else f"`{text}`"


def _has_fields(schema: Any) -> bool:
    return any(key in as_dict(schema) for key in ("properties", "allOf", "additionalProperties"))


def _limits(document: ApiDocument, schema: dict[str, Any]) -> Iterator[str]:
    """What a value must be like."""
    if values := as_list(schema.get("enum")):
        shown = ", ".join(code(value) for value in values[:_MAX_VALUES])
        yield f"one of {shown}" + (f" and {len(values) - _MAX_VALUES} more" if len(values) > _MAX_VALUES else "")
    if "const" in schema:
        yield f"always {code(schema['const'])}"
    for key, said in _BOUNDS.items():
        value = schema.get(key)
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            yield said.format(code(value) if key == "pattern" else value)
    yield from (said for key, said in _FLAGS.items() if schema.get(key) is True)
    if "default" in schema:
        yield f"default {code(schema['default'])}"
    yield from (
        f"for example {code(one)}" for one in examples_of(document, schema) if isinstance(one, str | int | float)
    )


def examples_of(document: ApiDocument, value: dict[str, Any]) -> list[Any]:
    """The first example of a schema, parameter or content, in any of the ways in which one is given."""
    if "example" in value:
        return [value["example"]]
    given = value.get("examples")
    named: Iterable[Any] = as_list(given)
    if isinstance(given, dict):
        named = (as_dict(document.follow(one)[0]).get("value") for one in given.values())
    return list(islice((one for one in named if one is not None), 1))


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, as one."""
    return ", ".join(part for part in parts if part)
