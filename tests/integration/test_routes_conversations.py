"""Conversations and ratings over HTTP, on a real database."""

from typing import Any

import httpx
import pytest

from app.schemas.conversations import TranscriptBody
from storage_config.postgres.database import Database
from storage_config.records.corpora import ensure_corpus
from storage_config.records.documents import DocumentToSave, delete_documents
from storage_config.records.ids import new_id
from tests.support.fakes import answered_script, refused_script
from tests.support.fixtures_conversations import StoredWorld, ask_stored
from tests.support.records import save_document
from tests.support.serving import World, build_world, read_parts

CHAT, CONVERSATIONS = "/api/v1/chat", "/api/v1/conversations"
UNKNOWN = str(new_id())


@pytest.fixture
def world(database: Database) -> World:
    return StoredWorld(build_world(answered_script(), refused_script(), database=database).resources)


async def _read(client: httpx.AsyncClient, conversation: str, **params: Any) -> dict[str, Any]:
    response = await client.get(f"{CONVERSATIONS}/{conversation}", params=params)
    assert response.status_code == 200, response.text
    TranscriptBody.model_validate(response.json())
    body: dict[str, Any] = response.json()
    return body


def _texts(transcript: dict[str, Any]) -> list[str]:
    return [message["text"] for message in transcript["messages"] if message["role"] == "user"]


def _without_pages(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is read where the pages that it cites are not kept, as in these tests: nothing else differs."""
    return answer | {"sources": _gone(answer["sources"])}


def _gone(sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert all(source["page_state"] == "as_cited" for source in sources)
    return [source | {"page_state": "gone"} for source in sources]


async def test_an_answer_is_read_exactly_as_it_was_told(me: httpx.AsyncClient, world: World) -> None:
    told = [await ask_stored(me, "Why?"), await ask_stored(me, "Why?", corpus="docs2")]
    for answer in told:
        question, message = (await _read(me, answer["conversation_id"]))["messages"]
        assert message["answer"] == _without_pages(answer)
        assert (message["id"], message["text"], message["role"]) == (answer["id"], answer["text"], "assistant")
        assert (question["text"], question["answer"], question["parent_id"]) == ("Why?", None, None)
        assert (message["parent_id"], message["siblings"]) == (question["id"], [message["id"]])
    assert told[0]["sources"]
    assert told[0]["claims"][0]["citations"]
    assert told[1]["closest"]


async def test_an_answer_outlives_its_pages(me: httpx.AsyncClient, database: Database) -> None:
    answer = await ask_stored(me, "Why?")
    page = DocumentToSave("a", "u", "A", "h", "text", "official", "f1", 1)
    corpus = await database.run(lambda session: ensure_corpus(session, name="docs"))
    await database.run(lambda session: save_document(session, corpus_id=corpus.id, document=page))
    await database.run(lambda session: delete_documents(session, document_ids=[page.id]))
    assert (await _read(me, answer["conversation_id"]))["messages"][1]["answer"] == _without_pages(answer)


async def test_a_stream_is_kept_as_it_was_told(me: httpx.AsyncClient) -> None:
    parts = read_parts((await me.post(CHAT, json={"question": "Why?", "corpus": "docs"})).text)
    identity = parts[0]["messageMetadata"]
    _, message = (await _read(me, identity["conversation_id"]))["messages"]
    assert message["id"] == parts[0]["messageId"]
    told = {part["id"]: part["data"] for part in parts[:-1] if part["type"] in ("data-claim", "data-sources")}
    assert message["answer"]["sources"] == _gone(told.pop("sources"))
    assert message["answer"]["claims"] == list(told.values())


async def test_conversations_are_listed_newest_first_in_stretches(me: httpx.AsyncClient) -> None:
    made = [(await ask_stored(me, f"Question {number}?"))["conversation_id"] for number in range(3)]
    other = (await ask_stored(me, "Other?", corpus="docs2"))["conversation_id"]
    await ask_stored(me, "And then?", conversation_id=made[0])
    first = (await me.get(CONVERSATIONS, params={"limit": 3})).json()
    rest = (await me.get(CONVERSATIONS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [made[0], other, made[2], made[1]]
    assert rest["next_cursor"] is None
    assert (first["items"][0]["title"], first["items"][0]["corpus"]) == ("Question 0?", "docs")
    (only,) = (await me.get(CONVERSATIONS, params={"corpus": "docs2"})).json()["items"]
    assert only["id"] == other


async def test_who_has_no_name_reads_what_they_know_of_and_is_listed_nothing(
    me: httpx.AsyncClient, anybody: httpx.AsyncClient
) -> None:
    answer, mine = await ask_stored(anybody, "Why?"), await ask_stored(me, "Mine?")
    assert _texts(await _read(anybody, answer["conversation_id"])) == ["Why?"]
    listed = await anybody.get(CONVERSATIONS)
    assert listed.status_code == 401
    assert listed.json()["type"] == "urn:footnoted:problem:not-signed-in"
    assert [item["id"] for item in (await me.get(CONVERSATIONS)).json()["items"]] == [mine["conversation_id"]]


async def test_another_s_conversation_is_not_there(me: httpx.AsyncClient, anybody: httpx.AsyncClient) -> None:
    answer = await ask_stored(me, "Why?")
    assert (await me.post(f"/api/v1/messages/{answer['id']}/feedback", json={"rating": "up"})).status_code == 200
    theirs, message = f"{CONVERSATIONS}/{answer['conversation_id']}", f"/api/v1/messages/{answer['id']}/feedback"
    nobody_s = f"{CONVERSATIONS}/{UNKNOWN}"
    for own, there in ((theirs, message), (nobody_s, f"/api/v1/messages/{UNKNOWN}/feedback")):
        calls = [
            ("GET", own, None), ("GET", f"{own}/branches", None), ("PATCH", own, {"title": "Mine"}),
            ("DELETE", own, None), ("POST", there, {"rating": "down"}), ("DELETE", there, None),
            ("POST", CHAT, {"question": "?", "corpus": "docs", "conversation_id": own.rpartition("/")[2]}),
        ]  # fmt: skip
        answers = [await anybody.request(method, path, json=body) for method, path, body in calls]
        assert [response.status_code for response in answers] == [404] * 7
        kinds = {response.json()["type"].rpartition(":")[2] for response in answers}
        assert kinds == {"conversation-not-found", "message-not-found"}
    (_, kept) = (await _read(me, answer["conversation_id"]))["messages"]
    assert kept["feedback"]["rating"] == "up"


async def test_a_title_of_the_reader_stays(me: httpx.AsyncClient) -> None:
    conversation = (await ask_stored(me, "Why?"))["conversation_id"]
    renamed = await me.patch(f"{CONVERSATIONS}/{conversation}", json={"title": "  Ports "})
    assert renamed.json()["title"] == "Ports"
    await ask_stored(me, "And then?", conversation_id=conversation)
    assert (await _read(me, conversation))["title"] == "Ports"
    for wrong in ({"title": " "}, {"title": "x" * 201}, {"title": "a\x00"}, {"title": "a", "owner": "me"}, {}):
        response = await me.patch(f"{CONVERSATIONS}/{conversation}", json=wrong)
        assert response.status_code == 422


async def test_what_is_deleted_is_gone(me: httpx.AsyncClient) -> None:
    answer = await ask_stored(me, "Why?")
    path = f"{CONVERSATIONS}/{answer['conversation_id']}"
    assert (await me.delete(path)).status_code == 204
    assert [(await me.request(method, path)).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert (await me.get(CONVERSATIONS)).json()["items"] == []
    assert (await me.delete(f"/api/v1/messages/{answer['id']}/feedback")).status_code == 404


async def test_branches_are_listed_and_one_is_read(me: httpx.AsyncClient) -> None:
    first = await ask_stored(me, "One?")
    conversation = first["conversation_id"]
    place = {"conversation_id": conversation}
    second = await ask_stored(me, "Two?", **place)
    third = await ask_stored(me, "Three?", **place)
    edited = await ask_stored(me, "Other?", message_id=second["id"], **place)
    again = await ask_stored(me, "", message_id=first["id"], **place)
    assert _texts(await _read(me, conversation)) == ["One?"]
    branch = await _read(me, conversation, through=second["id"])
    assert _texts(branch) == ["One?", "Two?", "Three?"]
    assert branch["messages"][1]["siblings"] == [first["id"], again["id"]]
    assert branch["messages"][-1]["id"] == third["id"]
    assert _texts(await _read(me, conversation, through=edited["id"])) == ["One?", "Other?"]

    async def branches(**params: str) -> list[str]:
        listed = await me.get(f"{CONVERSATIONS}/{conversation}/branches", params=params)
        return [item["text"] for item in listed.json()["items"]]

    assert await branches() == ["One?"]
    assert await branches(parent=first["id"]) == ["Two?", "Other?"]
    assert await branches(parent=UNKNOWN) == []
    tail = await _read(me, conversation, through=third["id"], limit=3)
    assert [message["text"] for message in tail["messages"]][1:] == ["Three?", third["text"]]
    before = await _read(me, conversation, before=tail["messages"][0]["id"])
    assert [message["text"] for message in before["messages"]] == ["One?", first["text"], "Two?"]
    assert (await _read(me, conversation, before=before["messages"][0]["id"]))["messages"] == []
    both = await me.get(f"{CONVERSATIONS}/{conversation}", params={"through": first["id"], "before": first["id"]})
    assert [problem["field"] for problem in both.json()["errors"]] == ["before"]
    missing = await me.get(f"{CONVERSATIONS}/{conversation}", params={"through": UNKNOWN})
    assert missing.json()["type"] == "urn:footnoted:problem:message-not-found"


async def test_a_rating_replaces_the_one_before(me: httpx.AsyncClient) -> None:
    answer = await ask_stored(me, "Why?")
    path = f"/api/v1/messages/{answer['id']}/feedback"
    await me.post(path, json={"rating": "up", "text": "Thanks"})
    reasons = ["incorrect", "style_or_tone", "incorrect"]
    rated = (await me.post(path, json={"rating": "down", "reasons": reasons})).json()
    assert (rated["rating"], rated["reasons"], rated["text"]) == ("down", ["incorrect", "style_or_tone"], None)
    question, message = (await _read(me, answer["conversation_id"]))["messages"]
    assert (message["feedback"], question["feedback"]) == (rated, None)
    assert [(await me.delete(path)).status_code for _ in range(2)] == [204, 204]
    assert (await _read(me, answer["conversation_id"]))["messages"][1]["feedback"] is None
    on_a_question = await me.post(f"/api/v1/messages/{question['id']}/feedback", json={"rating": "up"})
    assert on_a_question.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"rating": "five stars"},
        {"rating": "down", "reasons": ["wrong_source"]},
        {"rating": "down", "reasons": "incorrect"},
        {"rating": "down", "text": "x" * 2_001},
        {"rating": "down", "text": "\x00"},
        {"rating": "down", "subject": "me"},
    ],
)
async def test_wrong_ratings_are_named(me: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    response = await me.post(f"/api/v1/messages/{UNKNOWN}/feedback", json=wrong)
    assert response.status_code == 422


@pytest.mark.parametrize("params", [{"cursor": "forged"}, {"limit": 0}, {"limit": 201}, {"corpus": ""}])
async def test_wrong_listings_are_named(me: httpx.AsyncClient, params: dict[str, Any]) -> None:
    response = await me.get(CONVERSATIONS, params=params)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == [*params]
