"""Conversations, messages, citations and feedback against a real Postgres."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage_config.postgres.database import Database, Session
from storage_config.records.conversations import (
    delete_conversation,
    delete_conversations_of,
    get_conversation,
    list_conversations,
    rename_conversation,
)
from storage_config.records.corpora import ensure_corpus
from storage_config.records.documents import DocumentToSave, delete_documents
from storage_config.records.feedback import (
    FeedbackToSave,
    StoredFeedback,
    delete_feedback,
    list_feedback,
    save_feedback,
)
from storage_config.records.ids import new_id
from storage_config.records.messages import (
    QuestionToRecord,
    list_citations,
    list_page_states,
)
from storage_config.records.rows import InvalidCursor
from storage_config.records.text_hash import hash_text
from storage_config.vocabulary import PageState
from tests.support.exchanges import (
    DOWN,
    OWNER,
    QUOTED,
    STRANGER,
    UNQUOTED,
    begin_conversation,
    build_answer,
    read_history,
    record_one,
)
from tests.support.records import get_message, list_messages, save_document


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


@pytest.fixture
async def conversation_id(database: Database) -> UUID:
    return await begin_conversation(database, OWNER)


async def test_a_source_tells_whether_its_page_is_still_as_it_was_cited(
    database: Database, conversation_id: UUID
) -> None:
    corpus = await database.run(lambda s: ensure_corpus(s, name="states"))
    body = f"{'.' * 100}{QUOTED.passage} And more."

    async def save(said: str) -> UUID:
        page = DocumentToSave("ports.md", "https://e.org/ports", "Ports", "h", said, "official", "f", 1)
        return await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=page))

    page_id = await save(body)
    hashed = replace(QUOTED, document_id=page_id, text_hash=hash_text(body))
    before = replace(QUOTED, source=2, document_id=page_id)  # as answers were recorded without hashes
    unknown = replace(UNQUOTED, source=3, document_id=new_id())
    selected = replace(UNQUOTED, source=4, document_id=None)  # what its reader selected, which stands in no page
    answer = build_answer()
    question = QuestionToRecord(new_id(), "How often?")
    assert await record_one(database, conversation_id, question, answer, (hashed, before, unknown, selected))

    async def states() -> dict[int, PageState]:
        return (await database.run(lambda s: list_page_states(s, message_ids=[answer.id])))[answer.id]

    assert await states() == {1: "as_cited", 2: "as_cited", 3: "gone", 4: "as_cited"}
    assert (await database.run(lambda s: list_citations(s, message_ids=[answer.id])))[answer.id] == [
        hashed, before, unknown, selected,
    ]  # fmt: skip
    await save(f"{body} And another word.")  # behind the passage: only the hash tells
    assert await states() == {1: "changed", 2: "as_cited", 3: "gone", 4: "as_cited"}
    await save(f"A new line.{body}")
    assert await states() == {1: "changed", 2: "changed", 3: "gone", 4: "as_cited"}
    await database.run(lambda s: delete_documents(s, document_ids=[page_id]))
    assert await states() == {1: "gone", 2: "gone", 3: "gone", 4: "as_cited"}
    untold = new_id()
    assert await database.run(lambda s: list_page_states(s, message_ids=[untold])) == {untold: {}}


async def test_an_exchange_is_read_as_it_was_recorded(database: Database, conversation_id: UUID) -> None:
    question, answer = QuestionToRecord(new_id(), "How often?"), build_answer()
    assert await record_one(database, conversation_id, question, answer)
    found = await database.run(lambda s: get_message(s, message_id=answer.id, owner=OWNER))
    assert found is not None
    assert (found.conversation_id, found.parent_id, found.role) == (conversation_id, question.id, "assistant")
    assert (found.text, found.status, found.model) == (answer.text, "answered", "extractive")
    assert (found.answer, found.provenance) == (answer.answer, answer.provenance)
    assert (found.usage, found.timings) == (answer.usage, answer.timings)
    cited = await database.run(lambda s: list_citations(s, message_ids=[answer.id, question.id]))
    assert cited == {answer.id: [QUOTED, UNQUOTED], question.id: []}
    asked = await database.run(lambda s: get_message(s, message_id=question.id, owner=OWNER))
    assert asked is not None
    assert (asked.text, asked.status, asked.answer, asked.parent_id) == ("How often?", None, None, None)


async def test_recording_the_same_exchange_again_changes_nothing(database: Database, conversation_id: UUID) -> None:
    question, answer = QuestionToRecord(new_id(), "How often?"), build_answer()
    for _ in range(3):
        assert await record_one(database, conversation_id, question, answer)
    messages = await database.run(lambda s: list_messages(s, conversation_id=conversation_id, owner=OWNER))
    assert [message.id for message in messages] == [question.id, answer.id]
    cited = await database.run(lambda s: list_citations(s, message_ids=[answer.id]))
    assert len(cited[answer.id]) == 2


async def test_exchanges_follow_each_other_in_the_history(database: Database, conversation_id: UUID) -> None:
    for number in range(4):
        await record_one(
            database, conversation_id, QuestionToRecord(new_id(), f"q{number}"), build_answer(f"a{number}")
        )
    assert await read_history(database, conversation_id) == [
        f"{role}: {letter}{number}" for number in range(4) for role, letter in (("user", "q"), ("assistant", "a"))
    ]
    assert await read_history(database, conversation_id, limit=3) == ["assistant: a2", "user: q3", "assistant: a3"]
    assert await read_history(database, new_id()) == []


async def test_the_order_is_that_of_recording_whatever_the_ids(database: Database, conversation_id: UUID) -> None:
    ids = [new_id() for _ in range(4)]
    await record_one(database, conversation_id, QuestionToRecord(ids[3], "q0"), build_answer("a0", id=ids[1]))
    await record_one(database, conversation_id, QuestionToRecord(ids[2], "q1"), build_answer("a1", id=ids[0]))
    assert await read_history(database, conversation_id) == ["user: q0", "assistant: a0", "user: q1", "assistant: a1"]
    listed = await database.run(lambda s: list_messages(s, conversation_id=conversation_id, owner=OWNER))
    assert [message.text for message in listed] == ["q0", "a0", "q1", "a1"]


async def test_a_further_answer_is_a_branch(database: Database, conversation_id: UUID) -> None:
    begin, question = QuestionToRecord(new_id(), "q0"), QuestionToRecord(new_id(), "q1")
    first, second = build_answer("first"), build_answer("second")
    await record_one(database, conversation_id, begin, build_answer("a0"))
    await record_one(database, conversation_id, question, first)
    await record_one(database, conversation_id, question, second)
    shared = ["user: q0", "assistant: a0", "user: q1"]
    assert await read_history(database, conversation_id) == [*shared, "assistant: second"]
    assert await read_history(database, conversation_id, leaf=first.id) == [*shared, "assistant: first"]
    messages = await database.run(lambda s: list_messages(s, conversation_id=conversation_id, owner=OWNER))
    assert len(messages) == 5


async def test_an_edited_question_branches_where_it_says(database: Database, conversation_id: UUID) -> None:
    before = build_answer("a0")
    await record_one(database, conversation_id, QuestionToRecord(new_id(), "q0"), before)
    await record_one(database, conversation_id, QuestionToRecord(new_id(), "q1"), build_answer("a1"))
    await record_one(
        database, conversation_id, QuestionToRecord(new_id(), "q1b", parent_id=before.id), build_answer("a1b")
    )
    await record_one(
        database, conversation_id, QuestionToRecord(new_id(), "anew", parent_id=None), build_answer("other")
    )
    messages = await database.run(lambda s: list_messages(s, conversation_id=conversation_id, owner=OWNER))
    edited = next(message for message in messages if message.text == "a1b")
    assert await read_history(database, conversation_id, leaf=edited.id) == [
        "user: q0", "assistant: a0", "user: q1b", "assistant: a1b",
    ]  # fmt: skip
    assert await read_history(database, conversation_id) == ["user: anew", "assistant: other"]


async def test_a_parent_of_another_conversation_is_refused(database: Database, conversation_id: UUID) -> None:
    foreign = build_answer("secret")
    await record_one(database, await begin_conversation(database, STRANGER), QuestionToRecord(new_id(), "q"), foreign)
    with pytest.raises(IntegrityError):
        await record_one(
            database, conversation_id, QuestionToRecord(new_id(), "q", parent_id=foreign.id), build_answer("a")
        )
    assert await read_history(database, conversation_id, leaf=foreign.id) == []


async def test_an_exchange_of_a_deleted_conversation_is_dropped(database: Database, conversation_id: UUID) -> None:
    assert await database.run(lambda s: delete_conversation(s, conversation_id=conversation_id, owner=OWNER))
    answer = build_answer()
    assert not await record_one(database, conversation_id, QuestionToRecord(new_id(), "q"), answer)
    assert await database.run(lambda s: get_message(s, message_id=answer.id, owner=OWNER)) is None


async def test_a_citation_outlives_its_document(database: Database, conversation_id: UUID) -> None:
    corpus = await database.run(lambda s: ensure_corpus(s, name="handbook"))
    page = DocumentToSave("a.md", "u", "A", "h", "text", "official", "f1", 1)
    await database.run(lambda s: save_document(s, corpus_id=corpus.id, document=page))
    answer, cited = build_answer(), replace(QUOTED, document_id=page.id)
    await record_one(database, conversation_id, QuestionToRecord(new_id(), "q"), answer, (cited,))
    await database.run(lambda s: delete_documents(s, document_ids=[page.id]))
    assert await database.run(lambda s: list_citations(s, message_ids=[answer.id])) == {answer.id: [cited]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"claim_status": "true"},
        {"claim_status": None},
        {"quote_start": None},
        {"quote_start": 99},
        {"quote_end": 123},
        {"claim_end": -1},
        {"source": 0},
        {"quality": "good"},
        {"passage_end": 99},
    ],
)
async def test_a_broken_citation_takes_the_whole_exchange_back(
    database: Database, conversation_id: UUID, wrong: dict[str, Any]
) -> None:
    answer = build_answer()
    with pytest.raises(IntegrityError):
        await record_one(
            database, conversation_id, QuestionToRecord(new_id(), "q"), answer, (replace(QUOTED, **wrong),)
        )
    assert await database.run(lambda s: get_message(s, message_id=answer.id, owner=OWNER)) is None


async def test_strangers_find_nothing(database: Database, conversation_id: UUID) -> None:
    answer = build_answer()
    await record_one(database, conversation_id, QuestionToRecord(new_id(), "q"), answer)
    theirs = {"conversation_id": conversation_id, "owner": STRANGER}

    async def look(session: Session) -> list[object]:
        return [
            await get_conversation(session, **theirs),  # type: ignore[arg-type]
            await list_messages(session, **theirs),  # type: ignore[arg-type]
            (await list_conversations(session, owner=STRANGER)).items,
            await get_message(session, message_id=answer.id, owner=STRANGER),
            await rename_conversation(session, title="mine", **theirs),  # type: ignore[arg-type]
            await delete_conversation(session, **theirs),  # type: ignore[arg-type]
            await save_feedback(session, message_id=answer.id, owner=STRANGER, feedback=DOWN),
            await delete_feedback(session, message_id=answer.id, owner=STRANGER),
            await delete_conversations_of(session, owner=STRANGER),
        ]

    assert await database.run(look) == [None, [], (), None, False, False, None, False, 0]
    found = await database.run(lambda s: get_conversation(s, conversation_id=conversation_id, owner=OWNER))
    assert found is not None
    assert found.title == "Ports"


async def test_conversations_are_listed_by_last_use(database: Database) -> None:
    made = [await begin_conversation(database, OWNER, title=str(number)) for number in range(5)]
    other = await begin_conversation(database, OWNER, corpus="other")
    await record_one(database, made[1], QuestionToRecord(new_id(), "q"), build_answer())
    seen: list[UUID] = []
    cursor: str | None = None
    for _ in range(5):
        async with database.session() as session:
            page = await list_conversations(session, owner=OWNER, limit=2, cursor=cursor)
        seen += [conversation.id for conversation in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [made[1], other, *(made[number] for number in (4, 3, 2, 0))]
    only = await database.run(lambda s: list_conversations(s, owner=OWNER, corpus="other"))
    assert [conversation.id for conversation in only.items] == [other]


@pytest.mark.parametrize("cursor", ["WyJhIl0=", "WyJhIiwiYiJd", "nonsense"])
async def test_a_made_up_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await database.run(lambda s: list_conversations(s, owner=OWNER, cursor=cursor))


async def test_renaming_and_deleting(database: Database, conversation_id: UUID) -> None:
    assert await database.run(
        lambda s: rename_conversation(s, conversation_id=conversation_id, owner=OWNER, title="Doors")
    )
    found = await database.run(lambda s: get_conversation(s, conversation_id=conversation_id, owner=OWNER))
    assert found is not None
    assert (found.title, found.corpus, found.owner) == ("Doors", "handbook", OWNER)
    answer = build_answer()
    await record_one(database, conversation_id, QuestionToRecord(new_id(), "q"), answer)
    assert await database.run(lambda s: save_feedback(s, message_id=answer.id, owner=OWNER, feedback=DOWN))
    assert await database.run(lambda s: delete_conversations_of(s, owner=OWNER)) == 1
    left = text("SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM citations) + count(*) FROM feedback")
    async with database.session() as session:
        assert (await session.execute(left)).scalar() == 0


async def test_a_later_rating_replaces_the_first(database: Database, conversation_id: UUID) -> None:
    question, answer = QuestionToRecord(new_id(), "q"), build_answer()
    await record_one(database, conversation_id, question, answer)

    async def rate(message_id: UUID, rating: Any, *reasons: Any, text: str | None = None) -> StoredFeedback | None:
        feedback = FeedbackToSave(new_id(), rating, reasons, text)
        return await database.run(lambda s: save_feedback(s, message_id=message_id, owner=OWNER, feedback=feedback))

    first = await rate(answer.id, "up", text="Thanks\0")
    later = await rate(answer.id, "down", "incorrect", "style_or_tone")
    assert first is not None
    assert later is not None
    assert (first.rating, first.reasons, first.text) == ("up", [], "Thanks\N{REPLACEMENT CHARACTER}")
    assert (later.rating, later.reasons, later.text) == ("down", ["incorrect", "style_or_tone"], None)
    assert later.created_at > first.created_at
    assert await rate(question.id, "up") is None
    for wrong in (("five stars",), ("down", "wrong_source")):
        with pytest.raises(IntegrityError):
            await rate(answer.id, *wrong)
    both = [answer.id, question.id]
    assert await database.run(lambda s: list_feedback(s, message_ids=both)) == {answer.id: later}
    assert await database.run(lambda s: delete_feedback(s, message_id=answer.id, owner=OWNER))
    assert await database.run(lambda s: delete_feedback(s, message_id=answer.id, owner=OWNER))
    assert await database.run(lambda s: list_feedback(s, message_ids=both)) == {}
