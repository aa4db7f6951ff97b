"""Commands through the server that owns the data folder."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, model_validator

from app.cli.command_question import CommandQuestion, OnText, hear_nothing
from app.cli.outcomes import ServerRefused
from app.cli.server_client import ANSWER_SECONDS, PLAN_SECONDS, STOP_SECONDS, ServerClient, open_server_client
from app.errors import AppError
from app.schemas.answers import AnswerBody
from app.schemas.credentials import KeyBody, KeysBody, NewKeyBody
from app.schemas.ingestions import IngestionBody, PlanBody, ReportBody
from app.schemas.insights import InsightsBody
from app.schemas.replays import ReplayBody
from app.schemas.status import StatusBody
from pipelines.corpus import choose_corpora, read_corpora
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner
from storage_config.vocabulary import CallerRole

POLL_SECONDS = 0.3
_API = "/api/v1"
_MCP_HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}


class RpcAnswer(BaseModel):
    """An answer of JSON-RPC, with either of the two."""

    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _has_one(self) -> "RpcAnswer":
        if (self.result is None) == (self.error is None):
            raise ValueError("an answer has a result or an error")
        return self


class ServerBackend:
    """See `CommandBackend`. The corpora are those that this command's corpus file declares."""

    def __init__(self, client: ServerClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def corpus_names(self, corpus: str | None) -> Sequence[str]:
        """As `CommandBackend` says."""
        return choose_corpora(corpus, read_corpora(self._settings.config, need_folders=False))

    async def ask(self, asked: CommandQuestion, *, on_text: OnText = hear_nothing) -> AnswerBody:
        """As `CommandBackend` says."""
        body: dict[str, Any] = {"question": asked.question, "corpus": asked.corpus, "scope": asked.scope}
        if asked.conversation_id is not None:
            body["conversation_id"] = str(asked.conversation_id)
        if asked.page is not None:
            body["page"] = {"url": asked.page}
        if len(names := self.corpus_names(asked.corpus)) == 1:
            body |= self._declared(names[0])
        return await self._client.follow_answer(f"{_API}/chat", body=body, on_text=on_text)

    async def replay(self, message_id: UUID) -> ReplayBody:
        """As `CommandBackend` says."""
        path = f"{_API}/messages/{message_id}/replay"
        return await self._client.read(ReplayBody, "POST", path, seconds=ANSWER_SECONDS)

    async def plan(self, corpus: str) -> PlanBody:
        """As `CommandBackend` says."""
        path = f"{_API}/ingestions/plan"
        return await self._client.read(PlanBody, "POST", path, body=self._declared(corpus), seconds=PLAN_SECONDS)

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: OnProgress) -> ReportBody:
        """Starts a run in the server and follows it to its end; whoever leaves earlier stops it."""
        body = self._declared(corpus) | {"allow_removals": allow_removals}
        run = await self._client.read(IngestionBody, "POST", f"{_API}/ingestions", body=body)
        path = f"{_API}/ingestions/{run.id}"
        try:
            while run.status == "running":
                await asyncio.sleep(POLL_SECONDS)
                run = await self._client.read(IngestionBody, "GET", path)
                if run.progress is not None:
                    on_progress(IngestionProgress(corpus, **run.progress.model_dump()))
        except asyncio.CancelledError:
            # A server that is gone took its run with it. Its error instead of this one would have a watch go on.
            with contextlib.suppress(AppError):
                await self._client.call("DELETE", path, seconds=STOP_SECONDS)
            raise
        if run.report is not None:
            return run.report
        if run.failure is not None:
            raise ServerRefused(run.failure.type, run.failure.message or "The server failed and logged why.")
        raise ServerRefused("ingestion-busy", f"{corpus}: another process took this run over.")

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None]) -> None:
        """Nothing: the server does so by itself."""

    async def status(self) -> StatusBody:
        """As `CommandBackend` says."""
        return await self._client.read(StatusBody, "GET", f"{_API}/status", seconds=ANSWER_SECONDS)

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> InsightsBody:
        """As `CommandBackend` says."""
        query = {"corpus": corpus, "since": since, "until": until}
        return await self._client.read(InsightsBody, "GET", f"{_API}/insights", query=query, seconds=ANSWER_SECONDS)

    async def create_key(
        self, *, name: str, role: CallerRole, groups: Sequence[str], lasts: timedelta | None = None
    ) -> NewKeyBody:
        """As `CommandBackend` says."""
        body: dict[str, Any] = {"name": name, "role": role, "groups": list(groups)}
        if lasts is not None:
            body["expires_seconds"] = int(lasts.total_seconds())
        return await self._client.read(NewKeyBody, "POST", f"{_API}/keys", body=body)

    async def list_keys(self) -> Sequence[KeyBody]:
        """As `CommandBackend` says."""
        return (await self._client.read(KeysBody, "GET", f"{_API}/keys")).items

    async def revoke_key(self, key_id: UUID) -> None:
        """As `CommandBackend` says."""
        await self._client.call("DELETE", f"{_API}/keys/{key_id}")

    async def rotate_key(self, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
        """As `CommandBackend` says."""
        body = {"overlap_seconds": int(overlap.total_seconds())}
        return await self._client.read(NewKeyBody, "POST", f"{_API}/keys/{key_id}/rotate", body=body)

    async def call_tool(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the server answers to the call of a tool of coding agents: a message of JSON-RPC."""
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        answered = await self._client.read(
            RpcAnswer, "POST", "/mcp", body=message, headers=_MCP_HEADERS, seconds=ANSWER_SECONDS
        )
        return answered.model_dump(exclude_none=True)

    def _declared(self, corpus: str) -> dict[str, Any]:
        specs = read_corpora(self._settings.config, need_folders=False)
        return {"corpus": corpus, "declared": specs[corpus].digest()}


@asynccontextmanager
async def open_server_backend(owner: StateOwner, settings: Settings) -> AsyncIterator[ServerBackend]:
    """The server as a backend for the block. Raises ServerSilent at once where it does not answer."""
    async with open_server_client(owner) as client:
        yield ServerBackend(client, settings)
