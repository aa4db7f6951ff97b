"""What a corpus is, declared in `footnoted.toml`: where its pages are, how they become vectors and answers."""

import difflib
import hashlib
import json
import re
import reprlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.errors import UnknownCorpus
from pipelines.languages.known import LANGUAGES
from storage_config.errors import ConfigurationError
from storage_config.vocabulary import GroundingPolicy, Quality

# Raise when the splitter cuts pages in another way: every corpus is then built anew beside the old one.
SPLITTER_VERSION = 2
# Raise when a reader gives another text, title, url or anchor for the same page: pages that their server calls
# unchanged are then read anew. A test of golden hashes demands it.
READER_VERSION = 3

Flavour = Literal["docusaurus", "mkdocs", "vitepress", "starlight", "mdbook", "plain"]
FLAVOURS: tuple[Flavour, ...] = get_args(Flavour)
SOURCE_KINDS = ("markdown", "html", "pdf", "sitemap", "openapi")
_OPERATION_PLACEHOLDERS = ("tag", "tag_slug", "operation_id", "operation_slug", "method", "path")
_NOBODYS_HOSTS = ("example.org", "example.com", "example.net")
_NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
_URL_PATTERN = r"^https?://"
_EMBEDDING_PATTERN = r"^(local/minilm|cohere/[\w.:-]+)$"
_RERANK_PATTERN = r"^(none|cohere/[\w.:-]+)$"
_VERIFIER_PATTERN = r"^(lexical|nli/.+|llm/.+)$"
# What people are told instead of a regular expression.
_PATTERNS = {
    _NAME_PATTERN: "a name has lower-case letters, digits, - and _, at most 63",
    _URL_PATTERN: "must begin with https:// or http://",
    _EMBEDDING_PATTERN: "must be local/minilm or cohere/MODEL",
    _RERANK_PATTERN: "must be none or cohere/MODEL",
    _VERIFIER_PATTERN: "must be lexical, nli/FOLDER or llm/MODEL",
}
_SHOWN_CHARS = 120
CorpusName = Annotated[str, Field(pattern=_NAME_PATTERN)]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FolderSource(_Declared):
    path: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The folder of the pages."""
        return (self.path,)


EditionName = Annotated[str, Field(pattern=r"^[^\s/\\][^/\\\x00-\x1f]{0,63}$")]


class SiteSpec(_Declared):
    """What a site's configuration says about its versions and locales, where it is not what its generator does unasked.

    `folder` (relative to the corpus file) holds the configuration, `plugin` is the id of the docs there, `route` where
    they are below the site's root (`docs`), `default_version` and `default_locale` are what readers get who choose
    none, and `version_paths` where versions are shown, by their names.
    """

    folder: Path | None = None
    plugin: EditionName | None = None
    route: str | None = None
    default_version: EditionName | None = None
    default_locale: EditionName | None = None
    version_paths: dict[str, str] = Field(default_factory=dict)


class MarkdownSource(_FolderSource):
    """A tree of markdown or MDX files. `path` is relative to the corpus file."""

    kind: Literal["markdown"]
    include: tuple[str, ...] = ("**/*.md", "**/*.mdx")
    exclude: tuple[str, ...] = ()
    flavour: Flavour = "plain"
    trailing_slash: bool | None = None  # None: the default of the flavour's generator
    site: SiteSpec = SiteSpec()


class HtmlSource(_FolderSource):
    """A tree of built HTML pages. `path` is relative to the corpus file.

    `build` is the command that fills it, as a list of its words, run by nothing but `footnoted ingest --build`.
    """

    kind: Literal["html"]
    include: tuple[str, ...] = ("**/*.html", "**/*.htm")
    exclude: tuple[str, ...] = ()
    trailing_slash: bool | None = None
    build: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(max_length=100)] = ()
    site: SiteSpec = SiteSpec()


class PdfSource(_FolderSource):
    """A tree of PDF files; their pages are the sections. `path` is relative to the corpus file."""

    kind: Literal["pdf"]
    include: tuple[str, ...] = ("**/*.pdf",)
    exclude: tuple[str, ...] = ()


class SitemapSource(_Declared):
    """The pages that a sitemap names, on its own host only. The globs match the path of an address, without its `/`."""

    kind: Literal["sitemap"]
    url: Annotated[str, Field(pattern=_URL_PATTERN)]
    include: tuple[str, ...] = ("**",)
    exclude: tuple[str, ...] = ()
    max_pages: Annotated[int, Field(gt=0, le=100_000)] = 5_000

    @property
    def paths(self) -> tuple[Path, ...]:
        """Its pages are no files."""
        return ()


class OpenApiSource(_Declared):
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


SourceSpec = Annotated[
    MarkdownSource | HtmlSource | PdfSource | SitemapSource | OpenApiSource, Field(discriminator="kind")
]


class ChunkSpec(_Declared):
    """Bounds of a node in tokens of MiniLM's tokenizer; the breadcrumb counts."""

    max_tokens: Annotated[int, Field(ge=64, le=2048)] = 256
    overlap_tokens: Annotated[int, Field(ge=0, le=512)] = 32

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> "ChunkSpec":
        if self.overlap_tokens > self.max_tokens // 2:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self


class QualityRule(_Declared):
    """Pages whose path matches the glob have this quality; the first rule that matches wins."""

    match: str
    quality: Quality


class LlmOptions(_Declared):
    """What OpenRouter's models are asked with.

    `provider` is OpenRouter's routing of providers, sent as it stands with every call
    (https://openrouter.ai/docs/features/provider-routing), e.g. `{ data_collection = "deny" }`.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] = 0.1
    max_tokens: Annotated[int, Field(ge=16, le=32_000)] = 1_024
    provider: dict[str, Any] = Field(default_factory=dict)


class CorpusSpec(_Declared):
    """One corpus. `name` and `folder` (of the corpus file) are filled in by `read_corpora`.

    `versions` and `locales` are those of the site that are read beside its default ones.
    """

    name: CorpusName
    folder: Path
    source: SourceSpec
    base_url: Annotated[str, Field(pattern=_URL_PATTERN)]
    chunk: ChunkSpec = ChunkSpec()
    embedding: Annotated[str, Field(pattern=_EMBEDDING_PATTERN)] = "local/minilm"
    embedding_dimension: Annotated[int, Field(ge=64, le=4096)] | None = None  # None: the model's own
    language: str = "english"
    versions: Annotated[tuple[EditionName, ...], Field(max_length=50)] = ()
    locales: Annotated[tuple[EditionName, ...], Field(max_length=50)] = ()
    llm: Annotated[tuple[str, ...], Field(min_length=1)] = ("extractive",)
    llm_options: LlmOptions = LlmOptions()
    rerank: Annotated[str, Field(pattern=_RERANK_PATTERN)] = "none"
    grounding: GroundingPolicy = "flag"
    verifier: Annotated[str, Field(pattern=_VERIFIER_PATTERN)] = "lexical"
    source_quality: tuple[QualityRule, ...] = ()
    citation_style: str = "apa"
    product: Annotated[str, Field(max_length=60)] = ""  # what "it" means in a first question; else what the pages say

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"{value!r} is none of: {', '.join(LANGUAGES)}")
        return value

    @field_validator("llm")
    @classmethod
    def _known_answerers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "extractive" in value and len(value) > 1:
            raise ValueError("'extractive' stands alone: it is no fallback that hides a vendor's failure")
        for name in value:
            if name != "extractive" and "/" not in name:
                raise ValueError(f"{name!r} is neither 'extractive' nor an OpenRouter model such as 'vendor/model'")
        return value

    @model_validator(mode="after")
    def _dimension_is_for_vendors(self) -> "CorpusSpec":
        if self.embedding == "local/minilm" and self.embedding_dimension not in (None, 384):
            raise ValueError("embedding_dimension of local/minilm is 384")
        return self

    def digest(self) -> str:
        """Tells whether two readings of a corpus file declare the same, as 64 hex digits."""
        shape = self.model_dump(mode="json") | {"folder": str(self.folder.resolve())}
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()

    @property
    def has_placeholder_url(self) -> bool:
        """Whether `base_url` names a host that is nobody's (RFC 2606), to which no link of an answer leads."""
        host = (urlsplit(self.base_url).hostname or "").removesuffix(".")
        return any(host == name or host.endswith(f".{name}") for name in _NOBODYS_HOSTS)

    @property
    def has_editions(self) -> bool:
        """Whether it names versions or locales of its site."""
        return bool(self.versions or self.locales)

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """The folders that hold the pages, or the file of them, absolute; none for pages that are no files."""
        return tuple((self.folder / path).resolve() for path in self.source.paths)


class _CorporaFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    corpora: dict[CorpusName, dict[str, Any]] = Field(min_length=1)


def read_corpora(path: Path, *, need_folders: bool = True) -> dict[str, CorpusSpec]:
    """The corpora that the file declares, by name, in its order.

    Raises ConfigurationError naming the file, each wrong key and what is allowed there; where `need_folders`, a source
    folder that does not exist is wrong too: only an ingestion reads the pages.
    """
    try:
        declared = _CorporaFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: no such file. `footnoted init` writes one, --config names another."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is no TOML: {error}{_wrong_line(path, str(error))}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except ValidationError as error:
        raise ConfigurationError(_explain(path, "", error)) from None
    specs = {name: _read_corpus(path, name, values) for name, values in declared.corpora.items()}
    for spec in specs.values() if need_folders else ():
        for folder in spec.source_folders:
            what = "file" if isinstance(spec.source, OpenApiSource) else "folder"
            if not (folder.is_file() if what == "file" else folder.is_dir()):
                raise ConfigurationError(f"{path}: corpora.{spec.name}.source.path: no {what} at {folder}")
    return specs


def choose_corpus(name: str | None, names: Iterable[str]) -> str:
    """The corpus that is meant; it need not be named where there is one. Raises UnknownCorpus."""
    known = list(names)
    if name is None and len(known) == 1:
        return known[0]
    if name is None or name not in known:
        raise UnknownCorpus(name, known)
    return name


def choose_corpora(name: str | None, names: Iterable[str]) -> list[str]:
    """The corpus of that name, all of them for None. Raises UnknownCorpus."""
    return list(names) if name is None else [choose_corpus(name, names)]


def _read_corpus(path: Path, name: str, values: dict[str, Any]) -> CorpusSpec:
    for reserved in ("name", "folder"):
        if reserved in values:
            raise ConfigurationError(f"{path}: corpora.{name}.{reserved}: unknown key. {_allowed(CorpusSpec)}")
    try:
        spec = CorpusSpec.model_validate({**values, "name": name, "folder": path.absolute().parent})
    except ValidationError as error:
        raise ConfigurationError(_explain(path, f"corpora.{name}", error)) from None
    return spec


_MODELS_BY_PLACE: dict[str, type[BaseModel]] = {
    "markdown": MarkdownSource, "html": HtmlSource, "pdf": PdfSource, "sitemap": SitemapSource,
    "openapi": OpenApiSource, "site": SiteSpec,
    "chunk": ChunkSpec, "source_quality": QualityRule, "llm_options": LlmOptions,
}  # fmt: skip


def _explain(path: Path, prefix: str, error: ValidationError) -> str:
    return "\n".join(_explain_problem(path, prefix, problem) for problem in error.errors())


def _explain_problem(path: Path, prefix: str, problem: Any) -> str:
    parts = [str(part) for part in problem["loc"]]
    place = ".".join(part for part in [prefix, *parts] if part and part not in SOURCE_KINDS)
    if problem["type"] == "missing":
        return f"{path}: {place}: is missing"
    if problem["type"] == "union_tag_invalid":
        return f"{path}: {place}.kind: must be one of: {', '.join(SOURCE_KINDS)}, not {problem['ctx']['tag']!r}"
    if problem["type"] == "union_tag_not_found":
        return f"{path}: {place}.kind: is missing; one of: {', '.join(SOURCE_KINDS)}"
    if problem["type"] != "extra_forbidden":
        says = _PATTERNS.get((problem.get("ctx") or {}).get("pattern", "")) or problem["msg"]
        place = place.removesuffix(".[key]")
        says = says.removeprefix("Value error, ")
        return f"{path}: {place or 'file'}: {says}, not {reprlib.repr(problem['input'])}"
    inside = [_MODELS_BY_PLACE[part] for part in parts[:-1] if part in _MODELS_BY_PLACE]
    model = inside[-1] if inside else (CorpusSpec if prefix else _CorporaFile)
    return f"{path}: {place}: unknown key. {_allowed(model, parts[-1])}"


def _wrong_line(path: Path, error: str) -> str:
    """The line that a parser's message counts to, since most often a text lacks its quotes."""
    at = re.search(r"at line (\d+)", error)
    lines = path.read_text(encoding="utf-8").splitlines() if at else []
    if at is None or not 0 < int(at.group(1)) <= len(lines):
        return ""
    return f": {lines[int(at.group(1)) - 1].strip()[:_SHOWN_CHARS]}"


def _allowed(model: type[BaseModel], wrong: str = "") -> str:
    keys = [key for key in model.model_fields if key not in ("name", "folder")]
    near = difflib.get_close_matches(wrong, keys, 1)
    return (f"Did you mean {near[0]}? " if near else "") + f"Allowed: {', '.join(keys)}"


def corpus_fingerprint(spec: CorpusSpec, *, embed_model_hash: str, dimension: int, bm25: dict[str, Any]) -> str:
    """What shapes the vectors of a corpus, as 16 hex digits: splitter, embedding model with its file, BM25.

    A new fingerprint means a new collection beside the old one.
    """
    shape = {
        "splitter": SPLITTER_VERSION,
        "chunk": spec.chunk.model_dump(),
        "language": spec.language,
        "embedding": spec.embedding,
        "embed_model_hash": embed_model_hash,
        "dimension": dimension,
        "bm25": bm25,
    }
    return _short_hash(shape)


def reading_hash(spec: CorpusSpec) -> str:
    """What shapes a page besides its own bytes, as 16 hex digits: readers and the rules of quality.

    That a server calls a page unchanged says nothing about a page that was read by other rules.
    """
    return _short_hash({"readers": READER_VERSION, "quality": [rule.model_dump() for rule in spec.source_quality]})


def _short_hash(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
