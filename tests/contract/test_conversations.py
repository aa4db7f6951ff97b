"""One suite over both homes of conversations: the database, and the tests' dictionary."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.conversations import Conversations, Exchange, PastMessage, StoredConversations
from app.errors import ConversationNotFound
from pipelines.events import Finished
from pipelines.types import Answer
from storage_config.ids import new_id
from storage_config.messages import list_citations, list_messages
from storage_config.postgres import Database, Session
from tests.fakes import InMemoryConversations, answered_script, build_source


def build_exchange(conversation_id: UUID, question: str = "Why?", **changes: object) -> Exchange:
    """A question with the answer of the script."""
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    exchange = Exchange(
        conversation_id=conversation_id,
        question_id=new_id(),
        answer_id=new_id(),
        owner="me",
        corpus="docs",
        question=question,
        answer=finished.answer,
        provenance=dict(finished.provenance),
    )
    return replace(exchange, **changes)  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "postgres"])
def conversations(request: pytest.FixtureRequest) -> Conversations:
    """Each home in turn."""
    if request.param == "memory":
        return InMemoryConversations()
    return StoredConversations(request.getfixturevalue("database"))


class TestConversations:
    async def test_one_that_was_never_recorded_is_none(self, conversations: Conversations) -> None:
        assert await conversations.read_past(conversation_id=new_id(), owner="me", limit=5) is None

    async def test_what_was_recorded_is_its_past(self, conversations: Conversations) -> None:
        conversation = new_id()
        first, second = build_exchange(conversation, "One?"), build_exchange(conversation, "Two?")
        await conversations.record(first)
        await conversations.record(second)
        assert await conversations.read_past(conversation_id=conversation, owner="me", limit=10) == (
            PastMessage(first.question_id, "user", "One?"),
            PastMessage(first.answer_id, "assistant", first.answer.text),
            PastMessage(second.question_id, "user", "Two?"),
            PastMessage(second.answer_id, "assistant", second.answer.text),
        )

    async def test_the_past_is_bounded_from_its_end(self, conversations: Conversations) -> None:
        conversation = new_id()
        for question in ("One?", "Two?"):
            await conversations.record(build_exchange(conversation, question))
        past = await conversations.read_past(conversation_id=conversation, owner="me", limit=2)
        assert past is not None
        assert past[0].text == "Two?"
        assert len(past) == 2

    async def test_another_owner_finds_none(self, conversations: Conversations) -> None:
        conversation = new_id()
        await conversations.record(build_exchange(conversation))
        assert await conversations.read_past(conversation_id=conversation, owner="you", limit=5) is None

    async def test_another_owner_records_nothing_into_it(self, conversations: Conversations) -> None:
        conversation = new_id()
        await conversations.record(build_exchange(conversation))
        with pytest.raises(ConversationNotFound):
            await conversations.record(build_exchange(conversation, owner="you"))
        past = await conversations.read_past(conversation_id=conversation, owner="me", limit=5)
        assert past is not None
        assert len(past) == 2

    async def test_recording_the_same_again_changes_nothing(self, conversations: Conversations) -> None:
        exchange = build_exchange(new_id())
        await conversations.record(exchange)
        await conversations.record(exchange)
        past = await conversations.read_past(conversation_id=exchange.conversation_id, owner="me", limit=5)
        assert past is not None
        assert len(past) == 2

    async def test_the_same_question_answered_again_has_the_later_answer(self, conversations: Conversations) -> None:
        first = build_exchange(new_id())
        again = replace(first, answer_id=new_id(), answer=replace(first.answer, text="Another answer."))
        await conversations.record(first)
        await conversations.record(again)
        past = await conversations.read_past(conversation_id=first.conversation_id, owner="me", limit=5)
        assert past is not None
        assert [message.text for message in past] == ["Why?", "Another answer."]


async def _citations(database: Database, answer: Answer) -> list[tuple[int, str | None, str | None]]:
    exchange = build_exchange(new_id(), answer=answer)
    await StoredConversations(database).record(exchange)

    async def read(session: Session) -> list[tuple[int, str | None, str | None]]:
        found = await list_citations(session, message_ids=[exchange.answer_id])
        return [(row.source, row.quote, row.claim_status) for row in found[exchange.answer_id]]

    return await database.run(read)


async def test_each_quote_is_kept_with_its_verdict(database: Database) -> None:
    assert await _citations(database, build_exchange(new_id()).answer) == [
        (1, "BM25 saturates the weight of a repeated term.", "supported"),
        (2, "A second sentence stands here.", "unsupported"),
    ]


async def test_a_source_that_no_claim_quotes_is_kept_too(database: Database) -> None:
    answer = build_exchange(new_id()).answer
    answer = replace(answer, claims=answer.claims[:1], sources=(*answer.sources, build_source(3)))
    assert await _citations(database, answer) == [
        (1, "BM25 saturates the weight of a repeated term.", "supported"),
        (2, None, None),
        (3, None, None),
    ]


async def test_an_answer_is_kept_whole(database: Database) -> None:
    exchange = build_exchange(new_id(), question="  Why?\n " * 50)
    await StoredConversations(database).record(exchange)
    question, answer = await database.run(
        lambda session: list_messages(session, conversation_id=exchange.conversation_id, owner="me")
    )
    assert (question.role, question.text, question.status) == ("user", exchange.question, None)
    assert (answer.id, answer.status, answer.model) == (exchange.answer_id, "partial", "extractive")
    assert answer.answer is not None
    assert [claim["status"] for claim in answer.answer["claims"]] == ["supported", "unsupported"]
    assert answer.answer["flags"] == ["not_peer_reviewed"]
    assert answer.usage == {"prompt_tokens": 12, "completion_tokens": 7, "calls": 1, "cost": None}
    assert answer.timings == {"embed_ms": 5.0, "search_ms": 1.25}
    assert answer.provenance == {"prompt_version": "1"}
