"""How messages follow each other, against a real Postgres."""

from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from storage_config.postgres.database import Database, Session
from storage_config.postgres.migrations import schema
from storage_config.postgres.url import sqlalchemy_url
from storage_config.records.branches import find_messages, list_children, list_path, list_siblings
from storage_config.records.ids import new_id
from storage_config.records.messages import (
    LATEST,
    AnswerToRecord,
    ConversationToRecord,
    Latest,
    QuestionToRecord,
    record_exchange,
)
from tests.support.records import create_conversation


class Talk:
    """A conversation that grows: `q1 → a1`, then what a test asks."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.id = new_id()
        self.ids: dict[str, UUID] = {}
        self.names: dict[UUID, str] = {}

    async def open(self) -> "Talk":
        """Make it."""
        await self.database.run(lambda s: create_conversation(s, conversation_id=self.id, owner="me"))
        return self

    async def ask(self, question: str, answer: str, *, after: str | None = "", client_id: str | None = None) -> None:
        """Records a question by its name, a known one for a further answer; `after` None begins anew."""
        parent: UUID | Latest | None = LATEST if after == "" else self.ids[after] if after else None
        asked = QuestionToRecord(self._id(question), question, parent, client_id)
        answered = AnswerToRecord(self._id(answer), answer, "answered", {}, {}, {}, {}, "extractive")
        await self.database.run(
            lambda s: record_exchange(
                s, conversation=ConversationToRecord(self.id, "me"), question=asked, answer=answered, citations=()
            )
        )

    async def path(self, through: str = "", limit: int = 20) -> list[str]:
        """The names of a path."""
        goal = self.ids[through] if through else LATEST
        found = await self.database.run(lambda s: list_path(s, conversation_id=self.id, limit=limit, through=goal))
        return [message.text for message in found]

    def _id(self, name: str) -> UUID:
        made = self.ids.setdefault(name, new_id())
        self.names[made] = name
        return made


@pytest.fixture
def database(any_database: Database) -> Database:
    """Every test here runs on the embedded server, on another one, and behind PgBouncer."""
    return any_database


@pytest.fixture
async def talk(database: Database) -> Talk:
    """q1 has the answers a1 and a1b; q2 and, in other words, q2b follow a1; q3 follows a2."""
    talk = await Talk(database).open()
    await talk.ask("q1", "a1", client_id="x")
    await talk.ask("q2", "a2", client_id="y")
    await talk.ask("q3", "a3")
    await talk.ask("q2b", "a2b", after="a1", client_id="y")
    await talk.ask("q1", "a1b")
    return talk


async def test_the_latest_path_ends_with_what_was_said_last(talk: Talk) -> None:
    assert await talk.path() == ["q1", "a1b"]
    await talk.ask("q4", "a4", after="a3")
    assert await talk.path() == ["q1", "a1", "q2", "a2", "q3", "a3", "q4", "a4"]


@pytest.mark.parametrize(
    ("through", "path"),
    [
        ("q1", ["q1", "a1b"]),
        ("a1", ["q1", "a1", "q2b", "a2b"]),
        ("q2", ["q1", "a1", "q2", "a2", "q3", "a3"]),
        ("a3", ["q1", "a1", "q2", "a2", "q3", "a3"]),
    ],
)
async def test_a_path_goes_through_a_message_to_the_newest_below_it(talk: Talk, through: str, path: list[str]) -> None:
    assert await talk.path(through) == path
    assert await talk.path(through, limit=2) == path[-2:]


async def test_children_are_branches(talk: Talk) -> None:
    async def children(parent: str | None) -> list[str]:
        goal = talk.ids[parent] if parent else None
        found = await talk.database.run(lambda s: list_children(s, conversation_id=talk.id, parent_id=goal))
        return [message.text for message in found]

    assert await children(None) == ["q1"]
    assert await children("q1") == ["a1", "a1b"]
    assert await children("a1") == ["q2", "q2b"]
    assert await children("a1b") == []


async def test_siblings_are_known_for_each_message_of_a_path(talk: Talk) -> None:
    wanted = [talk.ids[name] for name in ("q1", "a1", "q2b")]
    found = await talk.database.run(lambda s: list_siblings(s, conversation_id=talk.id, message_ids=wanted))
    named = {talk.names[key]: [talk.names[one] for one in ids] for key, ids in found.items()}
    assert named == {"q1": ["q1"], "a1": ["a1", "a1b"], "q2b": ["q2", "q2b"]}


async def test_messages_are_found_by_either_name_with_the_questions_of_answers(talk: Talk) -> None:
    async def find(*names: str) -> list[tuple[str, str | None]]:
        found = await talk.database.run(lambda s: find_messages(s, conversation_id=talk.id, names=names))
        return [(message.text, message.client_id) for message in found]

    assert await find("y") == [("q2b", "y"), ("q2", "y")]
    assert await find(str(talk.ids["a3"])) == [("a3", None), ("q3", None)]
    assert await find("nobody", str(new_id())) == []


async def test_another_conversation_has_none_of_them(talk: Talk) -> None:
    other = await Talk(talk.database).open()
    goal = talk.ids["a1"]

    async def look(session: Session) -> list[object]:
        return [
            await list_path(session, conversation_id=other.id, limit=9, through=goal),
            await list_children(session, conversation_id=other.id, parent_id=goal),
            await list_siblings(session, conversation_id=other.id, message_ids=[goal]),
            await find_messages(session, conversation_id=other.id, names=[str(goal), "x"]),
        ]

    assert await talk.database.run(look) == [[], [], {}, []]


def test_reasons_of_older_ratings_are_kept(database_url: str) -> None:
    """Down to the first schema, a rating there, and up again."""
    rating = (
        "INSERT INTO conversations (id, corpus, owner, title) VALUES (%(id)s, 'docs', 'me', 't');"
        "INSERT INTO messages (id, conversation_id, role, text, status)"
        " VALUES (%(id)s, %(id)s, 'assistant', 'a', 'answered');"
        "INSERT INTO feedback (id, message_id, rating, reason) VALUES (%(id)s, %(id)s, 'down', %(reason)s)"
    )
    _migrate(database_url, "0001")
    with psycopg.connect(database_url, cursor_factory=psycopg.ClientCursor) as connection:
        for reason in ("incorrect", "anything", None):
            connection.execute(rating, {"id": new_id(), "reason": reason})
    _migrate(database_url, "head")
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("SELECT reasons FROM feedback ORDER BY created_at, id").fetchall()
    assert sorted(reasons for (reasons,) in kept) == [[], ["incorrect"], ["other"]]


def _migrate(url: str, revision: str) -> None:
    config = Config(Path(schema.__file__).with_name("alembic.ini"))
    move = command.upgrade if revision == "head" else command.downgrade
    with create_engine(sqlalchemy_url(url), poolclass=NullPool).begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)
