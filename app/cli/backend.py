"""What commands do, whether in this process or through the server that owns the data."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from app.cli.command_question import CommandQuestion, OnText, hear_nothing
from app.cli.options import Engine
from storage_config.errors import StateInUse
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, owner_of
from storage_config.vocabulary import CallerRole

if TYPE_CHECKING:  # what a command gives is loaded by the command that asks for it
    from app.schemas.answers import AnswerBody
    from app.schemas.credentials import KeyBody, NewKeyBody
    from app.schemas.ingestions import PlanBody, ReportBody
    from app.schemas.insights import InsightsBody
    from app.schemas.replays import ReplayBody
    from app.schemas.status import StatusBody
    from pipelines.ingestion.progress import OnProgress

SERVE_COMMAND = "footnoted serve"
# The first start of a data folder makes a database and a quantised model.
START_SECONDS = 30.0


class CommandBackend(Protocol):
    """Works on the corpora of one corpus file and on what is kept of them."""

    def corpus_names(self, corpus: str | None) -> Sequence[str]:
        """The corpus of that name, all for None. Raises UnknownCorpus."""
        ...

    async def ask(self, asked: CommandQuestion, *, on_text: OnText = hear_nothing) -> "AnswerBody":
        """The answer, recorded like every other; `on_text` is told its text as it comes.

        Raises what the engine failed with, UnknownCorpus and ConversationNotFound.
        """
        ...

    async def replay(self, message_id: UUID) -> "ReplayBody":
        """A recorded answer made again. Raises MessageNotFound and NotReplayable."""
        ...

    async def plan(self, corpus: str) -> "PlanBody":
        """What an ingestion would do and cost; touches nothing."""
        ...

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: "OnProgress") -> "ReportBody":
        """Brings the corpus up to date."""
        ...

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None]) -> None:
        """After pages changed: asks the questions without a good answer again, where no server does so by itself.

        `on_asking` is told how many there are, where there are some.
        """
        ...

    async def status(self) -> "StatusBody":
        """What is kept, against the limits."""
        ...

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> "InsightsBody":
        """How the corpus, the only one for None, is used. Raises UnknownCorpus and, for other days, InvalidRequest."""
        ...

    async def create_key(
        self, *, name: str, role: CallerRole, groups: Sequence[str], lasts: timedelta | None = None
    ) -> "NewKeyBody":
        """A new API key, which may end after a while."""
        ...

    async def list_keys(self) -> "Sequence[KeyBody]":
        """Every API key, the newest first."""
        ...

    async def revoke_key(self, key_id: UUID) -> None:
        """Makes the key useless. Raises ApiKeyNotFound."""
        ...

    async def rotate_key(self, key_id: UUID, *, overlap: timedelta) -> "NewKeyBody":
        """A key that takes over. Raises ApiKeyNotFound."""
        ...


@asynccontextmanager
async def open_backend(
    settings: Settings,
    *,
    command: str,
    on_stage: Callable[[str], None] = lambda stage: None,
    engine: Engine = "local",
) -> AsyncIterator[CommandBackend]:
    """What does the work: the server that owns the data, else this process, which then has `command` as its name.

    A server works by itself alone: another `engine` is this process's. Raises ServerSilent where the server does not
    answer. This process opens what it needs when it needs it. `on_stage` is told in words what is waited for.
    """
    owner = await find_server(settings.data_folder) if settings.embedded and engine == "local" else None
    if owner is not None:
        from app.cli.server_backend import open_server_backend

        on_stage(f"Waiting for the server at {owner.url}")
        async with open_server_backend(owner, settings) as remote:
            yield remote
        return
    from app.cli.local_backend import open_local_backend

    async with open_local_backend(settings, command=command, on_stage=on_stage, engine=engine) as local:
        yield local


async def find_server(data_folder: Path) -> StateOwner | None:
    """The server that owns the folder, once it serves; None where none does.

    Waits for one that is starting. Raises StateInUse when that takes too long.
    """
    deadline = time.monotonic() + START_SECONDS
    while (owner := owner_of(data_folder)) is not None:
        if owner.url and owner.token:
            return owner
        if owner.pid is not None and owner.command != SERVE_COMMAND:
            return None  # another command; whoever wants the folder is told which
        if time.monotonic() > deadline:
            raise StateInUse(
                f"{data_folder}: the server of process {owner.pid} is still starting after {START_SECONDS:.0f} s.",
                owner_pid=owner.pid,
            )
        await asyncio.sleep(0.1)
    return None
