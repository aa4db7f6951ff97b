"""What a source of pages is, declared in a corpus file: its kind, where it lies, how its generator builds it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

Flavour = Literal["docusaurus", "mkdocs", "vitepress", "starlight", "mdbook", "plain"]
FLAVOURS: tuple[Flavour, ...] = get_args(Flavour)
_WITH_EDITIONS: tuple[Flavour, ...] = ("docusaurus", "starlight", "mkdocs")
EDITIONED = f"{', '.join(_WITH_EDITIONS)}, built HTML and sitemaps"
SOURCE_KINDS = ("markdown", "html", "pdf", "sitemap", "openapi")
_OPERATION_PLACEHOLDERS = ("tag", "tag_slug", "operation_id", "operation_slug", "method", "path")
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
EDITION_PATTERN = r"^[^\s/\\][^/\\\x00-\x1f]{0,63}$"
_GLOB = re.compile(r"[*?\[\]{}]")
URL_PATTERN = r"^https?://"
BaseUrl = Annotated[str, Field(pattern=URL_PATTERN), AfterValidator(lambda value: value.rstrip("/"))]
CorpusName = Annotated[str, Field(pattern=NAME_PATTERN)]


class Declared(BaseModel):
    """A part of a corpus file: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Names of groups of readers, as the issuer of users (its roles) or an API key has them.
GROUP_PATTERN = r"^[^\s,][^,\x00-\x1f]{0,63}$"
GroupName = Annotated[str, Field(pattern=GROUP_PATTERN)]
Groups = Annotated[tuple[GroupName, ...], Field(max_length=20)]


class AccessRule(Declared):
    """Pages whose path matches the glob are for these groups alone, for everybody where there are none.

    The first rule that matches wins.
    """

    match: str
    access: Groups


class _Source(Declared, ABC):
    """What each source of a corpus may say besides: where its own pages are published, and what its uris begin with.

    Its pages are for the groups of `access`, where nothing nearer to a page says whom it is for.
    """

    name: CorpusName | None = None
    base_url: BaseUrl | None = None
    access: Groups = ()

    @property
    def uri_prefix(self) -> str:
        """Empty, or the name with a `/`: what tells its pages from those of another source with the same paths."""
        return f"{self.name}/" if self.name else ""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where its pages lie, as it is declared."""

    @property
    def label(self) -> str:
        """What it is called in reports and records, unless another is called the same: its name, else its place."""
        return self.name or self.place


class _FolderSource(_Source):
    path: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The folder of the pages."""
        return (self.path,)

    @property
    def place(self) -> str:
        """The folder."""
        return self.path.as_posix()


def _is_no_path(name: str) -> str:
    """The name of a version or locale, which stands in paths and globs."""
    if name in (".", "..") or _GLOB.search(name):
        raise ValueError(
            "a version or locale is named as the site names it: . and .. and * ? [ ] { } are no such names"
        )
    return name


EditionName = Annotated[str, Field(pattern=EDITION_PATTERN), AfterValidator(_is_no_path)]
EditionNames = Annotated[tuple[EditionName, ...], Field(max_length=50)]


class SiteSpec(Declared):
    """What a site's configuration says about its versions and locales, where it is not what its generator does unasked.

    `folder` (relative to the corpus file) holds the configuration, `plugin` is the id of the docs there, `route` where
    they are below the site's root (`docs`), `default_version` and `default_locale` are what readers get who choose
    none, and `version_paths` where versions are shown, by their names. `locales` are those that the site has, by which
    the folders and files of languages are known that are not read.
    """

    folder: Path | None = None
    plugin: EditionName | None = None
    route: str | None = None
    default_version: EditionName | None = None
    default_locale: EditionName | None = None
    locales: EditionNames = ()
    version_paths: dict[str, str] = Field(default_factory=dict)


class _SiteSource(_Source):
    """Pages of a site with versions and locales. Where `versions` or `locales` are said, the corpus's do not count."""

    site: SiteSpec = SiteSpec()
    versions: EditionNames | None = None
    locales: EditionNames | None = None

    @property
    def can_have_editions(self) -> bool:
        """Whether its versions or locales are known."""
        return True


class MarkdownSource(_FolderSource, _SiteSource):
    """A tree of markdown or MDX files. `path` is relative to the corpus file."""

    kind: Literal["markdown"]
    include: tuple[str, ...] = ("**/*.md", "**/*.mdx")
    exclude: tuple[str, ...] = ()
    flavour: Flavour = "plain"
    trailing_slash: bool | None = None  # None: the default of the flavour's generator

    @property
    def can_have_editions(self) -> bool:
        """Whether its flavour has versions or locales."""
        return self.flavour in _WITH_EDITIONS

    @model_validator(mode="after")
    def _flavour_has_editions(self) -> "MarkdownSource":
        if (self.versions or self.locales) and not self.can_have_editions:
            raise ValueError(f"flavour {self.flavour!r} has no versions and locales; allowed: {EDITIONED}")
        return self


class HtmlSource(_FolderSource, _SiteSource):
    """A tree of built HTML pages. `path` is relative to the corpus file.

    `build` is the command that fills it, as a list of its words, run by nothing but `footnoted ingest --build`.
    """

    kind: Literal["html"]
    include: tuple[str, ...] = ("**/*.html", "**/*.htm")
    exclude: tuple[str, ...] = ()
    trailing_slash: bool | None = None
    build: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(max_length=100)] = ()


class PdfSource(_FolderSource):
    """A tree of PDF files; their pages are the sections. `path` is relative to the corpus file."""

    kind: Literal["pdf"]
    include: tuple[str, ...] = ("**/*.pdf",)
    exclude: tuple[str, ...] = ()


class SitemapSource(_SiteSource):
    """The pages that a sitemap names, on its own host only. The globs match the path of an address, without its `/`."""

    kind: Literal["sitemap"]
    url: Annotated[str, Field(pattern=URL_PATTERN)]
    include: tuple[str, ...] = ("**",)
    exclude: tuple[str, ...] = ()
    max_pages: Annotated[int, Field(gt=0, le=100_000)] = 5_000

    @property
    def paths(self) -> tuple[Path, ...]:
        """Its pages are no files."""
        return ()

    @property
    def place(self) -> str:
        """The sitemap's address."""
        return self.url


class OpenApiSource(_Source):
    """An OpenAPI document (JSON or YAML): an operation is a section. `path` is its file, relative to the corpus file.

    `url` (below `base_url`) and `anchor` are patterns of where readers find an operation; an `anchor` of None is that
    of the viewer. Where `url` names the operation, each has a page of its own.
    """

    kind: Literal["openapi"]
    path: Path
    viewer: Literal["redoc", "swagger-ui"] = "redoc"
    url: str = ""
    anchor: str | None = None

    @field_validator("url", "anchor")
    @classmethod
    def _known_placeholders(cls, value: str | None) -> str | None:
        unknown = [name for name in re.findall(r"\{(.*?)\}", value or "") if name not in _OPERATION_PLACEHOLDERS]
        if unknown:
            allowed = ", ".join(f"{{{name}}}" for name in _OPERATION_PLACEHOLDERS)
            raise ValueError(f"{{{unknown[0]}}} is not known; allowed: {allowed}")
        return value

    @property
    def paths(self) -> tuple[Path, ...]:
        """Its file."""
        return (self.path,)

    @property
    def place(self) -> str:
        """The file."""
        return self.path.as_posix()


SourceSpec = Annotated[
    MarkdownSource | HtmlSource | PdfSource | SitemapSource | OpenApiSource, Field(discriminator="kind")
]


def labels_of(sources: Sequence[SourceSpec]) -> tuple[str, ...]:
    """What each source of a corpus is called in reports and records: no two the same, since one may fail alone.

    Those that share a name or place are told apart by their kind, and those that share that too by their order.
    None of them keeps the shared label: which of them a record from before means is told by its uri.
    """
    plain = [source.label for source in sources]
    kinds = [
        f"{label} ({source.kind})" if plain.count(label) > 1 else label
        for label, source in zip(plain, sources, strict=True)
    ]
    return tuple(
        f"{label} {kinds[: at + 1].count(label)}" if kinds.count(label) > 1 else label for at, label in enumerate(kinds)
    )
