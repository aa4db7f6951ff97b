"""`POST /api/v1/messages/{id}/replay` over a replay that never ends; what it gives is in tests/integration."""

import asyncio
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from starlette.types import Message

from app.conversations.metered_corpus import Asker
from app.conversations.replays import ReplayedMessage, Replays
from storage_config.records.ids import new_id
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client


class EndlessReplays(Replays):
    """Makes an answer again until it is left."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def replay(self, message_id: UUID, asker: Asker) -> ReplayedMessage:
        """Waits."""
        try:
            return cast(ReplayedMessage, await asyncio.Future[Any]())
        finally:
            self.left.set()


async def test_who_leaves_ends_a_replay() -> None:
    replays, sent = EndlessReplays(), list[Message]()
    messages: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": b""}]
    path = f"/api/v1/messages/{new_id()}/replay"

    async def receive() -> Message:
        return messages.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    async with open_client(build_world(answered_script())) as client:
        app = client._transport.app  # type: ignore[attr-defined]
        state = app.state.footnoted
        app.state.footnoted = replace(state, use_cases=replace(state.use_cases, replays=replays))
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "scheme": "http", "server": ("test", 80), "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"test"), (b"authorization", b"Bearer local-token")],
        }  # fmt: skip
        async with asyncio.timeout(5):
            await app(scope, receive, send)
        assert replays.left.is_set()
    assert sent[0]["status"] == 499
