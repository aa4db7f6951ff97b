"""What the head of a page says of its edition: its language, its version, and where the same page stands elsewhere."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from pipelines.readers.edition_names import said_language

HEAD_BYTES = 32_000
_LANGUAGE_BYTES = 4_000
_TAG = re.compile(r"<(?:meta|link)\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]{1,60})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_VERSION_NAMES = frozenset({"docusaurus_version", "docsearch:version", "readthedocs-version-slug", "version"})
_LANGUAGE_NAMES = frozenset(
    {"docsearch:language", "docusaurus_locale", "content-language", "readthedocs-language-slug"}
)


@dataclass(frozen=True, slots=True)
class PageSays:
    """The language of a page, the versions that its head names, and its canonical and alternate addresses."""

    language: str | None = None
    versions: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()


# What the first of these pages says that can be read; None where none of them can be.
AskPages = Callable[[Sequence[str]], Awaitable[PageSays | None]]


def read_says(data: bytes, url: str) -> PageSays:
    """What a page says in its first bytes, also to the crawler of a search; links are absolute, seen from `url`."""
    versions, links, languages = set[str](), list[str](), list[str]()
    for tag in _TAG.findall(data[:HEAD_BYTES].decode("utf-8", "replace")):
        said = {name.lower(): one or other or bare for name, one, other, bare in _ATTRIBUTE.findall(tag)}
        name, content = (said.get("name") or said.get("http-equiv") or "").lower(), said.get("content", "")
        if name in _VERSION_NAMES and content:
            versions.update(one.strip() for one in content.split(","))
        if name in _LANGUAGE_NAMES and content.strip():
            languages.append(content.strip().lower())
        if said.get("rel", "").lower() in ("canonical", "alternate") and said.get("href"):
            try:
                links.append(urljoin(url, said["href"].strip()))
            except ValueError:
                continue  # no address at all
    language = said_language(data[:_LANGUAGE_BYTES]) or next(iter(languages), None)
    return PageSays(language, frozenset(versions), tuple(links))
