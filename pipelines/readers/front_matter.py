"""Front matter: the YAML at the head of a page, and what it says about the page as a publication."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from storage_config.vocabulary import QUALITIES, Quality

_FENCED = re.compile(r"-{3}[ \t]*\n(.*?)(?:^|(?<=\n))(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
_YEAR = re.compile(r"(\d{4})(?:-\d\d(?:-\d\d)?)?")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


class FrontMatterError(ValueError):
    """The front matter is not usable; the message names the key and what is allowed."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as the generators read it: `no`, `12:30` and `2024-01-01` are strings."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(
        _tag, re.compile(_pattern), [*_first.replace("\0", ""), *([""] if "\0" in _first else [])]
    )
_Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(str(node.value), 10))


def split_front_matter(source: str) -> tuple[dict[str, Any], str]:
    """The front matter and the page below it; empty where the page has none.

    Raises FrontMatterError where it is not YAML, or not a mapping.
    """
    match = _FENCED.match(source) if source.startswith("---") else None
    if not match:
        return {}, source
    try:
        values = yaml.load(match.group(1), _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FrontMatterError(f"front matter is not YAML: {_place(error)}") from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise FrontMatterError(f"front matter is {type(values).__name__}; allowed: a mapping of keys to values")
    return {str(key): value for key, value in values.items()}, source[match.end() :]


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or type(error).__name__
    return f"{problem} in line {mark.line + 2}" if mark else str(problem)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What Footnoted reads of a page's front matter; other keys are the generator's own and are let be."""

    title: str | None = None
    slug: str | None = None
    id: str | None = None
    quality: Quality | None = None
    hidden: bool = False  # draft or unlisted
    keep_number_prefixes: bool = False
    mdx_format: str | None = None
    publication: Mapping[str, Any] | None = None  # CSL-JSON fields, without id, title and url


def read_front_matter(values: Mapping[str, Any]) -> FrontMatter:
    """The front matter's meaning. Raises FrontMatterError naming a key whose value is not allowed."""
    mdx = values.get("mdx")
    return FrontMatter(
        title=_text(values, "title"),
        slug=_text(values, "slug"),
        id=_text(values, "id"),
        quality=_quality(values.get("source_quality")),
        hidden=values.get("draft") is True or values.get("unlisted") is True,
        keep_number_prefixes=values.get("parse_number_prefixes") is False,
        mdx_format=mdx.get("format") if isinstance(mdx, dict) else None,
        publication=_publication(values),
    )


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool | dict | list):
        raise FrontMatterError(f"{key}: {value!r} is not allowed; allowed: a text")
    return " ".join(str(value).split()) or None


def _quality(value: object) -> Quality | None:
    if value is None:
        return None
    for quality in QUALITIES:
        if value == quality:
            return quality
    raise FrontMatterError(f"source_quality: {value!r} is not allowed; allowed: {', '.join(QUALITIES)}")


def _publication(values: Mapping[str, Any]) -> dict[str, Any] | None:
    container, publisher = _text(values, "container_title"), _text(values, "publisher")
    fields: dict[str, Any] = {
        "author": _authors(values.get("authors")),
        "issued": _issued(values.get("year")),
        "DOI": _doi(values.get("doi")),
        "container-title": container,
        "publisher": publisher,
    }
    fields = {key: value for key, value in fields.items() if value}
    if not fields:
        return None
    kind = "article-journal" if container else "book" if publisher else "webpage"
    return {"type": kind, **fields}


def _authors(value: object) -> list[dict[str, str]]:
    if value is None:
        return []
    if isinstance(value, str):
        value = re.split(r"\s*;\s*|\s+and\s+", value.strip())
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise FrontMatterError(f"authors: {value!r} is not allowed; allowed: a name, or a list of names")
    return [_author(author) for author in value if author]


def _author(author: object) -> dict[str, str]:
    """A CSL name. `Family, Given` and `Given Family` are told apart; `{literal: ...}` is for organisations."""
    if isinstance(author, dict):
        known = {key: str(author[key]) for key in ("family", "given", "literal") if author.get(key)}
        if known:
            return known
        author = author.get("name")
    if not isinstance(author, str) or not author.strip():
        raise FrontMatterError(
            f"authors: {author!r} is not allowed; allowed: a name, or {{family, given}} or {{literal}}"
        )
    family, comma, given = (part.strip() for part in author.partition(","))
    if comma:
        return {"family": family, "given": given} if given else {"literal": family}
    words = author.split()
    if len(words) == 1:
        return {"literal": words[0]}
    # Particles belong to the family name: Ludwig van Beethoven.
    first = next((index for index, word in enumerate(words[1:], 1) if word.islower()), len(words) - 1)
    return {"family": " ".join(words[first:]), "given": " ".join(words[:first])}


def _issued(value: object) -> dict[str, list[list[int]]] | None:
    if value is None:
        return None
    match = _YEAR.fullmatch(str(value).strip())
    if not match:
        raise FrontMatterError(f"year: {value!r} is not allowed; allowed: four digits")
    return {"date-parts": [[int(match.group(1))]]}


def _doi(value: object) -> str | None:
    if value is None:
        return None
    match = _DOI.fullmatch(str(value).strip())
    if not match:
        raise FrontMatterError(f"doi: {value!r} is not allowed; allowed: 10.<registrant>/<suffix>")
    return match.group(1)
