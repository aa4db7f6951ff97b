"""The way to Postgres: Neon or another server by `DATABASE_URL`, else the embedded one.

Made for a database that sleeps and restarts behind a transaction pooler: nothing connects before it is needed, idle
connections are given back, no session state is relied on, and a short transaction is repeated whole when its
connection drops. A transaction may therefore run twice with its first COMMIT done: give it ids made outside and
`ON CONFLICT DO NOTHING`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import stamina
from sqlalchemy import URL, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from storage_config.json_bytes import dump_json
from storage_config.postgres.connection_loss import is_passing, translated
from storage_config.postgres.embedded import open_embedded_postgres
from storage_config.postgres.migrations.schema import upgrade_url
from storage_config.postgres.url import masked_url, sqlalchemy_url
from storage_config.records.direct import DirectConnection
from storage_config.settings import Settings
from storage_config.state_lock import HeldState, hold_state

Session = AsyncSession
_SURELY_ALIVE_SECONDS = 2.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatabasePatience:
    """How long to wait for what, in seconds."""

    connect: int = 10  # a Neon compute that sleeps answers after some seconds
    attempt: float = 10.0  # one try of a short transaction; bounds a connection that swallows everything
    retries: float = 30.0  # all tries together; no try begins after it
    attempts: int = 8
    pool: float = 10.0  # for a free connection
    ping: float = 5.0
    silence: float = 10.0  # data sent and never acknowledged: the only sign of a silently dropped connection
    idle: float = 60.0  # unused connections are closed then; Neon sleeps after 300 s


class Database:
    """Short transactions and reads on one Postgres. Nothing connects before the first of them."""

    def __init__(self, engine: AsyncEngine, *, url: str, patience: DatabasePatience) -> None:
        self.url = url  # masked: for messages
        self._engine = engine
        self._patience = patience
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._committing = engine.execution_options(isolation_level="AUTOCOMMIT")  # over the same connections
        self._in_use = 0
        self._uses = 0
        self._gate = asyncio.Lock()

    async def run(self, work: Callable[[Session], Awaitable[T]], *, seconds: float | None = None) -> T:
        """The result of `work`, done in one transaction that is committed here; `seconds` bounds one try of it.

        Repeated whole, after jittered pauses, when the connection drops, the server restarts or the transaction
        lost a deadlock. Raises DatabaseUnavailable when it does not come back in time; other errors pass.
        """

        async def attempt() -> T:
            async with self._session() as session, session.begin():
                return await work(session)

        return await self._repeated(attempt, seconds)

    async def run_direct(self, work: Callable[[DirectConnection], Awaitable[T]]) -> T:
        """As `run`, for work whose statements are a transaction each, without a session: two round trips less."""

        async def attempt() -> T:
            async with self._counted(), self._committing.connect() as connection:
                return await work(await DirectConnection.of(connection))

        return await self._repeated(attempt, None)

    async def _repeated(self, once: Callable[[], Awaitable[T]], seconds: float | None) -> T:
        patience = self._patience
        with translated(self.url):
            async for attempt in stamina.retry_context(
                on=is_passing,
                attempts=patience.attempts,
                timeout=patience.retries,
                wait_initial=0.1,
                wait_max=3.0,
                wait_jitter=0.5,
            ):
                with attempt:
                    async with asyncio.timeout(seconds or patience.attempt):
                        return await once()
        raise AssertionError("retry_context returns or raises")

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session for reading: whatever it did is rolled back. Not repeated: use `run` where that matters.

        It fails on a connection that died within the two seconds since it was used.
        """
        with translated(self.url):
            async with self._session() as session:
                yield session

    async def ping(self) -> None:
        """Returns when the database answers. Wakes a sleeping one: not for health probes.

        Raises DatabaseUnavailable without repeating.
        """
        with translated(self.url):
            async with asyncio.timeout(self._patience.ping), self._session() as session:
                await session.execute(text("SELECT 1"))

    async def size_bytes(self) -> int:
        """What the database takes on disk, as Neon's storage limit counts it."""
        return await self.run(_size_bytes)

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        async with self._counted(), self._sessions() as session:
            yield session

    @contextlib.asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        async with self._gate:
            self._in_use += 1
            self._uses += 1
        try:
            yield
        finally:
            self._in_use -= 1

    async def release_idle(self) -> None:
        """Closes every connection after each `DatabasePatience.idle` seconds without use; runs until cancelled."""
        seen = -1
        while True:
            await asyncio.sleep(self._patience.idle)
            async with self._gate:
                if seen == self._uses and self._in_use == 0:
                    await self._engine.dispose()
                seen = self._uses

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()


@contextlib.asynccontextmanager
async def open_database(settings: Settings, *, state: HeldState | None = None) -> AsyncIterator[Database]:
    """The database of the settings, without connecting to it.

    Without DATABASE_URL the embedded one is started and brings its own schema up to date. It belongs to the owner of
    `settings.data_folder`: pass the `state` that the process holds already, or it is held for this block.
    Raises ConfigurationError, StateInUse or DatabaseUnavailable.
    """
    if settings.database_url is not None:
        async with open_url(settings.database_url.get_secret_value()) as database:
            yield database
        return
    with contextlib.nullcontext() if state else hold_state(settings.data_folder):
        async with open_embedded_postgres(settings.data_folder) as server:
            await upgrade_url(server.url)
            async with open_url(server.url) as database:
                yield database


async def upgrade_schema(settings: Settings, *, state: HeldState | None = None) -> None:
    """Applies the migrations that are missing, over the direct url where there is one.

    The embedded database does so at every start. Raises what `open_database` raises.
    """
    secret = settings.database_direct_url or settings.database_url
    if secret is not None:
        await upgrade_url(secret.get_secret_value())
        return
    async with open_database(settings, state=state):
        pass


@contextlib.asynccontextmanager
async def open_url(url: str, *, patience: DatabasePatience = DatabasePatience()) -> AsyncIterator[Database]:
    """The database at a libpq url (`postgresql://...`), without connecting to it. Raises ConfigurationError."""
    address = sqlalchemy_url(url)
    database = Database(build_engine(address, patience), url=masked_url(address), patience=patience)
    release = asyncio.create_task(database.release_idle(), name="release idle connections")
    try:
        yield database
    finally:
        release.cancel()
        await asyncio.wait([release])
        await database.close()


def build_engine(address: URL, patience: DatabasePatience) -> AsyncEngine:
    """An engine that suits transaction poolers: no prepared statements, no `options`, no session state."""
    ours = {
        "prepare_threshold": None,
        "connect_timeout": patience.connect,
        "tcp_user_timeout": int(patience.silence * 1000),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "application_name": "footnoted",
    }
    engine = create_async_engine(
        address,
        json_serializer=dump_json,
        hide_parameters=True,  # readers' questions do not belong in logs and errors
        poolclass=AsyncAdaptedQueuePool,
        pool_size=5,
        max_overflow=15,
        pool_timeout=patience.pool,
        pool_use_lifo=True,  # the surplus falls idle instead of being kept warm in turn
        connect_args={name: value for name, value in ours.items() if name not in address.query},
    )
    _ping_the_idle(engine)
    return engine


def _ping_the_idle(engine: AsyncEngine) -> None:
    """A connection that was just used is not asked whether it lives, as `pool_pre_ping` would: a round trip a use.

    One that died meanwhile costs `Database.run` a repetition.
    """
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def note(connection: Any, record: Any) -> None:
        record.info["used_at"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        if monotonic() - record.info.get("used_at", monotonic()) < _SURELY_ALIVE_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


async def _size_bytes(session: Session) -> int:
    return int((await session.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
