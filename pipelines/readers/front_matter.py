"""Front matter: the YAML, TOML or JSON at the head of a page, and what it says about the page as a publication."""

import json
import re
import reprlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from pipelines.readers.answers import OwnQuestion, read_questions
from pipelines.readers.hidden_access import hides_access, says_access
from pipelines.source_specs import GROUP_PATTERN
from storage_config.errors import FootnotedError
from storage_config.vocabulary import QUALITIES, LeftOutReason, Quality

_FENCED = re.compile(r"-{3}[ \t]*\n(.*?)(?:^|(?<=\n))(?:-{3}|\.{3})[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+{3}[ \t]*\n(.*?)(?:^|(?<=\n))\+{3}[ \t]*(?:\n|\Z)", re.DOTALL)
_SALVAGED = re.compile(r"^(title|slug|id|draft|unlisted|published|noindex)\s*[:=]\s*(\S.*?)\s*$", re.MULTILINE)
# MkDocs' own patterns of MultiMarkdown's meta-data.
_META = re.compile(r" {0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)")
_META_MORE = re.compile(r"(?: {4}|\t)\s*(?P<value>.*)")
MAX_CHARS = 65_536
MAX_TAGS, MAX_TAG_CHARS = 50, 64
MAX_GROUPS = 20
_GROUP = re.compile(GROUP_PATTERN)
# Hugo and Astro read front matter below blank lines, and take what stands behind its first mark for a part of it.
_LENIENT = ("plain", "starlight")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_COMMENT_BEHIND = re.compile(r"\A(-{3}|\+{3})[ \t]+#[^\n]*")
_YEAR = re.compile(r"(\d{4})(?:-\d\d(?:-\d\d)?)?")
_OTHER_AUTHOR_KEYS = frozenset({"key", "title", "url", "image_url", "imageURL", "email", "id", "ref", "github"})
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


class FrontMatterError(FootnotedError):
    """The front matter is not usable; the message names the key and what is allowed.

    `salvaged` are single values that can be told all the same, `rest` the page below, where it could be split off.
    """

    def __init__(self, message: str, salvaged: Mapping[str, Any] | None = None, rest: str | None = None) -> None:
        super().__init__(message)
        self.salvaged = salvaged or {}
        self.rest = rest


class CoreSchemaLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as the generators read it: `no`, `12:30` and `2024-01-01` are strings.

    Without aliases: a few lines of them stand for more than any memory holds.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node of the document, which is no alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=self.get_mark())
        return super().compose_node(parent, index)


CoreSchemaLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
):
    CoreSchemaLoader.add_implicit_resolver(
        _tag, re.compile(_pattern), [*_first.replace("\0", ""), *([""] if "\0" in _first else [])]
    )
CoreSchemaLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(str(node.value), 10))


def split_front_matter(source: str, flavour: str | None = None) -> tuple[dict[str, Any], str]:
    """The front matter and the page below it; empty where the page has none. `flavour` names its generator.

    Raises FrontMatterError where it is not what its marks say, or not a mapping, and where it cannot be read at all and
    says for whom the page is.
    """
    found = _split_marked(source, flavour)
    if found[1] is source and flavour in _LENIENT:
        found = _split_lenient(source, flavour) or found
    if found[1] is source and hides_access(source):
        raise FrontMatterError(
            "the page begins with an access key in front matter that cannot be read; "
            "allowed: --- in the first line, keys and values of YAML, and --- in a line below them"
        )
    return found


def _split_lenient(source: str, flavour: str | None) -> tuple[dict[str, Any], str] | None:
    """Front matter below blank lines or with a comment behind its mark; None where it is none that can be read."""
    blank = _BLANK_LINES.match(source)
    trimmed = _COMMENT_BEHIND.sub(r"\1", source[blank.end() if blank else 0 :], count=1)
    if trimmed == source or not trimmed.startswith(("---", "+++", "{")):
        return None
    try:
        found = _split_marked(trimmed, flavour)
    except FrontMatterError as error:
        if error.rest is None:
            raise
        return None  # text between two rules
    return None if found[1] is trimmed else found


def _split_marked(source: str, flavour: str | None) -> tuple[dict[str, Any], str]:
    if source.startswith("---"):
        return _split(source, _FENCED.match(source), "YAML")
    if source.startswith("+++"):
        return _split(source, _TOML.match(source), "TOML")
    # Only Hugo reads it where it stands on one line.
    is_json = source.startswith("{") if flavour == "plain" else source.startswith("{\n")
    return _split_json(source) if is_json else ({}, source)


def split_meta_data(source: str) -> tuple[dict[str, Any], str]:
    """MultiMarkdown's meta-data as MkDocs reads it: lines `key: value` at the head of a page without front matter."""
    values: dict[str, Any] = {}
    lines = source.split("\n")
    key, index = "", 0
    while index < len(lines) and lines[index].strip() and index < MAX_CHARS // 8:
        if named := _META.match(lines[index]):
            key = named["key"].lower()
            values[key] = named["value"].strip()
        elif key and (more := _META_MORE.match(lines[index])):
            values[key] = f"{values[key]} {more['value'].strip()}".strip()
        else:
            break
        index += 1
    return (values, "\n".join(lines[index:])) if values else ({}, source)


def _split(source: str, match: re.Match[str] | None, language: str) -> tuple[dict[str, Any], str]:
    if not match:
        return {}, source
    written = match.group(1)
    # Where it says whom the page is for and cannot be read, no leniency lets the page through.
    rest = None if says_access(written) else source[match.end() :]
    if len(written) > MAX_CHARS:
        raise FrontMatterError(f"front matter has {len(written):,} characters; allowed: {MAX_CHARS:,}")
    try:
        values = yaml.load(written, CoreSchemaLoader) if language == "YAML" else tomllib.loads(written)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        salvaged = {name: value.strip("'\"") for name, value in _SALVAGED.findall(written)}
        raise FrontMatterError(f"front matter is not {language}: {_place(error)}", salvaged, rest) from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        # Prose between two rules is text; a list is a mistake.
        rest = source if isinstance(values, str) and rest is not None else rest
        message = f"front matter is {type(values).__name__}; allowed: a mapping of keys to values"
        raise FrontMatterError(message, rest=rest)
    return {str(key): value for key, value in values.items()}, source[match.end() :]


def _split_json(source: str) -> tuple[dict[str, Any], str]:
    """Hugo's third way. A page that only begins with a brace has no front matter."""
    try:
        values, end = json.JSONDecoder().raw_decode(source[:MAX_CHARS])
    except (ValueError, RecursionError):
        return {}, source
    rest = source[end:]
    is_front_matter = isinstance(values, dict) and values and (not rest or rest.startswith("\n"))
    return (values, rest[1:]) if is_front_matter else ({}, source)


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
    left_out: LeftOutReason | None = None  # its site does not publish it, or wants it in no index
    keep_number_prefixes: bool = False
    mdx_format: str | None = None
    publication: Mapping[str, Any] | None = None  # CSL-JSON fields, without id, title and url
    tags: tuple[str, ...] = ()
    access: tuple[str, ...] | None = None  # groups that the page is for, all for none; None: nothing is said of it
    answers: tuple[OwnQuestion, ...] = ()  # questions that the owner wrote the page for
    warnings: tuple[str, ...] = ()  # what was not read of it


def read_front_matter(values: Mapping[str, Any]) -> FrontMatter:
    """The front matter's meaning. Raises FrontMatterError naming a key whose value is not allowed."""
    mdx = values.get("mdx")
    answers, warnings = read_questions(values.get("answers"))
    publication, unread = _publication(values)
    return FrontMatter(
        title=_text(values, "title"),
        slug=_text(values, "slug"),
        id=_text(values, "id"),
        quality=_quality(values.get("source_quality")),
        left_out=_left_out(values),
        keep_number_prefixes=values.get("parse_number_prefixes") is False,
        mdx_format=mdx.get("format") if isinstance(mdx, dict) else None,
        publication=publication,
        tags=_tags(values.get("tags")),
        access=_access(values),
        answers=answers,
        warnings=(*warnings, *unread),
    )


def _access(values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The groups that a page is for. What cannot be read closes no page and opens none: it is an error."""
    said = [value for key, value in values.items() if key.lower() == "access"]
    if not said:
        return None
    value = said[0] if len(said) == 1 else said
    groups = value.split(",") if isinstance(value, str) else value
    if not isinstance(groups, list) or len(groups) > MAX_GROUPS:
        raise FrontMatterError(f"access: {reprlib.repr(value)} is not allowed; allowed: a list of names of groups")
    names = [" ".join(one.split()) if isinstance(one, str) else "" for one in groups]
    for given, name in zip(groups, names, strict=True):
        if not _GROUP.match(name):
            raise FrontMatterError(f"access: {reprlib.repr(given)} is not allowed; allowed: the name of a group")
    return tuple(sorted(set(names)))


def _tags(value: object) -> tuple[str, ...]:
    """The names of tags: of a list, also of Docusaurus's objects with a label, or of a text with commas.

    They are the generator's own key: what is no name of a tag is let be.
    """
    given = value.split(",") if isinstance(value, str) else _list(value)
    named = (one.get("label") or one.get("name") if isinstance(one, dict) else one for one in given)
    plain = (" ".join(str(one).split()) for one in named if isinstance(one, str | int | float))
    return tuple(dict.fromkeys(tag for tag in plain if 0 < len(tag) <= MAX_TAG_CHARS))[:MAX_TAGS]


def _left_out(values: Mapping[str, Any]) -> LeftOutReason | None:
    if _says(values.get("draft"), "true", "yes", "on", "y", "1") or _says(
        values.get("published"), "false", "no", "off"
    ):
        return "draft"
    if _is_ahead(values.get("publishdate")) is True or _is_ahead(values.get("expirydate")) is False:
        return "draft"  # Hugo builds it later, or no more
    if values.get("redirect_to") or str(values.get("template", "")).startswith("redirect"):
        return "redirect"
    if _says(values.get("unlisted")):
        return "unlisted"
    robots = [values.get("robots"), *(_robots(item) for item in _list(values.get("head")))]
    named = any("noindex" in str(one).lower() or str(one).lower().strip() == "none" for one in robots if one)
    return "noindex" if named or _says(values.get("noindex")) else None


def _says(value: object, *words: str) -> bool:
    """Whether a switch is set, also where its value became a string, as in meta-data without types."""
    return str(value).strip().lower() in (words or ("true", "yes", "on"))


def _is_ahead(value: object) -> bool | None:
    """Whether a date is still to come; None for what is no date."""
    try:
        there = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return (there if there.tzinfo else there.replace(tzinfo=UTC)) > datetime.now(UTC)


def _robots(item: object) -> str | None:
    """What a robots tag says in the `head` of VitePress (a list) or Starlight (a mapping)."""
    if isinstance(item, dict):
        item = [item.get("tag"), item.get("attrs")]
    if not isinstance(item, list) or len(item) < 2 or item[0] != "meta" or not isinstance(item[1], dict):
        return None
    return str(item[1].get("content")) if item[1].get("name") in ("robots", "googlebot") else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool | dict | list):
        raise FrontMatterError(f"{key}: {reprlib.repr(value)} is not allowed; allowed: a text")
    return " ".join(str(value).split()) or None


def _quality(value: object) -> Quality | None:
    if value is None:
        return None
    for quality in QUALITIES:
        if value == quality:
            return quality
    raise FrontMatterError(f"source_quality: {reprlib.repr(value)} is not allowed; allowed: {', '.join(QUALITIES)}")


def _publication(values: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """The publication, and what was not read of it: other programs have such keys, and the page is one all the same."""
    warnings: list[str] = []

    def said(key: str, read: Callable[[object], Any]) -> Any:
        try:
            return read(values.get(key))
        except FrontMatterError as error:
            warnings.append(f"front matter: {error}; it is not read")
            return None

    fields: dict[str, Any] = {
        "author": said("authors", _authors),
        "issued": said("year", _issued),
        "DOI": said("doi", _doi),
        "container-title": said("container_title", lambda _: _text(values, "container_title")),
        "publisher": said("publisher", lambda _: _text(values, "publisher")),
    }
    fields = {key: value for key, value in fields.items() if value}
    kind = "article-journal" if "container-title" in fields else "book" if "publisher" in fields else "webpage"
    return ({"type": kind, **fields} if fields else None), warnings


def _authors(value: object) -> list[dict[str, str]]:
    if value is None:
        return []
    if isinstance(value, str):
        value = re.split(r"\s*;\s*|\s+and\s+", value.strip())
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise FrontMatterError(f"authors: {reprlib.repr(value)} is not allowed; allowed: a name, or a list of names")
    return [found for author in value if author and (found := _author(author))]


def _author(author: object) -> dict[str, str] | None:
    """A CSL name. `Family, Given` and `Given Family` are told apart; `{literal: ...}` is for organisations."""
    if isinstance(author, dict):
        known = {key: str(author[key]) for key in ("family", "given", "literal") if author.get(key)}
        if known:
            return known
        if "name" not in author and author.keys() & _OTHER_AUTHOR_KEYS:
            return None  # its name stands in another file
        author = author.get("name")
    if not isinstance(author, str) or not author.strip():
        raise FrontMatterError(
            f"authors: {reprlib.repr(author)} is not allowed; allowed: a name, or {{family, given}} or {{literal}}"
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
        raise FrontMatterError(f"year: {reprlib.repr(value)} is not allowed; allowed: four digits")
    return {"date-parts": [[int(match.group(1))]]}


def _doi(value: object) -> str | None:
    if value is None:
        return None
    match = _DOI.fullmatch(str(value).strip())
    if not match:
        raise FrontMatterError(f"doi: {reprlib.repr(value)} is not allowed; allowed: 10.<registrant>/<suffix>")
    return match.group(1)
