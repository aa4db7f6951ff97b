"""Conversations shared by a link over HTTP, on a real database."""

import httpx
import pytest

from app.schemas.shares import SharedConversationBody
from storage_config.postgres.database import Database
from storage_config.settings import Settings
from tests.support.fakes import answered_script, refused_script
from tests.support.fixtures_conversations import StoredWorld, ask_stored
from tests.support.serving import World, build_world, open_client

CONVERSATIONS = "/api/v1/conversations"


@pytest.fixture
def world(database: Database) -> World:
    return StoredWorld(build_world(answered_script(), refused_script(), database=database).resources)


async def _share(client: httpx.AsyncClient, conversation: str) -> str:
    response = await client.put(f"{CONVERSATIONS}/{conversation}/share")
    assert response.status_code == 200, response.text
    token: str = response.json()["token"]
    return token


async def _is_not_there(client: httpx.AsyncClient, token: str) -> bool:
    response = await client.get(f"/api/v1/shared/{token}")
    return (response.status_code, response.json()["type"]) == (404, "urn:footnoted:problem:share-not-found")


async def test_a_link_shows_the_conversation_as_it_was_and_not_whose_it_is(
    me: httpx.AsyncClient, anybody: httpx.AsyncClient
) -> None:
    answer = await ask_stored(me, "Why?")
    conversation = answer["conversation_id"]
    assert (await me.get(f"{CONVERSATIONS}/{conversation}/share")).status_code == 404
    token = await _share(me, conversation)
    later = await ask_stored(me, "And later?", conversation_id=conversation)
    assert await _share(me, conversation) == token
    assert (await me.get(f"{CONVERSATIONS}/{conversation}/share")).json()["token"] == token
    response = await anybody.get(f"/api/v1/shared/{token}")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    told = SharedConversationBody.model_validate(response.json())
    question, shown = told.messages
    assert (told.title, question.text, shown.text, shown.withheld) == ("Why?", "Why?", answer["text"], False)
    assert shown.answer is not None
    assert [claim.model_dump() for claim in shown.answer.claims] == answer["claims"]
    assert [source.url for source in shown.answer.sources] == [source["url"] for source in answer["sources"]]
    for secret in (conversation, answer["id"], later["id"], "command-line", "And later?"):
        assert secret not in response.text


async def test_a_revoked_link_is_as_one_that_was_never_made(me: httpx.AsyncClient, anybody: httpx.AsyncClient) -> None:
    conversation = (await ask_stored(me, "Why?"))["conversation_id"]
    token = await _share(me, conversation)
    assert (await me.delete(f"{CONVERSATIONS}/{conversation}/share")).status_code == 204
    assert (await me.delete(f"{CONVERSATIONS}/{conversation}/share")).status_code == 404
    assert await _is_not_there(anybody, token)
    again = await _share(me, conversation)
    assert again != token
    assert await _is_not_there(anybody, token)
    assert (await anybody.get(f"/api/v1/shared/{again}")).status_code == 200
    await me.delete(f"{CONVERSATIONS}/{conversation}")
    assert await _is_not_there(anybody, again)


async def test_a_forged_link_is_a_404(me: httpx.AsyncClient, anybody: httpx.AsyncClient) -> None:
    first, second = [await _share(me, (await ask_stored(me, "Why?"))["conversation_id"]) for _ in range(2)]
    # The id of one with the signature of the other, a cut one, one sign more, the conversation's own id.
    conversation = (await ask_stored(me, "Why?"))["conversation_id"]
    other = "A" if first[-2] != "A" else "B"
    for forged in (second[:20] + first[20:], first[:-4], f"{first}AAAA", first[:-2] + other + first[-1], conversation):
        assert await _is_not_there(anybody, forged), forged
    assert (await anybody.get(f"/api/v1/shared/{'A' * 200}")).status_code == 422


async def test_only_who_asked_shares_sees_and_revokes(me: httpx.AsyncClient, anybody: httpx.AsyncClient) -> None:
    conversation = (await ask_stored(me, "Why?"))["conversation_id"]
    assert (await anybody.put(f"{CONVERSATIONS}/{conversation}/share")).status_code == 404
    token = await _share(me, conversation)
    assert (await anybody.get(f"{CONVERSATIONS}/{conversation}/share")).status_code == 404
    assert (await anybody.delete(f"{CONVERSATIONS}/{conversation}/share")).status_code == 404
    assert (await anybody.get(f"/api/v1/shared/{token}")).status_code == 200


async def test_reading_a_link_counts_as_a_request(database: Database) -> None:
    settings = Settings(_env_file=None, read_rate_address="4/minute")
    few = build_world(answered_script(), database=database, settings=settings)
    async with open_client(StoredWorld(few.resources)) as client:
        codes = [(await client.get("/api/v1/shared/made-up")).status_code for _ in range(5)]
    assert codes == [404, 404, 404, 404, 429]
