"""One suite over both homes of conversations: the database, and the tests' dictionary."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.conversations.branches import MessagePosition, Place
from app.conversations.store import Conversations, Exchange, Past, PastQuery, StoredConversations, title_of
from app.errors import ConversationNotFound, MessageNotFound
from pipelines.events import Finished
from pipelines.types import Answer
from storage_config.postgres.database import Database, Session
from storage_config.records.ids import new_id
from storage_config.records.messages import PastMessage, list_citations
from tests.support.fakes import InMemoryConversations, answered_script, build_source
from tests.support.records import list_messages


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


async def _past(
    conversations: Conversations,
    conversation_id: UUID,
    position: MessagePosition | None = None,
    *,
    owner: str = "me",
    limit: int = 10,
    question: str = "",
) -> Past | None:
    return await conversations.read_past(
        PastQuery(conversation_id, owner, limit, question=question, position=position or MessagePosition())
    )


async def _talk(conversations: Conversations) -> tuple[Exchange, Exchange]:
    """Two questions, which their client calls q1 and q2."""
    conversation = new_id()
    first = build_exchange(conversation, "One?", client_id="q1")
    second = build_exchange(conversation, "Two?", client_id="q2", begins=False)
    await conversations.record(first)
    await conversations.record(second)
    return first, second


class TestConversations:
    async def test_one_that_was_never_recorded_is_none(self, conversations: Conversations) -> None:
        assert await _past(conversations, new_id(), owner="me", limit=5) is None

    async def test_what_was_recorded_is_its_past(self, conversations: Conversations) -> None:
        conversation = new_id()
        first, second = build_exchange(conversation, "One?"), build_exchange(conversation, "Two?")
        await conversations.record(first)
        await conversations.record(second)
        past = await _past(conversations, conversation, owner="me", limit=10)
        assert past is not None
        cited = tuple(source.url for source in first.answer.sources)
        assert cited
        assert past.messages == (
            PastMessage(first.question_id, "user", "One?"),
            PastMessage(first.answer_id, "assistant", first.answer.text, cited),
            PastMessage(second.question_id, "user", "Two?"),
            PastMessage(second.answer_id, "assistant", second.answer.text, cited),
        )

    async def test_the_past_is_bounded_from_its_end(self, conversations: Conversations) -> None:
        conversation = new_id()
        for question in ("One?", "Two?"):
            await conversations.record(build_exchange(conversation, question))
        past = await _past(conversations, conversation, owner="me", limit=2)
        assert past is not None
        assert past.messages[0].text == "Two?"
        assert len(past.messages) == 2

    async def test_another_owner_finds_none(self, conversations: Conversations) -> None:
        conversation = new_id()
        await conversations.record(build_exchange(conversation))
        assert await _past(conversations, conversation, owner="you", limit=5) is None

    async def test_another_owner_records_nothing_into_it(self, conversations: Conversations) -> None:
        conversation = new_id()
        await conversations.record(build_exchange(conversation))
        with pytest.raises(ConversationNotFound):
            await conversations.record(build_exchange(conversation, owner="you"))
        past = await _past(conversations, conversation, owner="me", limit=5)
        assert past is not None
        assert len(past.messages) == 2

    async def test_recording_the_same_again_changes_nothing(self, conversations: Conversations) -> None:
        exchange = build_exchange(new_id())
        await conversations.record(exchange)
        await conversations.record(exchange)
        past = await _past(conversations, exchange.conversation_id, owner="me", limit=5)
        assert past is not None
        assert len(past.messages) == 2

    async def test_the_same_question_answered_again_has_the_later_answer(self, conversations: Conversations) -> None:
        first = build_exchange(new_id())
        again = replace(first, answer_id=new_id(), answer=replace(first.answer, text="Another answer."))
        await conversations.record(first)
        await conversations.record(again)
        past = await _past(conversations, first.conversation_id, owner="me", limit=5)
        assert past is not None
        assert [message.text for message in past.messages] == ["Why?", "Another answer."]


class TestBranches:
    """Where a question stands in a conversation of two questions and their answers."""

    async def test_a_question_follows_the_latest_answer(self, conversations: Conversations) -> None:
        first, second = await _talk(conversations)
        past = await _past(conversations, first.conversation_id, question="Three?")
        assert past is not None
        assert past.place == Place()
        assert [message.id for message in past.messages[-2:]] == [second.question_id, second.answer_id]

    @pytest.mark.parametrize("kind", ["our id", "client's id", "answer"])
    async def test_an_earlier_question_in_other_words_is_a_branch(
        self, conversations: Conversations, kind: str
    ) -> None:
        first, second = await _talk(conversations)
        name = {"our id": str(second.question_id), "client's id": "q2", "answer": str(second.answer_id)}[kind]
        past = await _past(conversations, first.conversation_id, MessagePosition(message=name), question="Other?")
        assert past is not None
        assert past.place == Place(first.answer_id)
        assert [message.text for message in past.messages] == ["One?", first.answer.text]

    async def test_the_first_question_in_other_words_begins_anew(self, conversations: Conversations) -> None:
        first, _ = await _talk(conversations)
        past = await _past(conversations, first.conversation_id, MessagePosition(message="q1"), question="Other?")
        assert past == Past((), Place(None))

    @pytest.mark.parametrize("question", ["Two?", ""])
    @pytest.mark.parametrize("kind", ["message", "question"])
    async def test_another_answer_to_a_question(self, conversations: Conversations, kind: str, question: str) -> None:
        first, second = await _talk(conversations)
        position = (
            MessagePosition(message=str(second.answer_id))
            if kind == "message"
            else MessagePosition(question="q2", again=True)
        )
        past = await _past(conversations, first.conversation_id, position, question=question)
        assert past is not None
        assert past.place.question is not None
        assert (past.place.question.id, past.place.question.text) == (second.question_id, "Two?")
        assert [message.id for message in past.messages] == [first.question_id, first.answer_id]

    async def test_a_question_follows_the_answer_that_its_client_saw(self, conversations: Conversations) -> None:
        first, _ = await _talk(conversations)
        for position in (MessagePosition(after=str(first.answer_id)), MessagePosition(parent=str(first.answer_id))):
            past = await _past(conversations, first.conversation_id, position, question="Three?")
            assert past is not None
            assert past.place == Place(first.answer_id)

    async def test_a_branch_is_recorded_where_it_was_placed(self, conversations: Conversations) -> None:
        first, second = await _talk(conversations)
        branch = build_exchange(
            first.conversation_id, "Two, in other words?", begins=False, parent_id=first.answer_id, client_id="q2"
        )
        await conversations.record(branch)
        past = await _past(conversations, first.conversation_id)
        assert past is not None
        assert [message.id for message in past.messages] == [
            first.question_id, first.answer_id, branch.question_id, branch.answer_id,
        ]  # fmt: skip
        # Both questions are q2 to their client: the one with that text is meant, else the newest.
        for text, meant in (("Two?", second), ("Two, in other words?", branch)):
            again = await _past(
                conversations, first.conversation_id, MessagePosition(question="q2", again=True), question=text
            )
            assert again is not None
            assert again.place.question is not None
            assert again.place.question.id == meant.question_id

    @pytest.mark.parametrize("position", [MessagePosition(message="q3"), MessagePosition(parent=str(new_id()))])
    async def test_a_message_that_is_not_there_is_said_so(
        self, conversations: Conversations, position: MessagePosition
    ) -> None:
        first, _ = await _talk(conversations)
        with pytest.raises(MessageNotFound):
            await _past(conversations, first.conversation_id, position, question="Other?")

    async def test_a_question_that_was_never_recorded_stands_where_its_client_shows_it(
        self, conversations: Conversations
    ) -> None:
        first, _ = await _talk(conversations)
        position = MessagePosition(message="q3", question="q3", after=str(first.answer_id))
        past = await _past(conversations, first.conversation_id, position, question="Other?")
        assert past is not None
        assert past.place == Place(first.answer_id)

    async def test_messages_of_another_conversation_are_not_there(self, conversations: Conversations) -> None:
        first, _ = await _talk(conversations)
        other, _ = await _talk(conversations)
        with pytest.raises(MessageNotFound):
            await _past(
                conversations, first.conversation_id, MessagePosition(message=str(other.answer_id)), question="Why?"
            )
        past = await _past(
            conversations, first.conversation_id, MessagePosition(after=str(other.answer_id)), question="Why?"
        )
        assert past is not None
        assert past.place == Place()

    async def test_an_answer_does_not_bring_a_conversation_back(self, conversations: Conversations) -> None:
        gone = build_exchange(new_id(), begins=False)
        with pytest.raises(ConversationNotFound):
            await conversations.record(gone)
        assert await _past(conversations, gone.conversation_id) is None


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("  How\n do I\tstart? ", "How do I start?"),
        ("word " * 16, ("word " * 16).strip()),
        ("word " * 17, "word " * 15 + "word…"),
        ("words " * 17, "words " * 12 + "words…"),
        ("first, " + "x" * 90, "first…"),
        ("x" * 90, "x" * 79 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_the_question_cut_behind_a_word(question: str, title: str) -> None:
    assert title_of(question) == title
    assert len(title) <= 80


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
