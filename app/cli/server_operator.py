"""Commands through the server that owns the data folder: it is asked over HTTP, with the token that it published."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from app.cli.outcomes import ServerRefused, ServerSilent, read_problem
from app.schemas.answers import AnswerBody
from app.schemas.ingestions import IngestionBody, PlanBody, ReportBody
from app.schemas.insights import InsightsBody
from app.schemas.status import StatusBody
from pipelines.corpus import CorpusSpec
from pipelines.errors import UnknownCorpus
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from storage_config.errors import StateInUse
from storage_config.state_lock import StateOwner, owner_of

SERVE_COMMAND = "footnoted serve"
# The first start of a data folder makes a database and a quantised model.
START_SECONDS = 30.0
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 180.0
PLAN_SECONDS = 600.0
POLL_SECONDS = 0.3
STOP_SECONDS = 35.0


class ServerOperator:
    """See `Operator`. `specs` are the corpora as this command's corpus file declares them."""

    def __init__(self, owner: StateOwner, client: httpx.AsyncClient, specs: Mapping[str, CorpusSpec]) -> None:
        self._owner = owner
        self._client = client
        self._specs = specs

    def names(self, corpus: str | None) -> list[str]:
        """The corpus of that name, all for None. Raises UnknownCorpus."""
        if corpus is not None and corpus not in self._specs:
            raise UnknownCorpus(f"no corpus {corpus!r}: {', '.join(self._specs)}")
        return list(self._specs) if corpus is None else [corpus]

    async def ask(self, question: str, *, corpus: str | None) -> AnswerBody:
        """The server's answer."""
        body = {"question": question, "corpus": corpus, "stream": False}
        return AnswerBody.model_validate(await self._call("POST", "/chat", body=body, seconds=ANSWER_SECONDS))

    async def plan(self, corpus: str) -> PlanBody:
        """What an ingestion would do and cost."""
        found = await self._call("POST", "/ingestions/plan", body=self._declared(corpus), seconds=PLAN_SECONDS)
        return PlanBody.model_validate(found)

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: OnProgress) -> ReportBody:
        """Starts a run in the server and follows it to its end; whoever leaves earlier stops it."""
        body = self._declared(corpus) | {"allow_removals": allow_removals}
        run = IngestionBody.model_validate(await self._call("POST", "/ingestions", body=body))
        try:
            while run.status == "running":
                await asyncio.sleep(POLL_SECONDS)
                run = IngestionBody.model_validate(await self._call("GET", f"/ingestions/{run.id}"))
                if run.progress is not None:
                    on_progress(IngestionProgress(corpus, **run.progress.model_dump()))
        except asyncio.CancelledError:
            await self._call("DELETE", f"/ingestions/{run.id}", seconds=STOP_SECONDS)
            raise
        if run.report is not None:
            return run.report
        if run.failure is not None:
            raise ServerRefused(run.failure.type, run.failure.message or "The server failed and logged why.")
        raise ServerRefused("ingestion-busy", f"{corpus}: another process took this run over.")

    async def status(self) -> StatusBody:
        """What is kept, against the limits."""
        return StatusBody.model_validate(await self._call("GET", "/status", seconds=ANSWER_SECONDS))

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> InsightsBody:
        """How the corpus is used."""
        asked = {"corpus": corpus, "since": since, "until": until}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return InsightsBody.model_validate(await self._call("GET", f"/insights?{query}", seconds=ANSWER_SECONDS))

    def _declared(self, corpus: str) -> dict[str, Any]:
        return {"corpus": corpus, "declared": self._specs[corpus].digest()}

    async def _call(self, method: str, path: str, *, body: Any = None, seconds: float = 30.0) -> Any:
        """The JSON of an answer. Raises ServerRefused for a problem and ServerSilent where there is no answer."""
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.request(method, f"/api/v1{path}", json=body)
        except (httpx.HTTPError, TimeoutError):
            raise _silent(self._owner, seconds) from None
        if response.is_success:
            return response.json()
        if response.headers.get("content-type") != "application/problem+json":
            raise ServerRefused("", f"The server at {self._owner.url} answered with HTTP {response.status_code}.")
        raise read_problem(response.json())


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


@asynccontextmanager
async def open_server_operator(owner: StateOwner, specs: Mapping[str, CorpusSpec]) -> AsyncIterator[ServerOperator]:
    """Asks the server for the block. Raises ServerSilent at once where it does not answer."""
    async with httpx.AsyncClient(
        base_url=str(owner.url),
        headers={"authorization": f"Bearer {owner.token}"},
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # each call has a bound of its own
        trust_env=False,  # no proxy is shown the token
    ) as client:
        operator = ServerOperator(owner, client, specs)
        await operator._call("GET", "/health", seconds=CONNECT_SECONDS)
        yield operator


def _silent(owner: StateOwner, seconds: float) -> ServerSilent:
    return ServerSilent(
        f"The server of process {owner.pid} at {owner.url} owns the data and did not answer within {seconds:g} s: "
        "wait for it, or end it."
    )
