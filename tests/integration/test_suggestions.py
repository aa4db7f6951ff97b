"""Questions to begin with, over a real site: each one's answer cites the section that it was made from."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.conversations import suggestions
from app.schemas.suggestions import SuggestionsBody
from tests.support.bakery import BASE_URL, PAGES, Bakery, write_bakery
from tests.support.serving import open_client
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

OVEN = f"{BASE_URL}/oven"
DOUGH = f"{BASE_URL}/dough"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bakery(tmp_path_factory.mktemp("site") / "bakery")


@pytest.fixture(scope="module")
def bakery(folder: Path) -> Bakery:
    return Bakery(folder)


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
