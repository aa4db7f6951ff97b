"""Questions to begin with that an owner writes over the API, beside those of the corpus file."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.conversations import suggestions
from storage_config.postgres.database import Database
from storage_config.records import suggested_questions
from storage_config.records.suggested_questions import list_suggested_questions, save_suggested_questions
from tests.support.bakery import BASE_URL, Bakery, open_owner, write_bakery

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTIONS = "/api/v1/suggested-questions"
OVEN = f"{BASE_URL}/oven"


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Bakery:
    return Bakery(write_bakery(tmp_path_factory.mktemp("suggested") / "bakery"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(bakery: Bakery) -> AsyncIterator[httpx.AsyncClient]:
    async with open_owner(bakery) as client:
        yield client


async def write(client: httpx.AsyncClient, path: str, *questions: str) -> dict[str, Any]:
    response = await client.put(QUESTIONS, json={"path": path, "questions": questions})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def shown(client: httpx.AsyncClient, **params: Any) -> list[str]:
    response = await client.get("/api/v1/suggestions", params={"limit": 8, **params})
    return [one["text"] for one in response.json()["questions"]]


async def test_they_come_first_on_their_page_from_the_answer_on(client: httpx.AsyncClient) -> None:
    assert "How hot is the oven for bread?" not in await shown(client, url=OVEN)
    written = await write(client, OVEN, "How hot is the oven for bread?", "How long does dough rest?")
    (page,) = written["items"]
    assert (page["path"], page["questions"][0]) == ("oven", "How hot is the oven for bread?")
    assert written["in_file"][0] == {
        "path": "/", "questions": ["How is bread made?", "Who won the election in France?"], "updated_at": None,
    }  # fmt: skip
    found = await shown(client, url=OVEN)
    assert found[0] == "How hot is the oven for bread?"
    assert "How long does dough rest?" not in found, "another page answers that"
    assert "How hot is the oven for bread?" not in await shown(client)


async def test_those_of_the_site_are_changed_and_forgotten(client: httpx.AsyncClient) -> None:
    await write(client, "/", "  What is   steam?  ")
    assert (await shown(client))[0] == "What is steam?"
    await write(client, BASE_URL, "How long does dough rest?")
    assert (await shown(client))[0] == "How long does dough rest?"
    listed = (await client.get(QUESTIONS, params={"corpus": "bakery"})).json()["items"]
    assert [(one["path"], one["questions"]) for one in listed if one["path"] == "/"] == [
        ("/", ["How long does dough rest?"])
    ]
    after = await write(client, "/")
    assert "/" not in [one["path"] for one in after["items"]]
    assert (await shown(client))[0] == "How is bread made?", "that of the corpus file stays"


async def test_another_process_tells_them_once_it_looks_again(
    client: httpx.AsyncClient, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shown(client)
    database = bakery.app.state.footnoted.resources.database
    save = partial(save_suggested_questions, corpus="bakery", path="", questions=["What is steam?"])
    await database.run(save)  # as another process does
    assert "What is steam?" not in (await shown(client))[:1]
    monkeypatch.setattr(suggestions, "_FRESH_SECONDS", 0.0)
    assert (await shown(client))[0] == "What is steam?"
    await write(client, "/")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"questions": ["What is it?"] * 9}, "questions"),
        ({"questions": ["What is it?", "what IS it?"]}, "questions.1"),
        ({"questions": ["x"]}, "questions.0"),
        ({"questions": ["?!"]}, "questions.0"),
        ({"questions": ["x" * 121]}, "questions.0"),
        ({"questions": ["a\x00b"]}, "questions.0"),
        ({"questions": [], "path": "https://elsewhere.example/a"}, "path"),
        ({"questions": [], "path": "a?b=c"}, "path"),
        ({"questions": [], "path": "x" * 1_025}, "path"),
        ({"questions": [], "corpus": "other"}, "corpus"),
        ({}, "questions"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    before = (await client.get(QUESTIONS)).json()
    response = await client.put(QUESTIONS, json=body)
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
    assert (await client.get(QUESTIONS)).json() == before


async def test_only_an_owner_reads_and_writes_them(client: httpx.AsyncClient) -> None:
    key = (await client.post("/api/v1/keys", json={"name": "w", "role": "writer"})).json()["key"]
    for headers, status in (({"authorization": f"Bearer {key}"}, 403), ({"authorization": ""}, 401)):
        assert (await client.get(QUESTIONS, headers=headers)).status_code == status
        assert (await client.put(QUESTIONS, headers=headers, json={"questions": []})).status_code == status


async def test_so_many_pages_have_some(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggested_questions, "MAX_PAGES", 2)

    async def save(path: str, *questions: str) -> bool:
        work = partial(save_suggested_questions, corpus="docs", path=path, questions=questions)
        return await database.run(work)

    assert [await save(path, "What is it?") for path in ("a", "b", "c")] == [True, True, False]
    assert [await save("a", "What else?"), await save("b"), await save("c", "What is it?")] == [True, True, True]
    kept = await database.run(partial(list_suggested_questions, corpus="docs"))
    assert [(one.path, one.questions) for one in kept] == [("a", ["What else?"]), ("c", ["What is it?"])]
