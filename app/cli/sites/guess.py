"""What a repository's site looks like to `footnoted init`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.corpus import Flavour

SiteValue = str | tuple[str, ...] | Mapping[str, str]  # of a key of `site` in the corpus file


@dataclass(frozen=True, slots=True)
class SiteGuess:
    """A site. `path` is relative to the corpus file; `base_url` None where nothing tells it.

    `flavour` is that of markdown pages. `generator` names a generator whose pages are read as `build` makes them: that
    is its command, empty where it has none that is known, and `is_built` says that a finished build is there. `include`
    are globs where they are not the usual ones, `exclude` those of files that are no pages of the site, `others` more
    sites of the repository, `note` what else the operator should know. `language` is that of most pages. `versions` and
    `locales` can be read beside the default ones; `site` is what the corpus file says of them.
    """

    name: str
    flavour: Flavour
    path: str
    base_url: str | None
    kind: Literal["markdown", "html", "pdf", "sitemap", "openapi"] = "markdown"
    generator: str | None = None
    build: tuple[str, ...] = ()
    is_built: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    trailing_slash: bool | None = None
    others: tuple[str, ...] = ()
    note: str | None = None
    versions: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    site: Mapping[str, SiteValue] = field(default_factory=dict)
    language: str = "english"

    @property
    def what(self) -> str:
        """In words."""
        if self.generator is not None:
            return f"a site of {self.generator}, read as it is {'published' if self.kind == 'sitemap' else 'built'}"
        return {
            "markdown": f"a {self.flavour} site", "html": "a built HTML site", "openapi": "an OpenAPI document",
        }.get(self.kind, "a collection of PDF files")  # fmt: skip

    @property
    def source(self) -> str:
        """As the corpus file declares it."""
        if self.kind == "sitemap":
            return f'{{ kind = "sitemap", url = "{self.base_url or PLACEHOLDER}/sitemap.xml" }}'
        parts = [f'kind = "{self.kind}"', f"path = {_quoted(self.path)}"]
        if self.kind == "markdown":
            parts.append(f'flavour = "{self.flavour}"')
        build = () if self.is_built else self.build
        for key, words in (("include", self.include), ("exclude", self.exclude), ("build", build)):
            if words:
                parts.append(f"{key} = {quoted_list(words)}")
        if self.trailing_slash is not None:
            parts.append(f"trailing_slash = {str(self.trailing_slash).lower()}")
        if self.site:
            parts.append(f"site = {_table(self.site)}")
        return f"{{ {', '.join(parts)} }}"


# What stands where nothing tells the address; whoever runs the pages with it is warned.
_BARE = re.compile(r"[A-Za-z0-9_-]+")
PLACEHOLDER = "https://example.org/docs"


def quoted_list(words: Sequence[str]) -> str:
    """The words as TOML writes them."""
    return f"[{', '.join(_quoted(word) for word in words)}]"


def _table(values: Mapping[str, SiteValue]) -> str:
    written = {key: _written(value) for key, value in values.items()}
    pairs = [f"{key if _BARE.fullmatch(key) else _quoted(key)} = {value}" for key, value in written.items()]
    return f"{{ {', '.join(pairs)} }}"


def _written(value: SiteValue) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return _table(value) if isinstance(value, Mapping) else quoted_list(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
