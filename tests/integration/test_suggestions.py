"""Questions to begin with, over a real site: each one's answer cites the section that it was made from."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from app.conversations import suggestions
from app.main import create_app
from app.schemas.suggestions import SuggestionsBody
from pipelines.bootstrap import open_resources
from storage_config.settings import Settings
from tests.support.fakes import FakeResources
from tests.support.serving import World, open_client
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

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
base_url = "https://bakery.example/handbook"
[corpora.bakery.suggestions]
"/" = ["How is bread made?", "Who won the election in France?"]
"dough" = ["How long does dough rest?", "How hot must the oven be?"]
"""
OVEN = "https://bakery.example/handbook/oven"
DOUGH = "https://bakery.example/handbook/dough"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bakery")
    (folder / "docs").mkdir()
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / "footnoted.toml").write_text(CONFIG, encoding="utf-8")
    return folder


class Bakery(World):
    """The application as it is served; `app` once it was built."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(FakeResources({}))
        self.app = create_app(settings, open_resources, listens_on=None)

    def build(self) -> FastAPI:
        return self.app

    async def ingest(self) -> None:
        await self.app.state.footnoted.resources.corpora["bakery"].ingestion.ingest()

    @property
    def made(self) -> dict[tuple[str, str, tuple[str, ...] | None], Any]:
        """What is remembered of suggestions, by corpus, page and groups of readers."""
        made: dict[tuple[str, str, tuple[str, ...] | None], Any] = self.app.state.footnoted.use_cases.suggestions._made
        return made


@pytest.fixture(scope="module")
def bakery(folder: Path) -> Bakery:
    return Bakery(
        Settings(
            config=folder / "footnoted.toml",
            data_dir=folder / "state",
            ask_rate_address="off",
            read_rate_address="off",
            _env_file=None,
        )
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(bakery: Bakery) -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(bakery) as client:
        await bakery.ingest()
        yield client


async def _suggested(client: httpx.AsyncClient, **params: Any) -> list[dict[str, str]]:
    response = await client.get("/api/v1/suggestions", params={"limit": 8, **params})
    assert response.status_code == 200, response.text
    SuggestionsBody.model_validate(response.json())
    found: list[dict[str, str]] = response.json()["questions"]
    return found


async def _ask(client: httpx.AsyncClient, question: str, page: str | None) -> dict[str, Any]:
    asked = {"question": question, "stream": False} | ({"page": {"url": page}} if page else {})
    body: dict[str, Any] = (await client.post("/api/v1/chat", json=asked)).json()
    return body


async def test_what_is_suggested_is_answered_from_its_section(client: httpx.AsyncClient) -> None:
    for page in (None, OVEN, DOUGH):
        found = await _suggested(client, **({"url": page} if page else {}))
        assert len(found) >= 2
        for one in found:
            answer = await _ask(client, one["text"], page)
            assert answer["status"] == "answered"
            assert one["url"] in [source["url"] for source in answer["sources"]], one


async def test_a_page_s_questions_are_about_its_sections(client: httpx.AsyncClient) -> None:
    texts = {one["text"]: one["url"] for one in await _suggested(client, url=f"{OVEN}/?from=menu#steam")}
    assert texts["How do I set the temperature?"] == f"{OVEN}#setting-the-temperature"
    assert texts["What is steam?"] == f"{OVEN}#steam"
    assert texts["Why does the crust crack?"] == f"{OVEN}#why-does-the-crust-crack"
    assert not any("empty.js" in text for text in texts)
    assert len(await _suggested(client, url=OVEN, limit=1)) == 1


async def test_the_owner_s_come_first_as_far_as_their_page_answers_them(client: httpx.AsyncClient) -> None:
    first, *rest = await _suggested(client, url=DOUGH)
    assert first == {"text": "How long does dough rest?", "url": f"{DOUGH}#resting"}
    assert "How hot must the oven be?" not in [one["text"] for one in rest], "another page answers that"
    site = [one["text"] for one in await _suggested(client)]
    assert site[0] == "How is bread made?"
    assert "Who won the election in France?" not in site


async def test_a_page_that_is_not_there_gets_the_site_s(client: httpx.AsyncClient) -> None:
    assert await _suggested(client, url="https://elsewhere.example/x") == await _suggested(client)


async def test_an_answer_names_what_may_be_asked_next(client: httpx.AsyncClient) -> None:
    await _suggested(client, url=OVEN)
    answer = await _ask(client, "What is steam?", None)
    assert answer["suggestions"]
    cited = {source["url"] for source in answer["sources"]}
    assert all(one["url"].startswith(OVEN) and one["url"] not in cited for one in answer["suggestions"])
    kept = (await client.get(f"/api/v1/conversations/{answer['conversation_id']}")).json()
    assert kept["messages"][1]["answer"]["suggestions"] == answer["suggestions"]


async def test_what_many_asked_is_suggested_and_what_few_asked_is_not(
    client: httpx.AsyncClient, bakery: Bakery
) -> None:
    for _ in range(4):
        await _ask(client, "Which  oven door is it?", None)
        await _ask(client, "How soft is the crust?", None)
    await _ask(client, "which oven door is it?", None)
    # Questions are looked at again with the pages.
    bakery.made.clear()
    texts = [one["text"].casefold() for one in await _suggested(client, url=OVEN)]
    assert any("oven door" in text for text in texts)
    assert not any("how soft" in text for text in texts)


async def test_a_changed_page_is_asked_anew(
    client: httpx.AsyncClient, bakery: Bakery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {one["url"] for one in await _suggested(client, url=OVEN)}
    assert f"{OVEN}#cooling" not in before
    page = folder / "docs" / "oven.md"
    page.write_text(PAGES["oven.md"].replace("## Steam", "## Cooling\n\nCooling is done on a rack.\n\n## Mist"))
    await bakery.ingest()
    assert {one["url"] for one in await _suggested(client, url=OVEN)} == before, "looked at once a minute"
    monkeypatch.setattr(suggestions, "_FRESH_SECONDS", -1.0)
    after = {one["url"] for one in await _suggested(client, url=OVEN)}
    assert f"{OVEN}#cooling" in after
    assert f"{OVEN}#steam" not in after


async def test_the_page_of_an_answer_is_made_ready_behind_it(client: httpx.AsyncClient, bakery: Bakery) -> None:
    bakery.made.clear()
    assert (await _ask(client, "How long does dough rest?", None))["suggestions"] == []
    await eventually(lambda: ("bakery", DOUGH, ()) in bakery.made)
    assert ("bakery", DOUGH, ()) in bakery.made


@pytest.mark.parametrize(
    ("params", "field"), [({"url": "ftp://x"}, "url"), ({"limit": 0}, "limit"), ({"limit": 9}, "limit")]
)
async def test_bad_input_is_named(client: httpx.AsyncClient, params: dict[str, Any], field: str) -> None:
    response = await client.get("/api/v1/suggestions", params=params)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
