"""The files of the pages and of the chat element, kept in memory and sent compressed to whom that suits."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class WebFile:
    """A file as it is sent; compressed once, when somebody first takes it so."""

    body: bytes
    media_type: str

    @cached_property
    def gzipped(self) -> bytes:
        """The body as RFC 1952 has it, the same bytes from every process."""
        return gzip.compress(self.body, 9, mtime=0)

    @cached_property
    def tag(self) -> str:
        """Names the content, without the quotes of an entity tag."""
        return hashlib.sha256(self.body).hexdigest()[:20]


def read_web_files(folder: Path) -> dict[str, WebFile]:
    """The files of a folder by name, those of kinds that browsers load. What lies in its folders is left alone."""
    return {
        path.name: WebFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(folder.iterdir())
        if path.suffix in _MEDIA_TYPES
    }


def send_web_file(request: Request, file: WebFile) -> Response:
    """The file as the request wants it, or 304 where its client has it already (RFC 9110, 8.8.3 and 13.1.2)."""
    takes_gzip = accepts_gzip(", ".join(request.headers.getlist("accept-encoding")))
    # An encoding is a representation of its own, with a tag of its own.
    tag = f'"{file.tag}-gzip"' if takes_gzip else f'"{file.tag}"'
    headers = {"etag": tag, "vary": "accept-encoding"}
    if _names_tag(", ".join(request.headers.getlist("if-none-match")), tag):
        # With the type it gets the policy of its kind, which the client's copy takes over.
        return Response(status_code=304, media_type=file.media_type, headers=headers)
    if takes_gzip:
        headers["content-encoding"] = "gzip"
    return Response(file.gzipped if takes_gzip else file.body, media_type=file.media_type, headers=headers)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding field allows gzip (RFC 9110, 12.5.3); one that says nothing of it does not."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (word.strip() for word in part.split(";"))
        weights[coding] = _read_weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0.0


def _read_weight(parameters: list[str]) -> float:
    """1 where none is given, 0 where it cannot be read: plain bytes suit everybody."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _names_tag(if_none_match: str, tag: str) -> bool:
    given = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return tag in given or "*" in given
