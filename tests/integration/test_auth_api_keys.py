"""API keys from their making to their end, in a real database and over the API."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.auth.api_keys import REMEMBERED_SECONDS, ApiKeys, make_secret
from app.errors import ApiKeyNotFound
from storage_config.postgres.database import Database
from storage_config.records.ids import new_id
from storage_config.vocabulary import CallerRole
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client

KEYS = "/api/v1/keys"


class CountingDatabase:
    """The database, counting transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.runs = 0

    async def run(self, work: Any) -> Any:
        self.runs += 1
        return await self._database.run(work)


@pytest.fixture
def keys(database: Database) -> ApiKeys:
    return ApiKeys(database)


async def ask(database: Database, key: str, path: str = "/api/v1/documents", **more: Any) -> httpx.Response:
    """A request with the key, to a server of its own, which remembers nothing."""
    world = build_world(answered_script(), database=database)
    async with open_client(world, token=key) as client:
        return await client.request(more.pop("method", "GET"), path, **more)


async def test_a_key_has_its_role_and_no_more(database: Database, keys: ApiKeys) -> None:
    made = {role: await keys.create(name=role, role=role) for role in ("reader", "writer", "owner")}
    statuses = {
        role: [
            (await ask(database, made[role].secret)).status_code,
            (await ask(database, made[role].secret, "/api/v1/health?deep=1")).status_code,
            (await ask(database, made[role].secret, KEYS)).status_code,
        ]
        for role in made
    }
    assert statuses == {"reader": [200, 403, 403], "writer": [200, 200, 403], "owner": [200, 200, 200]}


async def test_a_key_may_end_by_itself(database: Database, keys: ApiKeys) -> None:
    made = await keys.create(name="link", role="owner", lasts=timedelta(seconds=0))
    assert (await ask(database, made.secret)).status_code == 401
    lasting = await keys.create(name="owner", role="owner")
    body = {"name": "day", "role": "reader", "expires_seconds": 86_400}
    day = (await ask(database, lasting.secret, KEYS, method="POST", json=body)).json()
    (shown,) = [key for key in await keys.list() if str(key.id) == day["id"]]
    assert shown.revoked_at is not None
    assert shown.revoked_at - shown.created_at == timedelta(days=1)
    again = {"overlap_seconds": 0, "expires_seconds": 60}
    rotated = await ask(database, lasting.secret, f"{KEYS}/{shown.id}/rotate", method="POST", json=again)
    (successor,) = [key for key in await keys.list() if str(key.id) == rotated.json()["id"]]
    assert successor.revoked_at is not None
    assert (await ask(database, day["key"])).status_code == 401
    refused = await ask(database, lasting.secret, KEYS, method="POST", json=body | {"expires_seconds": 0})
    assert refused.status_code == 422


async def test_a_key_may_stand_in_its_own_header(database: Database, keys: ApiKeys) -> None:
    made = await keys.create(name="ci", role="owner")
    async with open_client(build_world(answered_script(), database=database)) as client:
        assert (await client.get(KEYS, headers={"x-api-key": made.secret})).status_code == 200
        assert (await client.get(KEYS, headers={"x-api-key": make_secret()})).status_code == 401


async def test_a_key_shown_often_costs_a_query_once(database: Database) -> None:
    counting = CountingDatabase(database)
    keys = ApiKeys(counting)  # type: ignore[arg-type]
    made = await keys.create(name="ci", role="reader")
    found = await asyncio.gather(*(keys.find(made.secret, confirmed=False) for _ in range(50)))
    assert all(key is not None and key.id == made.id for key in found)
    assert counting.runs == 2
    assert await keys.find("fn_" + "0" * 42, confirmed=True) is None
    assert counting.runs == 2


async def test_a_revoked_key_can_write_nothing_at_once_and_read_nothing_soon(database: Database, keys: ApiKeys) -> None:
    elsewhere = ApiKeys(database)
    made = await keys.create(name="ci", role="writer")
    assert await elsewhere.find(made.secret, confirmed=False)
    await keys.revoke(made.id)
    assert await keys.find(made.secret, confirmed=False) is None
    assert await elsewhere.find(made.secret, confirmed=True) is None
    assert await elsewhere.find(made.secret, confirmed=False)
    elsewhere._recent._clock = lambda: asyncio.get_running_loop().time() + REMEMBERED_SECONDS
    assert await elsewhere.find(made.secret, confirmed=False) is None


async def test_revoking_twice_is_revoking_and_an_unknown_key_is_told(keys: ApiKeys) -> None:
    made = await keys.create(name="ci", role="writer")
    await keys.revoke(made.id)
    await keys.revoke(made.id)
    with pytest.raises(ApiKeyNotFound):
        await keys.revoke(new_id())


async def test_rotation_overlaps_and_ends(keys: ApiKeys) -> None:
    first = await keys.create(name="ci", role="writer")
    second = await keys.rotate(first.id, overlap=timedelta(hours=1))
    assert (second.name, second.role) == ("ci", "writer")
    assert await keys.find(first.secret, confirmed=True)
    third = await keys.rotate(second.id, overlap=timedelta())
    assert await keys.find(second.secret, confirmed=True) is None
    assert await keys.find(third.secret, confirmed=True)
    # A key in its last hour can be ended at once, and a longer overlap does not put its end off.
    (before,) = [key.revoked_at for key in await keys.list() if key.id == first.id]
    await keys.rotate(first.id, overlap=timedelta(days=1))
    assert [key.revoked_at for key in await keys.list() if key.id == first.id] == [before]
    await keys.revoke(first.id)
    assert await keys.find(first.secret, confirmed=True) is None
    with pytest.raises(ApiKeyNotFound):
        await keys.rotate(first.id, overlap=timedelta(hours=1))


async def test_keys_over_the_api(database: Database, keys: ApiKeys) -> None:
    owner = (await keys.create(name="owner", role="owner")).secret
    created = await ask(database, owner, KEYS, method="POST", json={"name": "ci", "role": "writer"})
    assert (created.status_code, created.headers["cache-control"]) == (201, "no-store")
    made = created.json()
    rotated = (await ask(database, owner, f"{KEYS}/{made['id']}/rotate", method="POST", json={})).json()
    assert (await ask(database, made["key"], "/api/v1/health?deep=1")).status_code == 200
    assert (await ask(database, rotated["key"], "/api/v1/health?deep=1")).status_code == 200
    assert (await ask(database, owner, f"{KEYS}/{made['id']}", method="DELETE")).status_code == 204
    assert (await ask(database, made["key"], "/api/v1/health?deep=1")).status_code == 401
    listed = (await ask(database, owner, KEYS)).json()["items"]
    assert [item["name"] for item in listed] == ["ci", "ci", "owner"]
    assert listed[1]["revoked_at"]
    assert listed[2]["last_used_at"]
    assert all(secret not in str(listed) for secret in (owner, made["key"], rotated["key"]))


@pytest.mark.parametrize("role", ["reader", "writer"])
async def test_keys_are_for_owners(database: Database, keys: ApiKeys, role: CallerRole) -> None:
    made = await keys.create(name="ci", role=role)
    for method, path in [("GET", ""), ("POST", ""), ("DELETE", f"/{made.id}"), ("POST", f"/{made.id}/rotate")]:
        answer = await ask(database, made.secret, KEYS + path, method=method, json={"name": "more", "role": "owner"})
        assert answer.status_code == 403
    assert len(await keys.list()) == 1


async def test_an_unknown_key_cannot_be_changed(database: Database) -> None:
    world = build_world(answered_script(), database=database)
    async with open_client(world, token="local-token") as client:
        gone = await client.delete(f"{KEYS}/{new_id()}")
        assert (gone.status_code, gone.json()["type"]) == (404, "urn:footnoted:problem:api-key-not-found")
        assert (await client.post(f"{KEYS}/{new_id()}/rotate", json={})).status_code == 404
        wrong = await client.post(KEYS, json={"name": "", "role": "god"})
        assert [error["field"] for error in wrong.json()["errors"]] == ["name", "role"]
