"""Where the viewers of OpenAPI documents show an operation: pages, and anchors on them."""

import re
import unicodedata
from urllib.parse import quote

from pipelines.corpus import OpenApiSource
from pipelines.readers.openapi.document import Operation

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Words as lodash's kebabCase tells them apart.
_CASE_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
# What Redoc's slugger spells out, and what it lets through.
_SPELLED = {"&": "and", "%": "percent", "$": "dollar", "<": "less", ">": "greater", "|": "or", "ß": "ss"}
_DROPPED = re.compile(r"[^\w\s$*_+~.()'\"!\-:@]+", re.ASCII)
_NO_WORD = re.compile(r"\W", re.ASCII)
_KEPT = "/%!$&'()*+,;=:@~-._?"


def has_page_of_its_own(source: OpenApiSource) -> bool:
    """Whether each operation has a page: where the pattern of the url names it."""
    return bool({"operation_id", "operation_slug", "method", "path"} & set(_PLACEHOLDER.findall(source.url)))


def page_url(base_url: str, source: OpenApiSource, tag: str | None, operation: Operation | None) -> str:
    """The page's url, without `#`. Without an operation it is that of the tag."""
    path = _fill(source.url, tag, operation).strip()
    base = base_url.rstrip("/")
    return base + quote(f"/{path.lstrip('/')}" if path else "", safe=_KEPT)


def operation_anchor(source: OpenApiSource, operation: Operation) -> str | None:
    """The anchor of an operation on its page."""
    if source.anchor is not None:
        return _fill(source.anchor, operation.tag, operation) or None
    if source.viewer == "swagger-ui":
        return f"{_swagger_path(operation.tag or 'default')}{_swagger_path(_implicit_id(operation))}"
    parent = f"{tag_anchor(source, operation.tag)}/" if operation.tag else ""
    if operation.id:
        return f"{parent}operation/{operation.id}"
    pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in operation.place)
    return f"{parent or '/'}{pointer}"


def tag_anchor(source: OpenApiSource, tag: str | None) -> str | None:
    """The anchor of a tag's heading on its page."""
    if tag is None or source.anchor is not None:
        return None
    return _swagger_path(tag) if source.viewer == "swagger-ui" else f"tag/{redoc_slug(tag)}"


def _swagger_path(name: str) -> str:
    """A name in Swagger UI's deep links, which escape white space and nothing else."""
    return "/" + re.sub(r"\s", "%20", name.strip())


def redoc_slug(name: str) -> str:
    """`Pet store & more` → `Pet-store-and-more`, as Redoc's slugger has it for Latin letters."""
    spelled = "".join(_SPELLED.get(letter, letter) for letter in name)
    plain = "".join(one for one in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(one))
    slug = re.sub(r"\s+", "-", _DROPPED.sub("", plain).strip())
    return slug or re.sub(r"-{2,}", "-", re.sub(r"\s+", "-", name.lower())).strip("-")


def kebab(name: str) -> str:
    """`getPetById` → `get-pet-by-id`."""
    return "-".join(_CASE_WORDS.findall(name)).lower()


def _implicit_id(operation: Operation) -> str:
    """The id, or the one that Swagger UI makes of method and path."""
    return operation.id or f"{operation.method}{_NO_WORD.sub('_', operation.path)}"


def _fill(pattern: str, tag: str | None, operation: Operation | None) -> str:
    values = {"tag": tag or "default", "tag_slug": kebab(tag or "default")}
    if operation is not None:
        name = _implicit_id(operation)
        values |= {"operation_id": name, "operation_slug": kebab(operation.id or str(operation.values.get("summary")))}
        values |= {"method": operation.method, "path": operation.path.strip("/")}
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), pattern)
