"""What a corpus is, declared in `footnoted.toml`: where its pages are, how they become vectors and answers."""

import difflib
import hashlib
import json
import re
import reprlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.errors import UnknownCorpus
from pipelines.languages.known import LANGUAGES
from pipelines.source_specs import (
    EDITION_PATTERN,
    EDITIONED,
    FLAVOURS,
    GROUP_PATTERN,
    NAME_PATTERN,
    SOURCE_KINDS,
    URL_PATTERN,
    AccessRule,
    BaseUrl,
    CorpusName,
    Declared,
    EditionNames,
    Flavour,
    Groups,
    HtmlSource,
    MarkdownSource,
    OpenApiSource,
    PdfSource,
    SitemapSource,
    SiteSpec,
    SourceSpec,
)
from pipelines.voice_spec import SuggestedQuestions, VoiceSpec
from storage_config.errors import ConfigurationError
from storage_config.vocabulary import GroundingPolicy, Quality

# Kinds of sources are declared beside; whoever reads a corpus finds them here.
__all__ = [
    "FLAVOURS",
    "Flavour",
    "HtmlSource",
    "MarkdownSource",
    "OpenApiSource",
    "PdfSource",
    "SiteSpec",
    "SitemapSource",
]

# Raise when the splitter cuts pages in another way: every corpus is then built anew beside the old one.
SPLITTER_VERSION = 2
# Raise when a reader gives another text, title, url or anchor for the same page: pages that their server calls
# unchanged are then read anew. A test of golden hashes demands it.
READER_VERSION = 18

_FILLED_IN = ("name", "folder", "more_sources")
_NOBODYS_HOSTS = ("example.org", "example.com", "example.net")
_EMBEDDING_PATTERN = r"^(local/minilm|local/e5-small|cohere/[\w.:-]+)$"
_RERANK_PATTERN = r"^(none|cohere/[\w.:-]+|cross-encoder/.+)$"
_SUFFICIENCY_PATTERN = r"^(fitted|cross-encoder/.+)$"
_VERIFIER_PATTERN = r"^(lexical|nli/.+|llm/.+)$"
# What people are told instead of a regular expression.
_PATTERNS = {
    NAME_PATTERN: "a name has lower-case letters, digits, - and _, at most 63",
    EDITION_PATTERN: "a version or locale has at most 64 characters, no / or \\, and begins with no space",
    URL_PATTERN: "must begin with https:// or http://",
    GROUP_PATTERN: "a group has at most 64 characters, no comma, and begins with no space",
    _EMBEDDING_PATTERN: "must be local/minilm, local/e5-small or cohere/MODEL",
    _RERANK_PATTERN: "must be none, cohere/MODEL or cross-encoder/FOLDER",
    _SUFFICIENCY_PATTERN: "must be fitted or cross-encoder/FOLDER",
    _VERIFIER_PATTERN: "must be lexical, nli/FOLDER or llm/MODEL",
}
_SHOWN_CHARS = 120


class ChunkSpec(Declared):
    """Bounds of a node in tokens of the embedding model (a vendor's: of MiniLM); the breadcrumb counts."""

    max_tokens: Annotated[int, Field(ge=64, le=2048)] = 256
    overlap_tokens: Annotated[int, Field(ge=0, le=512)] = 32

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> "ChunkSpec":
        if self.overlap_tokens > self.max_tokens // 2:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self


class QualityRule(Declared):
    """Pages whose path matches the glob have this quality; the first rule that matches wins."""

    match: str
    quality: Quality


class LlmOptions(Declared):
    """What OpenRouter's models are asked with.

    `provider` is OpenRouter's routing of providers, sent as it stands with every call
    (https://openrouter.ai/docs/features/provider-routing), e.g. `{ data_collection = "deny" }`.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] = 0.1
    max_tokens: Annotated[int, Field(ge=16, le=32_000)] = 1_024
    provider: dict[str, Any] = Field(default_factory=dict)


class CorpusSpec(Declared):
    """One corpus. `name` and `folder` (of the corpus file) are filled in by `read_corpora`.

    `versions` and `locales` are those of the site that are read beside its default ones. `more_sources` are the rest of
    a list in `source`.
    """

    name: CorpusName
    folder: Path
    source: SourceSpec
    more_sources: Annotated[tuple[SourceSpec, ...], Field(max_length=19)] = ()
    base_url: BaseUrl
    chunk: ChunkSpec = ChunkSpec()
    embedding: Annotated[str, Field(pattern=_EMBEDDING_PATTERN)] = "local/minilm"
    embedding_dimension: Annotated[int, Field(ge=64, le=4096)] | None = None  # None: the model's own
    language: str = "english"
    versions: EditionNames = ()
    locales: EditionNames = ()
    llm: Annotated[tuple[str, ...], Field(min_length=1)] = ("extractive",)
    llm_options: LlmOptions = LlmOptions()
    rerank: Annotated[str, Field(pattern=_RERANK_PATTERN)] = "none"
    sufficiency: Annotated[str, Field(pattern=_SUFFICIENCY_PATTERN)] = "fitted"  # whether passages answer at all
    grounding: GroundingPolicy = "flag"
    verifier: Annotated[str, Field(pattern=_VERIFIER_PATTERN)] = "lexical"
    source_quality: tuple[QualityRule, ...] = ()
    access: Groups = ()  # who may know of the corpus at all; nobody else is told that it is there
    access_rules: Annotated[tuple[AccessRule, ...], Field(max_length=200)] = ()
    citation_style: str = "apa"
    voice: VoiceSpec = VoiceSpec()
    suggestions: SuggestedQuestions = Field(default_factory=dict)
    product: Annotated[str, Field(max_length=60)] = ""  # what "it" means in a first question; else what the pages say

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
        if self.embedding.startswith("local/") and self.embedding_dimension not in (None, 384):
            raise ValueError(f"embedding_dimension of {self.embedding} is 384")
        return self

    @model_validator(mode="after")
    def _names_tell_sources_apart(self) -> "CorpusSpec":
        names = [source.name for source in self.sources if source.name]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(
                f"source.name {min(twice)!r} stands twice: it tells the pages of one source from another's"
            )
        return self

    @model_validator(mode="after")
    def _some_source_has_editions(self) -> "CorpusSpec":
        named = self.versions or self.locales
        if named and not any(getattr(source, "can_have_editions", False) for source in self.sources):
            raise ValueError(f"{named[0]!r}: the source has no versions and locales that are known; {EDITIONED} have")
        return self

    @property
    def sources(self) -> "tuple[SourceSpec, ...]":
        """All of its sources, in the order of the corpus file."""
        return (self.source, *self.more_sources)

    @property
    def parts(self) -> "tuple[CorpusSpec, ...]":
        """The corpus as each of its sources alone would make it."""
        return tuple(self._part(source) for source in self.sources)

    def _part(self, source: SourceSpec) -> "CorpusSpec":
        own = {"source": source, "more_sources": (), "base_url": source.base_url or self.base_url}
        for key in ("versions", "locales"):
            said = getattr(source, key, ())
            own[key] = getattr(self, key) if said is None else said
        return self.model_copy(update=own)

    def digest(self) -> str:
        """Tells whether two readings of a corpus file declare the same, as 64 hex digits."""
        shape = self.model_dump(mode="json") | {"folder": str(self.folder.resolve())}
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()

    @property
    def has_placeholder_url(self) -> bool:
        """Whether `base_url` names a host that is nobody's (RFC 2606), to which no link of an answer leads."""
        hosts = [(urlsplit(part.base_url).hostname or "").removesuffix(".") for part in self.parts]
        return any(host == name or host.endswith(f".{name}") for host in hosts for name in _NOBODYS_HOSTS)

    @property
    def has_editions(self) -> bool:
        """Whether it names versions or locales of its site."""
        return any(part.versions or part.locales for part in self.parts)

    def path_of(self, url: str) -> str:
        """The path of the page at that url behind the base url, as `suggestions` name it; empty for the site."""
        bases = [self.base_url, *(part.base_url for part in self.parts)]
        base = next((one for one in bases if url.startswith(one)), "")
        return url.removeprefix(base).strip("/")

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """The folders that hold the pages, or the file of them, absolute; none for pages that are no files."""
        return tuple((self.folder / path).resolve() for source in self.sources for path in source.paths)


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
        for part in spec.parts:
            what = "file" if isinstance(part.source, OpenApiSource) else "folder"
            for folder in part.source_folders:
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
    for reserved in _FILLED_IN:
        if reserved in values:
            raise ConfigurationError(f"{path}: corpora.{name}.{reserved}: unknown key. {_allowed(CorpusSpec)}")
    try:
        declared = {**_with_sources(path, name, values), "name": name, "folder": path.absolute().parent}
        spec = CorpusSpec.model_validate(declared)
    except ValidationError as error:
        raise ConfigurationError(_explain(path, f"corpora.{name}", error)) from None
    return spec


def _with_sources(path: Path, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values with the first of a list of sources as `source`, and the rest of them as `more_sources`.

    The list is `source = [...]`, or tables `[[corpora.name.sources]]`. What every source says of its own needs not be
    said of the corpus.
    """
    if "sources" in values and "source" in values:
        raise ConfigurationError(f"{path}: corpora.{name}: source and sources are one and the same: keep one of them")
    found = values.get("sources", values.get("source"))
    if not isinstance(found, list):
        if "sources" in values:
            raise ConfigurationError(f"{path}: corpora.{name}.sources: must be a list of sources")
        found = [found] if "source" in values else []
    elif not found:
        raise ConfigurationError(f"{path}: corpora.{name}.source: must hold a source")
    rest = {key: value for key, value in values.items() if key not in ("source", "sources")}
    urls = [source.get("base_url") for source in found if isinstance(source, dict)]
    if urls and "base_url" not in rest and all(urls):
        rest["base_url"] = urls[0]
    return {**rest, "source": found[0], "more_sources": found[1:]} if found else rest


_MODELS_BY_PLACE: dict[str, type[BaseModel]] = {
    "markdown": MarkdownSource, "html": HtmlSource, "pdf": PdfSource, "sitemap": SitemapSource,
    "openapi": OpenApiSource, "site": SiteSpec,
    "chunk": ChunkSpec, "source_quality": QualityRule, "llm_options": LlmOptions,
    "access_rules": AccessRule, "voice": VoiceSpec,
}  # fmt: skip


def _explain(path: Path, prefix: str, error: ValidationError) -> str:
    return "\n".join(_explain_problem(path, prefix, problem) for problem in error.errors())


def _explain_problem(path: Path, prefix: str, problem: Any) -> str:
    parts = [str(part) for part in problem["loc"]]
    if parts[:1] == ["more_sources"] and len(parts) > 1:
        parts[:2] = ["source", str(int(parts[1]) + 1)]
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
    keys = [key for key in model.model_fields if model is not CorpusSpec or key not in _FILLED_IN]
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
    """What shapes a page besides its own bytes, as 16 hex digits: readers, and the rules of quality and access.

    That a server calls a page unchanged says nothing about a page that was read by other rules.
    """
    shape: dict[str, Any] = {"readers": READER_VERSION, "quality": [rule.model_dump() for rule in spec.source_quality]}
    if spec.access_rules or any(source.access for source in spec.sources):
        rules, sources = [rule.model_dump() for rule in spec.access_rules], [source.access for source in spec.sources]
        shape["access"] = [rules, sources]
    return _short_hash(shape)


def upload_hash(spec: CorpusSpec) -> str:
    """What shapes an uploaded page besides its own bytes, as 16 hex digits."""
    flavour = next((source for source in spec.sources if isinstance(source, MarkdownSource)), None)
    declared = flavour.model_dump(include={"flavour", "trailing_slash"}) if flavour else {}
    return _short_hash({"read": reading_hash(spec), "base_url": spec.base_url, **declared})


def _short_hash(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
