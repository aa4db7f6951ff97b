"""Sites made by chance, whose pages say much the same in every version, locale and section: a search that leaks shows.

Over them an engine that refuses nothing and quotes what it finds.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.answering.chat_engine import ChatEngine, EngineParts
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.refusal import RefusalModel
from pipelines.answering.scope import PagePlaces
from pipelines.corpus import CorpusSpec
from pipelines.events import Failed, Finished
from pipelines.grounding.verifier import LexicalVerifier
from pipelines.retrieval.active_index import ActiveIndex, IndexShape
from pipelines.retrieval.retriever import SectionRetriever
from pipelines.types import Answer, Question
from storage_config.postgres.database import Database
from storage_config.vectors.points import PointCollections
from tests.support.collections import collections_of
from tests.support.ingesting import HashedEmbedding, build_ingestion

SITE = "https://my.site/p"
DOCS = f"{SITE}/docs"
THINGS = ("timeout", "limit", "colour", "owner", "schedule", "format", "region", "price")
NAMES = ("Osprey", "Heron", "Kestrel", "Plover")
TAGS = ("admin", "network", "billing")
GROUPS = ("staff", "partners", "board")
_FOLDERS = ("", "guides/", "guides/deep/", "reference/")


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page as it was written. `version` and `locale` are None where they are the default ones."""

    url: str
    version: str | None
    locale: str | None
    tags: tuple[str, ...]
    access: tuple[str, ...]
    sections: tuple[str, ...]  # anchors
    secret: str  # a word that no other page has; its title and each of its sections do


@dataclass(frozen=True, slots=True)
class GeneratedSite:
    """A site on disk; `pages` are by address."""

    folder: Path
    pages: Mapping[str, GeneratedPage]
    chance: random.Random = field(repr=False)

    @property
    def spec(self) -> CorpusSpec:
        """How a corpus file would declare it."""
        return CorpusSpec.model_validate(
            {
                "name": "generated",
                "folder": self.folder,
                "base_url": DOCS,
                "source": {"kind": "markdown", "path": "docs", "flavour": "docusaurus"},
                "versions": ("1.0",),
                "locales": ("fr",),
            }
        )

    def ask(self) -> str:
        """A question that several pages of every version answer."""
        return f"What is the {self.chance.choice(THINGS)} of {self.chance.choice(NAMES)}?"

    def some(self, choices: Sequence[Any], most: int = 2) -> tuple[Any, ...]:
        """One or some of them."""
        return tuple(self.chance.sample(list(choices), self.chance.randint(1, most)))


def write_generated_site(folder: Path, seed: int) -> GeneratedSite:
    """Writes a site of two versions and two locales; the same seed writes the same one."""
    chance = random.Random(seed)
    names = [f"{chance.choice(_FOLDERS)}page{number}" for number in range(chance.randint(4, 7))]
    pages: dict[str, GeneratedPage] = {}
    for prefix, version, locale, below in (
        ("docs", "next", None, None),  # not shown: the site's default version is 2.0
        ("versioned_docs/version-2.0", None, None, DOCS),
        ("versioned_docs/version-1.0", "1.0", None, f"{DOCS}/1.0"),
        ("i18n/fr/docusaurus-plugin-content-docs/version-2.0", None, "fr", f"{SITE}/fr/docs"),
        ("i18n/fr/docusaurus-plugin-content-docs/version-1.0", "1.0", "fr", f"{SITE}/fr/docs/1.0"),
    ):
        for name in names:
            page = GeneratedPage(
                f"{below}/{name}", version, locale, _few(chance, TAGS), _few(chance, GROUPS), _anchors(chance),
                f"zq{chance.randrange(10**8)}x",
            )  # fmt: skip
            _write(folder / prefix / f"{name}.md", _text(page, name, chance))
            if below is not None:
                pages[page.url] = page
    _write(folder / "versions.json", '["2.0", "1.0"]')
    return GeneratedSite(folder, pages, chance)


def curated_question(page: GeneratedPage) -> str:
    """What the owner wrote the page's first section for; other pages have the same."""
    return f"What is the {page.sections[0]} of {NAMES[len(page.tags)]}?"


def _few(chance: random.Random, choices: Sequence[str]) -> tuple[str, ...]:
    return tuple(chance.sample(choices, chance.randint(1, 2))) if chance.random() < 0.5 else ()


def _anchors(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(list(THINGS), chance.randint(2, 5)))


def _text(page: GeneratedPage, name: str, chance: random.Random) -> str:
    edition = f"{page.version or 'two'} {page.locale or 'english'}"
    lines = ["---", f"tags: [{', '.join(page.tags)}]"]
    lines += [f"access: [{', '.join(page.access)}]"] if page.access else []
    lines += ["answers:", f"  {page.sections[0]}: {curated_question(page)}"]
    lines += ["---", f"# Facts of {name} {page.secret}", "", f"This page tells facts of {name} in {edition}.", ""]
    for number, thing in enumerate(page.sections):
        lines += [f"##{'#' * chance.randint(0, min(1, number))} {thing.capitalize()}", ""]
        for bird in chance.sample(NAMES, chance.randint(1, 3)):
            lines += [f"The {thing} of {bird} is {chance.randint(10, 99)} by {page.secret} in `{edition}`.", ""]
    return "\n".join(lines)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def open_engine(spec: CorpusSpec, database: Database, vectors: PointCollections) -> ChatEngine:
    """The corpus, ingested, and an engine over it."""
    model = HashedEmbedding()
    await build_ingestion(spec, database, vectors, embed_model=model).ingest()

    async def build(collection: str, shape: IndexShape) -> SectionRetriever:
        store = await collections_of(vectors, shape.language).open_existing(collection)
        assert store is not None
        return SectionRetriever(store, model)

    parts = EngineParts(
        spec=spec,
        index=ActiveIndex(spec.name, database, build, has_editions=spec.has_editions),
        answerer=ExtractiveAnswerer(),
        verifier=LexicalVerifier(),
        refusal=RefusalModel.from_file(embedding="any"),
        refusal_threshold=0.0,
        places=PagePlaces(spec.name, database, [spec.base_url]),
    )
    return ChatEngine(parts)


async def answer(engine: ChatEngine, question: Question) -> Answer:
    """The engine's answer. Raises what it failed with."""
    async for event in engine.stream(question):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("no answer")
