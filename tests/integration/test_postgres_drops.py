"""Short transactions on a database that drops connections, restarts and sleeps, as Neon does behind its pooler."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from storage_config.errors import DatabaseUnavailable
from storage_config.postgres.database import Database, DatabasePatience, Session, open_url
from storage_config.records.direct import DirectConnection, ReadyStatement
from storage_config.records.ids import new_id
from storage_config.records.messages import AnswerToRecord, ConversationToRecord, QuestionToRecord, record_exchange
from tests.support.figures import note_figures
from tests.support.records import create_conversation
from tests.support.remote_postgres import BadNetwork, PgBouncer, RemotePostgres, free_port
from tests.support.waiting import eventually

OWNER = "user-1"
_ONE, _SLEEP = ReadyStatement(select(literal(1))), ReadyStatement(select(func.pg_sleep(30)))


@pytest.fixture(params=["server", "pgbouncer"])
def remote_url(request: pytest.FixtureRequest, remote_postgres: RemotePostgres) -> str:
    """The server itself, and PgBouncer in front of it."""
    with psycopg.connect(remote_postgres.admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE conversations CASCADE")
    if request.param == "server":
        return remote_postgres.url
    bouncer: PgBouncer = request.getfixturevalue("pgbouncer")
    return bouncer.url


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


@contextlib.asynccontextmanager
async def _behind(
    network: BadNetwork, url: str, patience: DatabasePatience = DatabasePatience()
) -> AsyncIterator[Database]:
    async with network.open() as port, open_url(url.replace(f":{_port_of(url)}/", f":{port}/"), patience=patience) as d:
        yield d


def _exchange(
    number: int, tries: Callable[[], None] = lambda: None
) -> Callable[[Session | DirectConnection], Awaitable[None]]:
    """A chat turn's write, with ids made outside: the same whenever it is repeated."""
    conversation, question, answer = new_id(), new_id(), new_id()

    async def work(on: Session | DirectConnection) -> None:
        tries()
        await record_exchange(
            on,
            conversation=ConversationToRecord(conversation, OWNER, "c", str(number), begins=True),
            question=QuestionToRecord(question, f"q{number}"),
            answer=AnswerToRecord(answer, f"a{number}", "answered", {}, {}, {}, {}, "m"),
            citations=(),
        )

    return work


async def _recorded(database: Database) -> list[str]:
    async def read(session: Session) -> list[str]:
        rows = await session.execute(text("SELECT text FROM messages WHERE role = 'assistant'"))
        return sorted(rows.scalars())

    return await database.run(read)


async def _write_many(database: Database, count: int) -> None:
    """Over a session and directly, in turns."""
    ways: list[Callable[[Any], Awaitable[None]]] = [database.run, database.run_direct]
    await asyncio.gather(*(ways[number % 2](_exchange(number)) for number in range(count)))


async def test_killed_connections_cost_nothing(remote_url: str, remote_postgres: RemotePostgres) -> None:
    """Idle ones between two transactions, and those in the middle of one."""
    async with open_url(remote_url) as database:
        await database.run(_exchange(0))
        assert await asyncio.to_thread(remote_postgres.kill_backends) >= 1
        await database.run(_exchange(1))
        tries = []

        async def killed_once(session: Session) -> None:
            tries.append(1)
            await _exchange(2)(session)
            if len(tries) == 1:
                await asyncio.to_thread(remote_postgres.kill_backends)
            await session.execute(text("SELECT 1"))

        await database.run(killed_once)
        assert len(tries) == 2
        assert await _recorded(database) == ["a0", "a1", "a2"]


async def test_killed_connections_cost_direct_statements_nothing(
    remote_url: str, remote_postgres: RemotePostgres
) -> None:
    async with open_url(remote_url) as database:
        await database.run_direct(_exchange(0))
        assert await asyncio.to_thread(remote_postgres.kill_backends) >= 1
        await database.run_direct(_exchange(1))
        tries, exchange = [], _exchange(2)

        async def killed_once(on: DirectConnection) -> None:
            tries.append(1)
            await exchange(on)
            if len(tries) == 1:
                await asyncio.to_thread(remote_postgres.kill_backends)
            await _ONE.rows(on, {})

        await database.run_direct(killed_once)
        assert len(tries) <= 2  # PgBouncer takes another server for the next statement
        assert await _recorded(database) == ["a0", "a1", "a2"]


async def test_direct_statements_that_are_given_up_leave_no_half_connection(remote_postgres: RemotePostgres) -> None:
    """The next one would read what the one before it asked for."""
    async with open_url(remote_postgres.url) as database:
        for _ in range(3):
            asked = asyncio.create_task(database.run_direct(lambda on: _SLEEP.rows(on, {})))
            await asyncio.sleep(0.05)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            assert await database.run_direct(lambda on: _ONE.rows(on, {})) == [(1,)]


async def test_what_is_sent_in_a_transaction_is_kept_or_not_as_one(remote_url: str) -> None:
    async with open_url(remote_url) as database:

        async def fail(on: DirectConnection) -> None:
            async with on.transaction():
                await _exchange(0)(on)
                raise ValueError("changed its mind")

        with pytest.raises(ValueError, match="mind"):
            await database.run_direct(fail)
        assert await _recorded(database) == []


async def test_a_restarted_server_loses_and_doubles_nothing(remote_url: str, remote_postgres: RemotePostgres) -> None:
    async with open_url(remote_url) as database:
        await _write_many(database, 5)
        writing = asyncio.create_task(_write_many(database, 40))
        await eventually(lambda: _has_more_than(database, 8))
        remote_postgres.kill()
        await eventually(lambda: remote_postgres.server.pid is None)
        began = time.monotonic()
        await remote_postgres.start()
        await writing
        note_figures("Postgres killed amid writes", writes=40, healthy_seconds=time.monotonic() - began)
        assert sorted(await _recorded(database)) == sorted([f"a{n}" for n in (*range(5), *range(40))])


async def _has_more_than(database: Database, count: int) -> bool:
    return len(await _recorded(database)) > count


async def test_a_lost_answer_to_a_commit_doubles_nothing(remote_url: str) -> None:
    network = BadNetwork(_port_of(remote_url))
    async with _behind(network, remote_url) as database:
        await database.run(_exchange(0))
        tries: list[int] = []
        network.mode = "lose_commit"
        await database.run(_exchange(1, lambda: tries.append(1)))
        assert (network.cut_commits, len(tries)) == (1, 2)
        assert await _recorded(database) == ["a0", "a1"]
        async with database.session() as session:
            assert (await session.execute(text("SELECT count(*) FROM messages"))).scalar() == 4


async def test_a_silently_dropped_connection_is_noticed_in_bounded_time(remote_postgres: RemotePostgres) -> None:
    network = BadNetwork(remote_postgres.port)
    async with _behind(network, remote_postgres.url, DatabasePatience(attempt=0.5)) as database:
        await database.ping()
        network.forget_connections()
        began = time.monotonic()
        assert await database.run(_one) == 1
        assert time.monotonic() - began < 20  # .5 s, and psycopg's wait for the cancelled query: 5 s


async def _one(session: Session) -> int:
    return int((await session.execute(text("SELECT 1"))).scalar_one())


async def test_a_network_that_swallows_everything_is_given_up(remote_postgres: RemotePostgres) -> None:
    network = BadNetwork(remote_postgres.port)
    network.mode = "swallow"
    async with _behind(network, remote_postgres.url, DatabasePatience(attempt=0.5, attempts=2, ping=0.5)) as database:
        with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1") as raised:
            await database.run(_one)
        with pytest.raises(DatabaseUnavailable):
            await database.ping()
    assert "p@ss" not in str(raised.value)


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_USER_TIMEOUT is of Linux")
async def test_the_kernel_gives_up_unacknowledged_data(remote_postgres: RemotePostgres) -> None:
    async with open_url(remote_postgres.url) as database, database.session() as session:
        raw = await (await session.connection()).get_raw_connection()
        assert isinstance(raw.driver_connection, psycopg.AsyncConnection)
        with socket.socket(fileno=socket.dup(raw.driver_connection.pgconn.socket)) as connection:
            milliseconds = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert milliseconds == 10_000


async def _connections(remote: RemotePostgres) -> int:
    async with await psycopg.AsyncConnection.connect(remote.admin_url) as admin:
        count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sleeper'"
        row = await (await admin.execute(count)).fetchone()
    assert row is not None
    return int(row[0])


async def test_unused_connections_are_given_back_so_that_it_may_sleep(remote_postgres: RemotePostgres) -> None:
    url = f"{remote_postgres.url}&application_name=sleeper"
    async with open_url(url, patience=DatabasePatience(idle=0.2)) as database:
        assert await _connections(remote_postgres) == 0  # opening alone wakes nobody
        await asyncio.gather(*(database.run(_one) for _ in range(5)))
        assert await _connections(remote_postgres) > 0
        await eventually(lambda: _has_connections(remote_postgres, 0))
        assert await database.run(_one) == 1
        async with database.session() as session:
            assert await _one(session) == 1
            await asyncio.sleep(0.5)  # longer than two rounds of giving back
            assert await _one(session) == 1
    assert await _connections(remote_postgres) == 0


async def _has_connections(remote: RemotePostgres, count: int) -> bool:
    return await _connections(remote) == count


async def test_opening_needs_no_server_and_an_absent_one_is_reported() -> None:
    url = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/x"
    async with open_url(url, patience=DatabasePatience(attempts=2, retries=1.0)) as database:
        assert "hunter2" not in database.url
        for work in (database.ping(), database.run(_one), database.size_bytes()):
            with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1") as raised:
                await work
            assert "hunter2" not in str(raised.value)
        with pytest.raises(DatabaseUnavailable):
            async with database.session() as session:
                await _one(session)


async def test_what_cannot_pass_is_tried_once(database: Database) -> None:
    tries: list[int] = []

    async def broken(session: Session) -> None:
        tries.append(1)
        await session.execute(text("SELECT no_such_column"))

    with pytest.raises(ProgrammingError):
        await database.run(broken)
    assert len(tries) == 1

    async def our_own(session: Session) -> None:
        tries.append(1)
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await database.run(our_own)
    assert len(tries) == 2


async def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    async def half(session: Session) -> None:
        await _exchange(0)(session)
        await session.execute(
            text("INSERT INTO feedback (id, message_id, rating) SELECT id, id, 'up' FROM conversations")
        )

    with pytest.raises(IntegrityError):
        await database.run(half)
    assert await _recorded(database) == []
    async with database.session() as session:
        await _exchange(1)(session)
    assert await _recorded(database) == []  # a session for reading keeps nothing


async def test_a_deadlock_is_repeated_by_its_loser(database: Database) -> None:
    conversations = [new_id(), new_id()]

    async def create(session: Session) -> None:
        for made in conversations:
            await create_conversation(session, conversation_id=made, owner=OWNER)

    await database.run(create)
    both_hold_one = asyncio.Barrier(2)
    tries: list[int] = []

    async def cross(session: Session, order: list[UUID]) -> None:
        tries.append(1)
        for step, conversation in enumerate(order):
            touch = "UPDATE conversations SET title = title || 'x' WHERE id = :id"
            await session.execute(text(touch), {"id": conversation})
            if step == 0 and len(tries) <= 2:
                await both_hold_one.wait()

    await asyncio.gather(
        database.run(lambda s: cross(s, conversations)),
        database.run(lambda s: cross(s, conversations[::-1])),
    )
    assert len(tries) == 3
    async with database.session() as session:
        assert set((await session.execute(text("SELECT title FROM conversations"))).scalars()) == {"xx"}


async def test_more_users_than_connections_wait_for_their_turn(database: Database) -> None:
    async def slow(session: Session) -> int:
        await session.execute(text("SELECT pg_sleep(0.01)"))
        return await _one(session)

    assert await asyncio.gather(*(database.run(slow) for _ in range(200))) == [1] * 200


async def test_a_pool_without_a_free_connection_says_so(database_url: str) -> None:
    async with (
        open_url(database_url, patience=DatabasePatience(pool=0.1)) as database,
        contextlib.AsyncExitStack() as stack,
    ):
        for _ in range(20):
            await _one(await stack.enter_async_context(database.session()))
        with pytest.raises(DatabaseUnavailable, match="busy"):
            await database.run(_one)


async def test_cancelled_transactions_leave_nothing_and_hinder_nobody(database: Database, database_url: str) -> None:
    async def endless(session: Session) -> None:
        await _exchange(0)(session)
        await session.execute(text("SELECT pg_sleep(60)"))

    for _ in range(2):
        tasks = [asyncio.create_task(database.run(endless)) for _ in range(20)]  # as many as the pool has
        await eventually(lambda: _sleepers(database_url, 20))
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} == {asyncio.CancelledError}
    assert await _recorded(database) == []


async def _sleepers(url: str, count: int) -> bool:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        return await (await connection.execute(asleep)).fetchone() == (count,)


async def test_what_readers_ask_stands_in_no_error(database: Database) -> None:
    with pytest.raises(IntegrityError) as raised:
        await database.run(
            lambda s: s.execute(
                text("INSERT INTO messages (id, conversation_id, role, text) VALUES (:id, :id, 'user', :text)"),
                {"id": new_id(), "text": "my private question"},
            )
        )
    assert "INSERT" in str(raised.value)
    assert "private" not in str(raised.value)


async def test_the_size_is_that_of_the_database(database: Database) -> None:
    assert 5_000_000 < await database.size_bytes() < 50_000_000
