"""A small site about bread with the whole application over it: embedded stores, real vectors, extractive answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.main import create_app
from pipelines.bootstrap import open_resources
from storage_config.settings import Settings
from tests.support.fakes import FakeResources
from tests.support.serving import World, open_client

BASE_URL = "https://bakery.example/handbook"
PAGES = {
    "index.md": "# Bakery\n\nThe Bakery handbook tells how bread is made.\n\n## Getting started\n\nBegin here.\n",
    "oven.md": (
        "# Oven\n\nThe oven is a brick oven with two doors.\n\n## Setting the temperature\n\nSet the temperature to "
        "230 degrees before the bread goes in.\n\n## Steam\n\nSteam is water that keeps the crust soft for long.\n\n"
        "## Why does the crust crack?\n\nThe crust cracks because the dough was too cold.\n\n## empty.js\n\nA file.\n"
    ),
    "dough.md": "# Dough\n\nDough is flour and water.\n\n## Resting\n\nLet the dough rest for twelve hours.\n",
}
CONFIG = """[corpora.bakery]
source = { kind = "markdown", path = "docs", flavour = "docusaurus" }
base_url = "BASE_URL"
[corpora.bakery.suggestions]
"/" = ["How is bread made?", "Who won the election in France?"]
"dough" = ["How long does dough rest?", "How hot must the oven be?"]
"""


def write_bakery(folder: Path, *, base_url: str = BASE_URL, more: str = "") -> Path:
    """The site and its corpus file in a folder, which is returned; `more` stands at the end of the file."""
    (folder / "docs").mkdir(parents=True)
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / "footnoted.toml").write_text(CONFIG.replace("BASE_URL", base_url) + more, encoding="utf-8")
    return folder


class Bakery(World):
    """The application as it is served; `app` once it was built."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        everything = {"ask_rate_address": "off", "read_rate_address": "off", **settings}
        settings_of = Settings(
            config=folder / "footnoted.toml", data_dir=folder / "state", _env_file=None, **everything
        )
        super().__init__(FakeResources({}, settings=settings_of))
        self.app = create_app(settings_of, open_resources, listens_on=None)

    def build(self) -> FastAPI:
        return self.app

    @property
    def owner(self) -> dict[str, str]:
        """The headers of its owner, once it is built and runs."""
        return {"authorization": f"Bearer {self.app.state.footnoted.resources.local_token}"}

    async def ingest(self) -> None:
        await self.app.state.footnoted.resources.corpora["bakery"].ingestion.ingest()

    @property
    def made(self) -> dict[tuple[str, str, tuple[str, ...] | None], Any]:
        """What is remembered of suggestions, by corpus, page and groups of readers."""
        made: dict[tuple[str, str, tuple[str, ...] | None], Any] = self.app.state.footnoted.use_cases.suggestions._made
        return made


@asynccontextmanager
async def open_owner(bakery: Bakery) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows its owner's token, once the pages are ingested."""
    async with open_client(bakery) as client:
        await bakery.ingest()
        client.headers.update(bakery.owner)
        yield client
