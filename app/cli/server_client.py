"""The client to the server that owns the data folder: one set of bounds, one translation of failures."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from app.cli.answer_stream import StreamedAnswer
from app.cli.command_question import OnText
from app.cli.outcomes import ServerGone, ServerRefused, ServerSilent, ServerStrange, read_problem
from app.schemas.answers import AnswerBody
from storage_config.state_lock import StateOwner

CONNECT_SECONDS = 5.0
CALL_SECONDS = 30.0
# A little more than an answer may take.
ANSWER_SECONDS = 330.0
PLAN_SECONDS = 600.0
STOP_SECONDS = 35.0
_PROBLEM = "application/problem+json"
Body = TypeVar("Body", bound=BaseModel)


class ServerClient:
    """Asks over HTTP, with the token that the owner published."""

    def __init__(self, owner: StateOwner, client: httpx.AsyncClient) -> None:
        self._client = client
        self._name = f"The server of process {owner.pid} at {owner.url}"

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        """The JSON of an answer, None for one without.

        Raises ServerRefused for a problem, ServerGone where nobody listens, ServerSilent where no answer comes and
        ServerStrange where it is none of ours.
        """
        params = {name: value for name, value in (query or {}).items() if value is not None}
        with self._failures(seconds):
            async with asyncio.timeout(seconds):
                response = await self._client.request(method, path, json=body, params=params, headers=headers)
        return self._read(response)

    async def read(self, gives: type[Body], method: str, path: str, **more: Any) -> Body:
        """The same as a body of that type. Raises ServerStrange too where it is none."""
        try:
            return gives.model_validate(await self.call(method, path, **more))
        except ValidationError:
            raise self._strange("a body of another form") from None

    @contextmanager
    def _failures(self, seconds: float) -> Iterator[None]:
        """What the network does in the block, as an error that names the server."""
        try:
            yield
        except httpx.ConnectError:
            raise ServerGone(f"{self._name} owns the data and cannot be reached: wait for it, or end it.") from None
        except (httpx.TimeoutException, TimeoutError):
            raise ServerSilent(
                f"{self._name} owns the data and did not answer within {seconds:g} s: wait for it, or end it."
            ) from None
        except httpx.HTTPError as error:
            raise ServerSilent(f"{self._name} owns the data and broke off ({type(error).__name__}).") from None

    async def follow_answer(self, path: str, *, body: Any, on_text: OnText) -> AnswerBody:
        """The answer that is streamed for a question, with its text as it comes. Raises what `call` raises."""
        streamed = StreamedAnswer()
        with self._failures(ANSWER_SECONDS):
            async with asyncio.timeout(ANSWER_SECONDS), self._client.stream("POST", path, json=body) as response:
                if not response.is_success:
                    await response.aread()
                    self._read(response)
                try:
                    async for line in response.aiter_lines():
                        if line.startswith("data: {"):
                            on_text(streamed.take(json.loads(line.removeprefix("data: "))))
                    return streamed.answer()
                except (ValueError, KeyError):
                    raise self._strange("a stream of another form") from None

    def _read(self, response: httpx.Response) -> Any:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.is_success and not response.content:
            return None
        try:
            if media_type == _PROBLEM:
                raise read_problem(response.json())
            if response.is_success:
                return response.json()
        except ValueError:  # of bytes that are no text too
            raise self._strange(f"HTTP {response.status_code} and no JSON of ours") from None
        raise ServerRefused("", f"{self._name} answered with HTTP {response.status_code}.")

    def _strange(self, what: str) -> ServerStrange:
        return ServerStrange(
            f"{self._name} answered with {what}: it may be of another version, or another program listens there."
        )


@asynccontextmanager
async def open_server_client(owner: StateOwner) -> AsyncIterator[ServerClient]:
    """A client for the block. Raises ServerSilent within some seconds where the server does not answer."""
    async with httpx.AsyncClient(
        base_url=str(owner.url),
        headers={"authorization": f"Bearer {owner.token}"},
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # each call has a bound of its own
        trust_env=False,  # no proxy is shown the token
    ) as client:
        opened = ServerClient(owner, client)
        await opened.call("GET", "/api/v1/health", seconds=CONNECT_SECONDS)
        yield opened
