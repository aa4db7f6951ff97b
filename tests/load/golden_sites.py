"""The sites that golden sets ask about, ingested into a cached folder under build/ and opened in this process."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.schema import Document

from pipelines.bootstrap import Resources, open_resources
from pipelines.corpus import CorpusSpec
from pipelines.providers.local_embedding import LocalEmbedding
from pipelines.readers.sources import read_documents
from storage_config.settings import Settings
from tests.conftest import ROOT, shared_data_folder

CACHE = ROOT / "build" / "golden"
# Where the packages lie, unpacked, whose documentation some sets ask about (tests/load/golden/README.md).
PACKAGES = Path(os.environ.get("FOOTNOTED_GOLDEN_PACKAGES", ROOT / "build" / "packages"))
# What shapes pages and vectors: after a change in there the pages are ingested anew, by the vectors that are kept.
_SHAPING = ("readers", "splitting", "ingestion", "retrieval", "text", "languages")


@dataclass(frozen=True, slots=True)
class Site:
    """A corpus as its owner would declare it. `folder` lies in that of the public data sets, or of packages."""

    name: str
    folder: str
    flavour: str  # of markdown; empty for built HTML
    is_package: bool = False
    language: str = "english"

    @property
    def path(self) -> Path:
        """The folder with its pages."""
        return ((PACKAGES if self.is_package else shared_data_folder()) / self.folder).resolve()

    @property
    def source(self) -> dict[str, Any]:
        """What its owner would declare of where the pages are."""
        if self.flavour:
            return {"kind": "markdown", "path": str(self.path), "flavour": self.flavour}
        return {"kind": "html", "path": str(self.path), "exclude": ["_*/**", "build/**"]}  # Sphinx's own folders

    @property
    def base_url(self) -> str:
        """Where its pages are published."""
        return f"https://{self.name}.example"

    def declared(self, *, embedding: str) -> str:
        """Its part of a corpus file."""
        if not self.path.is_dir():
            variable = "FOOTNOTED_GOLDEN_PACKAGES" if self.is_package else "FOOTNOTED_SHARED_DATA"
            raise SystemExit(f"{self.name}: no folder at {self.path}; set {variable}")
        source = ", ".join(f"{key} = {json.dumps(value)}" for key, value in self.source.items())
        return (
            f"[corpora.{self.name}]\n"
            f"source = {{ {source} }}\n"
            f'base_url = "{self.base_url}"\n'
            f'embedding = "{embedding if self.language == "english" else "local/e5-small"}"\n'
            f'language = "{self.language}"\n\n'
        )


SITES = {
    site.name: site
    for site in (
        Site("textbook", "docs_physical_ai_textbook/docs", "docusaurus"),
        Site("redux", "docs_redux/docs", "docusaurus"),
        Site("fastapi", "docs_fastapi/docs", "mkdocs"),
        Site("lab", "../cases/lab/docs", "mkdocs"),
        Site("hatch", "hatch-1.18.2/docs", "mkdocs", is_package=True),
        Site("copier", "copier-9.19.1/docs", "mkdocs", is_package=True),
        Site("fastify", "fastify-5.12.8/package/docs", "docusaurus", is_package=True),
        Site("pino", "pino-10.4.0/package/docs", "mkdocs", is_package=True),
        Site("alembic", "alembic-1.20.1/docs", "", is_package=True),
        Site("starlette", "starlette-1.9.0/docs", "mkdocs", is_package=True),
        Site("inline-snapshot", "inline_snapshot-0.36.1/docs", "mkdocs", is_package=True),
        Site("npm", "npm-11.21.2/package/docs/content", "plain", is_package=True),
        Site("structlog", "structlog-26.1.0/docs/_build/html", "", is_package=True),
        Site("mako", "mako-1.4.3/doc", "", is_package=True),
        Site("click", "click-8.5.1/docs/_build/html", "", is_package=True),
        Site("rust-book", "rust-book-1.63", "", is_package=True),
        Site("debian-handbook", "debian-handbook-11", "", is_package=True),
        Site("gimp", "gimp-help-2.10", "", is_package=True),
        Site("python-docs", "python-docs-3.11", "", is_package=True),
        Site("git-docs", "git-docs-2.39", "", is_package=True),
        Site("sqlite", "sqlite-docs-3.40", "", is_package=True),
        Site("next", "next-16.4.6/package/dist/docs/01-app", "docusaurus", is_package=True),
        Site("undici", "undici-7.30.2/package/docs/docs", "docusaurus", is_package=True),
        Site("flask", "flask-3.1.3/docs/_build/html", "", is_package=True),
        Site("scrapy", "scrapy-2.9.0/docs/_build/html", "", is_package=True),
        Site("black", "black-26.5.1/docs/_build/html", "", is_package=True),
        Site("falcon", "falcon-4.4.0rc1/docs/_build/html", "", is_package=True),
        Site("drf", "djangorestframework-3.14", "", is_package=True),
        Site("borg", "borg-docs-1.2", "", is_package=True),
        Site("typer", "typer-docs-0.7", "", is_package=True),
        Site("jupyterhub", "jupyterhub-6.1", "", is_package=True),
        Site("taskiq", "taskiq-0.13.0/docs", "vitepress", is_package=True),
        Site("gnucash", "gnucash-guide-4.13", "", is_package=True),
        Site("apache", "apache-docs-2.4", "", is_package=True),
        # With what `footnoted init` writes for pages in these languages.
        Site("gimp-de", "gimp-help-de-2.10", "", is_package=True, language="german"),
        Site("handbook-fr", "debian-handbook-fr-11", "", is_package=True, language="french"),
        Site("handbook-es", "debian-handbook-es-11", "", is_package=True, language="spanish"),
        Site("handbook-ru", "debian-handbook-ru-11", "", is_package=True, language="russian"),
        Site("handbook-zh", "debian-handbook-zh-11", "", is_package=True, language="chinese"),
        Site("reference-ja", "debian-reference-ja-2.100", "", is_package=True, language="japanese"),
    )
}


def read_pages(site: Site) -> list[Document]:
    """The pages of a site, without any index."""
    spec = CorpusSpec.model_validate(
        {"name": site.name, "folder": shared_data_folder(), "base_url": site.base_url,
         "source": site.source}
    )  # fmt: skip
    return [page for page in read_documents(spec, max_page_chars=2_000_000) if isinstance(page, Document)]


@asynccontextmanager
async def open_sites(names: Sequence[str], *, embedding: str = "local/minilm") -> AsyncIterator[Resources]:
    """The corpora of these sites, up to date and ready to be asked. All that are there are declared: one folder."""
    asked = [site for site in SITES.values() if site.name in names or not site.is_package or site.path.is_dir()]
    declared = "".join(site.declared(embedding=embedding) for site in asked)
    folder = CACHE / f"{_shaping_hash()}-{hashlib.sha256(declared.encode()).hexdigest()[:6]}"
    _forget_older(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "footnoted.toml"
    config.write_text(declared, encoding="utf-8")
    settings = Settings(config=config, data_dir=folder / "state", _env_file=None)
    async with open_resources(settings, command="the golden sets") as resources:
        with kept_vectors(CACHE / "vectors.sqlite"):
            for name in names:
                await resources.corpora[name].ingestion.ingest()
        yield resources


@contextmanager
def kept_vectors(path: Path) -> Iterator[None]:
    """Vectors of documents are looked up in a file first, so that cutting pages anew embeds only what is new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encode = LocalEmbedding._encode_documents
    with closing(sqlite3.connect(path, check_same_thread=False)) as kept, pytest.MonkeyPatch.context() as patch:
        kept.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB)")

        def look_up(model: LocalEmbedding, texts: list[str]) -> list[list[float]]:
            keys = [hashlib.sha256(f"{model.model_hash}\0{text}".encode()).hexdigest() for text in texts]
            known = dict(_known(kept, keys))
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            for key, vector in zip(new, encode(model, list(new.values())), strict=True):
                known[key] = np.array(vector, dtype=np.float64).tobytes()
            rows = [(key, known[key]) for key in new]
            with kept:
                kept.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            return [np.frombuffer(known[key], dtype=np.float64).tolist() for key in keys]

        patch.setattr(LocalEmbedding, "_encode_documents", look_up)
        yield


def _known(kept: sqlite3.Connection, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for key in keys:
        if row := kept.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone():
            yield key, row[0]


def _shaping_hash() -> str:
    digest = hashlib.sha256()
    for folder in _SHAPING:
        for path in sorted((ROOT / "pipelines" / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _forget_older(kept: Path) -> None:
    """The three folders used last stay."""
    others = [path for path in CACHE.glob("*-*") if path.is_dir() and path != kept]
    for path in sorted(others, key=lambda one: one.stat().st_mtime)[:-2]:
        shutil.rmtree(path, ignore_errors=True)
