"""What is kept of a reader: exported, deleted, and swept when its time is over."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.conversations import retention
from app.conversations.retention import Retention, keep_sweeping, sweep
from app.schemas.readers import ExportBody
from storage_config.errors import DatabaseUnavailable
from storage_config.postgres.database import Database
from storage_config.records.conversations import delete_conversations_of
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.fixtures_conversations import StoredWorld, ask_stored
from tests.support.serving import build_world, open_client
from tests.support.waiting import eventually

CHAT, ME, CONVERSATIONS = "/api/v1/chat", "/api/v1/me", "/api/v1/conversations"


@pytest.fixture
def world(database: Database) -> StoredWorld:
    return StoredWorld(build_world(answered_script(), database=database).resources)


async def _export(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.get(ME)
    assert response.status_code == 200, response.text
    ExportBody.model_validate(response.json())
    body: dict[str, Any] = response.json()
    return body


async def _make_old(database: Database, conversation: str, days: int) -> None:
    old = text("UPDATE conversations SET updated_at = now() - make_interval(days => :days) WHERE id = :id")
    await database.run(lambda session: session.execute(old, {"days": days, "id": conversation}))


async def _owners(database: Database) -> list[str]:
    found = await database.run(lambda session: session.execute(text("SELECT owner FROM conversations ORDER BY owner")))
    return [owner for (owner,) in found]


async def test_an_export_holds_every_branch_with_answers_and_ratings(me: httpx.AsyncClient) -> None:
    first = await ask_stored(me, "Why?")
    second = await ask_stored(me, "And then?", conversation_id=first["conversation_id"])
    branch = await ask_stored(me, "Or else?", conversation_id=first["conversation_id"], parent_id=first["id"])
    other = await ask_stored(me, 'A "quoted" {one}, [two]?')
    rated = {"rating": "down", "text": "no"}
    assert (await me.post(f"/api/v1/messages/{second['id']}/feedback", json=rated)).status_code == 200
    exported = await _export(me)
    assert (exported["subject"], exported["kind"]) == ("command-line", "local")
    talk, last = exported["conversations"]
    assert [message["text"] for message in talk["messages"] if message["role"] == "user"] == [
        "Why?", "And then?", "Or else?",
    ]  # fmt: skip
    answers = {message["id"]: message for message in talk["messages"] if message["role"] == "assistant"}
    assert set(answers) == {first["id"], second["id"], branch["id"]}
    assert answers[first["id"]]["answer"]["claims"] == first["claims"]
    assert answers[second["id"]]["feedback"]["text"] == "no"
    assert last["id"] == other["conversation_id"]
    assert last["messages"][0]["text"] == 'A "quoted" {one}, [two]?'


async def test_an_export_goes_past_its_stretches(me: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.conversations.readers._CONVERSATIONS_AT_ONCE", 2)
    monkeypatch.setattr("app.conversations.readers._MESSAGES_AT_ONCE", 3)
    for number in range(5):
        asked = await ask_stored(me, f"Question {number}?")
        await ask_stored(me, "Again?", conversation_id=asked["conversation_id"])
    exported = await _export(me)
    assert [len(one["messages"]) for one in exported["conversations"]] == [4] * 5
    assert [one["messages"][0]["text"] for one in exported["conversations"]] == [f"Question {n}?" for n in range(5)]
    ids = [message["id"] for one in exported["conversations"] for message in one["messages"]]
    assert len(set(ids)) == 20


async def test_who_asked_nothing_has_an_empty_export(me: httpx.AsyncClient) -> None:
    assert (await _export(me))["conversations"] == []


async def test_an_export_is_a_file_that_no_cache_keeps(me: httpx.AsyncClient) -> None:
    fields = (await me.get(ME)).headers
    assert fields["content-disposition"] == 'attachment; filename="conversations.json"'
    assert fields["cache-control"] == "no-store"


async def test_erasing_takes_all_of_the_caller_s_and_nothing_else(
    me: httpx.AsyncClient, anybody: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete_conversations_of, "__kwdefaults__", {"limit": 2})
    kept = await ask_stored(anybody, "Theirs?")
    for number in range(5):
        await ask_stored(me, f"Question {number}?")
    assert (await me.delete(ME)).json() == {"conversations": 5}
    assert (await me.delete(ME)).json() == {"conversations": 0}
    assert (await me.get(CONVERSATIONS)).json()["items"] == []
    assert await _owners(database) == ["anonymous"]
    assert (await anybody.get(f"{CONVERSATIONS}/{kept['conversation_id']}")).status_code == 200
    left = await database.run(lambda session: session.execute(text("SELECT count(*) FROM messages")))
    assert left.scalar() == 2


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_who_has_no_name_has_no_export_and_erases_nothing(
    anybody: httpx.AsyncClient, database: Database, method: str
) -> None:
    await ask_stored(anybody, "Why?")
    refused = await anybody.request(method, ME)
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:footnoted:problem:not-signed-in")
    assert await _owners(database) == ["anonymous"]


async def test_a_database_that_is_away_fails_before_the_export_begins(
    me: httpx.AsyncClient, world: StoredWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise DatabaseUnavailable("away")

    await ask_stored(me, "Why?")
    monkeypatch.setattr(world.resources.database, "run", away)
    assert (await me.get(ME)).status_code == 503


async def test_what_is_older_than_its_days_is_swept(
    me: httpx.AsyncClient, anybody: httpx.AsyncClient, database: Database
) -> None:
    talks = {
        name: (await ask_stored(client, "?"))["conversation_id"] for name, client in (("me", me), ("anybody", anybody))
    }
    for talk in talks.values():
        await _make_old(database, talk, 31)
    assert await sweep(database, Retention()) == 0
    assert await sweep(database, Retention(anonymous=32, signed_in=32)) == 0
    assert await sweep(database, Retention(anonymous=30)) == 1
    assert await _owners(database) == ["command-line"]
    assert await sweep(database, Retention(signed_in=30)) == 1
    assert await _owners(database) == []


async def test_visitors_count_as_anonymous_and_names_that_only_begin_alike_do_not(
    me: httpx.AsyncClient, database: Database
) -> None:
    renamed = text("UPDATE conversations SET owner = :owner WHERE id = :id")
    for owner in ("visitor:a", "visitors", "anonymous2", "user-1"):
        values = {"owner": owner, "id": (await ask_stored(me, "?"))["conversation_id"]}
        await database.run(lambda session, values=values: session.execute(renamed, values))  # type: ignore[misc]
        await _make_old(database, values["id"], 10)
    assert await sweep(database, Retention(anonymous=1)) == 1
    assert await _owners(database) == ["anonymous2", "user-1", "visitors"]


async def test_going_on_with_a_conversation_keeps_it(me: httpx.AsyncClient, database: Database) -> None:
    talk = (await ask_stored(me, "?"))["conversation_id"]
    await _make_old(database, talk, 100)
    await ask_stored(me, "And?", conversation_id=talk)
    assert await sweep(database, Retention(signed_in=99)) == 0


async def test_a_server_sweeps_when_it_starts(world: StoredWorld, database: Database) -> None:
    async with open_client(world) as client:
        talk = (await ask_stored(client, "?"))["conversation_id"]
    await _make_old(database, talk, 3)
    settings = Settings.model_validate(world.resources.settings.model_dump() | {"retention_days_anonymous": 2})
    world.resources.settings = settings

    async def is_swept() -> bool:
        return not await _owners(database)

    async with open_client(world):
        await eventually(is_swept)
    assert await _owners(database) == []


async def test_a_sweep_that_fails_is_tried_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    async def failing(*_: Any) -> int:
        tries.append(1)
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(retention, "sweep", failing)
    monkeypatch.setattr(retention, "RETRY_SECONDS", 0.01)
    async with keep_sweeping(database, Retention(anonymous=1)):
        await eventually(lambda: len(tries) >= 3)
    count = len(tries)
    await asyncio.sleep(0.05)
    assert len(tries) == count, "the sweep ends with its block"


def test_an_export_s_json_is_that_of_its_schema() -> None:
    """The pieces are put together by hand: the schema's own JSON must begin as they do."""
    empty = json.loads('{"subject":"a","kind":"user","exported_at":"2026-01-01T00:00:00Z","conversations":[]}')
    assert list(ExportBody.model_validate(empty).model_dump()) == list(empty)
