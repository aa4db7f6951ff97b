"""API keys against a real Postgres."""

import pytest
from sqlalchemy import text

from storage_config.postgres.database import Database
from storage_config.records.api_keys import (
    create_api_key,
    find_api_key,
    list_api_keys,
    note_api_key_use,
    revoke_api_key,
)
from storage_config.records.ids import new_id

KEY = "fn_" + "a" * 40


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


async def test_a_key_is_found_by_its_secret_until_it_is_revoked(database: Database) -> None:
    key_id = new_id()
    make = {"key_id": key_id, "name": "ci", "key": KEY, "scopes": ["documents:write"]}
    await database.run(lambda s: create_api_key(s, **make))  # type: ignore[arg-type]
    await database.run(lambda s: create_api_key(s, **make))  # type: ignore[arg-type]
    found = await database.run(lambda s: find_api_key(s, key=KEY))
    assert found is not None
    assert (found.id, found.name, found.scopes, found.revoked_at) == (key_id, "ci", ["documents:write"], None)
    assert await database.run(lambda s: find_api_key(s, key=KEY + "b")) is None
    assert await database.run(lambda s: revoke_api_key(s, key_id=key_id))
    assert not await database.run(lambda s: revoke_api_key(s, key_id=key_id))
    assert await database.run(lambda s: find_api_key(s, key=KEY)) is None
    [listed] = await database.run(lambda s: list_api_keys(s))
    assert listed.revoked_at is not None


async def test_the_secret_itself_is_not_kept(database: Database) -> None:
    await database.run(lambda s: create_api_key(s, key_id=new_id(), name="ci", key=KEY, scopes=[]))
    async with database.session() as session:
        row = (await session.execute(text("SELECT to_jsonb(k)::text FROM api_keys k"))).scalar_one()
    assert KEY not in row


async def test_use_is_noted_once_in_a_while(database: Database) -> None:
    key_id = new_id()
    await database.run(lambda s: create_api_key(s, key_id=key_id, name="ci", key=KEY, scopes=[]))
    used = []
    for _ in range(2):
        await database.run(lambda s: note_api_key_use(s, key_id=key_id))
        [key] = await database.run(lambda s: list_api_keys(s))
        used.append(key.last_used_at)
    assert used[0] is not None
    assert used[0] == used[1]
