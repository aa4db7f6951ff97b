"""The editions of a site: the same pages in several versions of what they describe, and in several languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Edition:
    """A version and a locale of a site, by the names that the site has for them; None is what readers get by default.

    What is older than editions, or belongs to none, is the default one's.
    """

    version: str | None = None
    locale: str | None = None

    @property
    def is_default(self) -> bool:
        """Whether readers get it without choosing."""
        return self.version is None and self.locale is None

    @property
    def name(self) -> str:
        """For people: `1.0`, `fr`, `1.0 fr`; empty for the default one."""
        return " ".join(part for part in (self.version, self.locale) if part)


DEFAULT_EDITION = Edition()


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """An edition that is not the default one, and the address that all of its pages begin with."""

    edition: Edition
    url: str

    def as_json(self) -> dict[str, Any]:
        """For the record of the corpus."""
        return {"version": self.edition.version, "locale": self.edition.locale, "url": self.url}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PublishedEdition":
        """As an ingestion recorded it."""
        return cls(Edition(value.get("version"), value.get("locale")), str(value["url"]))


def edition_at(url: str, published: Sequence[PublishedEdition]) -> Edition:
    """The edition whose pages a url is one of: that with the longest address above it, else the default one."""
    page = _place(url.partition("#")[0].partition("?")[0])
    above = [one for one in published if page.startswith(_place(one.url))]
    return max(above, key=lambda one: len(one.url)).edition if above else DEFAULT_EDITION


def _place(url: str) -> str:
    """The host, in small letters, and the path of an address, ending with `/`; a site may be had over HTTP, too.

    The path as people read it: browsers write letters beyond ASCII with percent signs, people and site maps may not.
    """
    host, slash, path = url.partition("://")[2].partition("/")
    return f"{host.lower()}{slash}{unquote(path)}".rstrip("/") + "/"
