"""Exchanges that are recorded at once, and by one statement: all are kept, in one order, or none of one."""

import asyncio
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from storage_config.postgres.database import Database
from storage_config.records.conversations import (
    get_conversation,
)
from storage_config.records.direct import DirectConnection
from storage_config.records.ids import new_id
from storage_config.records.messages import (
    ConversationToRecord,
    QuestionToRecord,
    StoredCitation,
    record_exchange,
)
from tests.support.exchanges import (
    OWNER,
    QUOTED,
    STRANGER,
    UNQUOTED,
    begin_conversation,
    build_answer,
    read_history,
    record_one,
)
from tests.support.records import list_messages


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


@pytest.fixture
async def conversation_id(database: Database) -> UUID:
    return await begin_conversation(database, OWNER)


async def test_simultaneous_exchanges_are_all_kept(database: Database, conversation_id: UUID) -> None:
    exchanges = [(QuestionToRecord(new_id(), f"q{number}"), build_answer(f"a{number}")) for number in range(8)]
    await asyncio.gather(*(record_one(database, conversation_id, *exchange) for exchange in exchanges))
    messages = await database.run(lambda s: list_messages(s, conversation_id=conversation_id, owner=OWNER))
    assert len(messages) == 16


async def test_an_exchange_begins_its_conversation_and_leaves_another_owners_alone(database: Database) -> None:
    made = new_id()
    assert await record_one(database, made, QuestionToRecord(new_id(), "Why?"), build_answer("So."), (), begins=True)
    assert await record_one(database, made, QuestionToRecord(new_id(), "And?"), build_answer("Too."), (), begins=True)
    theirs = {"question": QuestionToRecord(new_id(), "Mine?"), "answer": build_answer("No."), "citations": ()}
    for begins in (True, False):
        assert not await record_one(database, made, **theirs, owner=STRANGER, begins=begins)  # type: ignore[arg-type]
    assert not await record_one(database, new_id(), **theirs)  # type: ignore[arg-type]
    assert await read_history(database, made) == ["user: Why?", "assistant: So.", "user: And?", "assistant: Too."]
    found = await database.run(lambda s: get_conversation(s, conversation_id=made, owner=OWNER))
    assert found is not None
    assert found.title == "Ports"


async def test_one_statement_needs_no_transaction_around_it_and_is_kept_or_not_as_one(database: Database) -> None:
    made, wrong = new_id(), replace(UNQUOTED, passage_start=9, passage_end=2)

    async def work(on: DirectConnection, citations: tuple[StoredCitation, ...]) -> bool:
        asked = QuestionToRecord(new_id(), "Why?")
        conversation = ConversationToRecord(made, OWNER, "handbook", "Ports", begins=True)
        return await record_exchange(
            on, conversation=conversation, question=asked, answer=build_answer("So."), citations=citations
        )

    with pytest.raises(psycopg.errors.CheckViolation):
        await database.run_direct(lambda s: work(s, (wrong,)))
    assert await database.run(lambda s: get_conversation(s, conversation_id=made, owner=OWNER)) is None
    assert await database.run_direct(lambda s: work(s, (QUOTED,)))
    assert await read_history(database, made) == ["user: Why?", "assistant: So."]


async def test_of_two_exchanges_at_once_the_second_follows_the_first(database: Database) -> None:
    """A fork would hide one of them from the next question."""
    made = await begin_conversation(database, OWNER)
    said: list[str] = []
    for number in range(8):
        names = (f"{number}a", f"{number}b")
        both = (record_one(database, made, QuestionToRecord(new_id(), n), build_answer(n), ()) for n in names)
        assert await asyncio.gather(*both) == [True, True]
        said += names
    told = await read_history(database, made, limit=100)
    assert sorted(line.removeprefix("user: ") for line in told if line.startswith("user: ")) == sorted(said)
