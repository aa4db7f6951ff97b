"""Migrations only add or widen: what an older version reads, writes and forbids itself, it can after each of them.

A replica of this version is started on a schema that a later one migrated.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg.rows import dict_row
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from storage_config.postgres.migrations import schema
from storage_config.postgres.url import sqlalchemy_url
from storage_config.records.tables import metadata
from tests.support.bakery import Bakery, write_bakery
from tests.support.serving import open_client

FOLDER = Path(schema.__file__).parent
# From the second on: it took a column away, which no version has since.
REVISIONS = sorted(schema._known_revisions())[1:]
# A text may become JSON nowhere: these are all that a column's type may grow to.
WIDER = {("integer", "bigint"), ("character varying", "text")}
_COLUMNS = """
    SELECT table_name || '.' || column_name AS name, data_type AS type, is_nullable = 'YES' AS may_be_null,
           column_default IS NOT NULL OR is_identity = 'YES' AS has_default
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
_RULES = """
    SELECT t.relname AS table, conname AS name, contype AS kind, pg_get_constraintdef(c.oid) AS rule
    FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid
    WHERE connamespace = 'public'::regnamespace AND t.relname <> 'alembic_version' AND contype <> 'n'
"""


def upgrade_to(url: str, revision: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(FOLDER / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


Described = dict[str, dict[str, Any]]


def describe(url: str) -> tuple[Described, Described]:
    """The columns and the constraints, by name."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        columns, rules = (connection.execute(query).fetchall() for query in (_COLUMNS, _RULES))
    return {row["name"]: row for row in columns}, {row["name"]: row for row in rules}


def taken_away(before: tuple[Described, Described], after: tuple[Described, Described]) -> list[str]:
    """What a version that knows the schema of before can do no more, by column or constraint."""
    (columns, rules), (columns_now, rules_now) = before, after
    tables = {name.partition(".")[0] for name in columns}
    lost = [name for name, column in columns.items() if not allows(column, columns_now.get(name))]
    for name, column in columns_now.items():
        in_old_table = name not in columns and name.partition(".")[0] in tables  # older versions write it without that
        if in_old_table and not (column["may_be_null"] or column["has_default"]):
            lost.append(name)
    for name, rule in rules_now.items():
        known = rules.get(name)
        if known is not None and known["kind"] == "c" and not values_of(known["rule"]) <= values_of(rule["rule"]):
            lost.append(name)
        # A new rule may bind what older versions do not write, and nothing else.
        is_new = known is None and rule["table"] in tables
        if is_new and all(f"{rule['table']}.{word}" in columns for word in words_of(rule["rule"])):
            lost.append(name)
    return lost


def allows(column: dict[str, Any], now: dict[str, Any] | None) -> bool:
    """Whether a column takes what it took."""
    if now is None or not (now["type"] == column["type"] or (column["type"], now["type"]) in WIDER):
        return False
    return all(now[what] or not column[what] for what in ("may_be_null", "has_default"))


def values_of(rule: str) -> set[str]:
    """The words that a CHECK allows."""
    return set(rule.split("'")[1::2])


def words_of(rule: str) -> list[str]:
    """The columns that a constraint names in its brackets, before what it references."""
    names = {column.name for table in metadata.tables.values() for column in table.columns} | {"later"}
    plain = rule.partition("REFERENCES")[0]
    return [word for word in re.findall(r"\w+", plain) if word in names]


@pytest.mark.parametrize(("before", "after"), list(pairwise(REVISIONS)))
def test_a_migration_takes_nothing_from_the_version_before(empty_database_url: str, before: str, after: str) -> None:
    upgrade_to(empty_database_url, before)
    known = describe(empty_database_url)
    upgrade_to(empty_database_url, after)
    assert taken_away(known, describe(empty_database_url)) == []


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ("ALTER TABLE feedback DROP COLUMN text", "feedback.text"),
        ("ALTER TABLE feedback ALTER COLUMN text SET NOT NULL", "feedback.text"),
        ("ALTER TABLE feedback ALTER COLUMN text TYPE jsonb USING to_jsonb(text)", "feedback.text"),
        ("ALTER TABLE feedback ALTER COLUMN reasons DROP DEFAULT", "feedback.reasons"),
        ("ALTER TABLE feedback ADD COLUMN later text NOT NULL", "feedback.later"),
        ("ALTER TABLE documents ADD CONSTRAINT later_rule UNIQUE (url)", "later_rule"),
        (
            "ALTER TABLE feedback DROP CONSTRAINT ck_feedback_rating, "
            "ADD CONSTRAINT ck_feedback_rating CHECK (rating IN ('up', 'best'))",
            "ck_feedback_rating",
        ),
    ],
)
def test_what_takes_something_away_is_seen(database_url: str, change: LiteralString, lost: str) -> None:
    known = describe(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(change)
    assert taken_away(known, describe(database_url)) == [lost]


async def test_an_older_replica_restarts_and_serves_on_a_later_schema(database_url: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": database_url, "environment": "development"}
    folder = write_bakery(tmp_path / "bakery")
    older = Bakery(folder, **settings)
    async with open_client(older) as client:
        await older.ingest()
        first = (await client.post("/api/v1/chat", json={"question": "What is steam?", "stream": False})).json()
    with psycopg.connect(database_url, autocommit=True) as later:
        for table in metadata.tables:
            later.execute(f"ALTER TABLE {table} ADD COLUMN later_text text, ADD COLUMN later_list jsonb DEFAULT '[]'")
        later.execute("CREATE TABLE later (id uuid PRIMARY KEY, message_id uuid REFERENCES messages ON DELETE CASCADE)")
        later.execute("ALTER TABLE messages DROP CONSTRAINT ck_messages_status")
        later.execute("INSERT INTO later SELECT gen_random_uuid(), id FROM messages")
        later.execute("UPDATE alembic_version SET version_num = '9999'")
    (folder / "docs" / "mill.md").write_text("# Mill\n\nAnna delivers the wheat to the mill.\n", encoding="utf-8")
    restarted = Bakery(folder, **settings)
    async with open_client(restarted) as client:
        await restarted.ingest()
        asked = {"question": "Who delivers the wheat to the mill?", "stream": False}
        answer = (await client.post("/api/v1/chat", json=asked)).json()
        assert "Anna delivers the wheat" in answer["text"]
        kept = await client.get(f"/api/v1/conversations/{first['conversation_id']}")
        assert kept.json()["messages"][1]["answer"]["text"] == first["text"]
        rated = await client.post(f"/api/v1/messages/{answer['id']}/feedback", json={"rating": "up"})
        assert rated.status_code in (200, 201, 204), rated.text
        erased = await client.delete(f"/api/v1/conversations/{answer['conversation_id']}")
        assert erased.status_code == 204
        token = restarted.app.state.footnoted.resources.local_token
        client.headers["authorization"] = f"Bearer {token}"
        insights = (await client.get("/api/v1/insights")).json()
        assert (insights["totals"]["answered"], insights["unanswered"]["found"]) == (1, 0)
        assert (await client.get("/api/v1/documents")).json()["items"]
