"""An OpenAPI document, JSON or YAML → its parts, with the references inside it resolved."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import yaml

from pipelines.errors import PageError
from pipelines.readers.front_matter import CoreSchemaLoader
from pipelines.readers.lines import Line

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
# A name that leads to a name that leads to a name: longer chains than this are taken for circles.
_MAX_CHAIN = 30
# Deeper YAML is an attack on whoever reads it by recursion.
_MAX_NESTING = 200
_ESCAPED_HALF = re.compile(r"\\[uU]0*[dD][89a-fA-F]")
_VERSION = re.compile(r"3\.\d+(?:\.\d+)?(?:-\S+)?")


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked of an API: `place` is its pointer's names, `shared` the parameters of its whole path."""

    place: tuple[str, str, str]
    values: dict[str, Any]
    shared: tuple[Any, ...]

    @property
    def method(self) -> str:
        """In lower case."""
        return self.place[2]

    @property
    def path(self) -> str:
        """The path's template, or the name of a webhook."""
        return self.place[1]

    @property
    def tag(self) -> str | None:
        """The first of its tags, under which the viewers show it first."""
        return next((tag for tag in as_list(self.values.get("tags")) if isinstance(tag, str) and tag.strip()), None)

    @property
    def id(self) -> str | None:
        """Its `operationId`."""
        found = self.values.get("operationId")
        return found if isinstance(found, str) and found.strip() else None


class ApiDocument:
    """A document whose outer shape is as OpenAPI 3 says. What is inside is checked where it is read.

    `warnings` are what its parts name and the document does not hold.
    """

    def __init__(self, values: dict[str, Any], prose: dict[str, list[Line]] | None = None) -> None:
        self.values = values
        self.warnings: dict[str, None] = {}
        # Descriptions that were read: what many operations refer to is read once.
        self.prose: dict[str, list[Line]] = {} if prose is None else prose

    def for_page(self) -> "ApiDocument":
        """The same document with warnings of its own."""
        return ApiDocument(self.values, self.prose)

    @cached_property
    def tags(self) -> dict[str, dict[str, Any]]:
        """What the document says of its tags, by their names."""
        return {str(tag.get("name")): tag for tag in map(as_dict, as_list(self.values.get("tags")))}

    @property
    def title(self) -> str:
        """The API's name."""
        return one_line(as_dict(self.values.get("info")).get("title")) or "API"

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the document's order; those of webhooks last."""
        for kind in ("paths", "webhooks"):
            for path, item in as_dict(self.values.get(kind)).items():
                found, _ = self.follow(item)
                shared = tuple(as_list(as_dict(found).get("parameters")))
                for method, values in as_dict(found).items():
                    if method in METHODS and isinstance(values, dict):
                        yield Operation((kind, path, method), values, shared)

    def follow(self, value: Any) -> tuple[Any, str | None]:
        """What a reference leads to, and the last name on the way; a value that is none is itself, without a name.

        Where it leads nowhere the value is None, and the name is what the reference says.
        """
        name, seen = None, 0
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            name = unquote(reference.rpartition("/")[2]).replace("~1", "/").replace("~0", "~") or reference
            seen += 1
            value = self._find(reference) if seen <= _MAX_CHAIN else None
            if value is None:
                reason = "leads in a circle" if seen > _MAX_CHAIN else "is not in the document"
                self.warnings[f"the reference {reference[:200]} {reason}; only its name is shown"] = None
        return value, name

    def _find(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            return None
        value: Any = self.values
        for part in reference[2:].split("/"):
            part = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, list):
                value = value[int(part)] if part.isdecimal() and int(part) < len(value) else None
            else:
                value = as_dict(value).get(part)
        return value


def read_document(path: str, text: str) -> ApiDocument:
    """The document of a file's text. Raises PageError saying what it is instead."""
    try:
        values = _load(text)
        if _ESCAPED_HALF.search(text):
            values = _with_whole_characters(values)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PageError(path, f"is neither JSON nor YAML that can be read: {_place(error)}") from None
    if not isinstance(values, dict):
        raise PageError(path, "is no OpenAPI document: it is no mapping of keys to values")
    if "swagger" in values:
        raise PageError(
            path, f"is Swagger {str(values['swagger'])[:20]}; only OpenAPI 3 is read: a converter makes one of it"
        )
    version = values.get("openapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        said = "has no key `openapi`" if version is None else f"says openapi: {str(version)[:20]!r}"
        raise PageError(path, f"{said}; allowed: an OpenAPI document, openapi: 3.x.y")
    if not any(isinstance(values.get(kind), dict) and values[kind] for kind in ("paths", "webhooks")):
        raise PageError(path, "has neither paths nor webhooks; allowed: a mapping of paths to their operations")
    return ApiDocument(values)


class WrittenFloat(float):
    """A number that is shown as it was written: the version `1.10` is not `1.1`."""

    _written: str

    def __new__(cls, written: str) -> "WrittenFloat":
        """The number of these digits."""
        number = super().__new__(cls, written)
        number._written = written
        return number

    def __str__(self) -> str:
        return self._written


class WrittenInt(int):
    """The same of a whole number: the code `007` is not `7`."""

    _written: str

    def __new__(cls, written: str) -> "WrittenInt":
        """The number of these digits."""
        number = super().__new__(cls, written, 10)
        number._written = written
        return number

    def __str__(self) -> str:
        return self._written


class _Loader(yaml.CSafeLoader):
    """The core schema by libyaml, ten times as fast: such documents are long."""

    yaml_implicit_resolvers = CoreSchemaLoader.yaml_implicit_resolvers
    yaml_constructors = CoreSchemaLoader.yaml_constructors.copy()


_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: WrittenFloat(str(node.value)))
_Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: WrittenInt(str(node.value)))


def _load(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, parse_float=WrittenFloat, parse_int=WrittenInt)
        except json.JSONDecodeError as error:
            # YAML may begin with a brace too, but who writes `{"` means JSON and wants to hear where it is wrong.
            if text.lstrip()[1:].lstrip().startswith('"'):
                raise ValueError(f"{error.msg} in line {error.lineno}") from None
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"aliases are not allowed, `$ref` does it, in line {_line(event)}")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_NESTING:
            raise ValueError(f"nested too deeply in line {_line(event)}")
    return _with_text_keys(yaml.load(text, _Loader))  # a SafeLoader: it builds plain values only


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _with_text_keys(value: Any) -> Any:
    """`200:` is a number to YAML and the name of a response to everybody else."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(one) for key, one in value.items()}
    return [_with_text_keys(one) for one in value] if isinstance(value, list) else value


def _with_whole_characters(value: Any) -> Any:
    r"""`"\ud83d"` is half a character, which neither an address nor a database takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_with_whole_characters(key): _with_whole_characters(one) for key, one in value.items()}
    return [_with_whole_characters(one) for one in value] if isinstance(value, list) else value


def _place(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return f"{problem} in line {mark.line + 1}" if mark else str(problem or error)


def as_dict(value: Any) -> dict[str, Any]:
    """The mapping; an empty one where the document has something else."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The list; an empty one where the document has something else."""
    return value if isinstance(value, list) else []


def one_line(value: Any) -> str:
    """The text in one line, also of a number (`version: 1.0`); empty where the document has no text there."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return " ".join(value.split()) if isinstance(value, str) else ""
