"""`footnoted replay`: a recorded answer made again, in this process or by the one that owns the data folder."""

import json
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.text import Text

from app.conversations.replays import replay_message
from app.errors import MessageNotFound
from app.schemas.replays import DifferenceBody, ReplayBody
from app.wires.replay import build_replay_body
from pipelines.bootstrap import open_resources
from pipelines.errors import NotReplayable, PipelineError
from storage_config.errors import StateInUse
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, owner_of

_SECONDS = 180.0
_SHOWN = 10


async def replay(settings: Settings, message_id: UUID) -> ReplayBody:
    """The replay. Raises MessageNotFound, NotReplayable, StateInUse where the owner of the data serves nobody."""
    try:
        async with open_resources(settings) as resources:
            return build_replay_body(await replay_message(resources, message_id))
    except StateInUse:
        owner = owner_of(settings.data_folder)
        if owner is None or owner.url is None:
            raise
        return await _ask_server(owner, message_id)


async def _ask_server(owner: StateOwner, message_id: UUID) -> ReplayBody:
    headers = {"authorization": f"Bearer {owner.token}"}
    try:
        async with httpx.AsyncClient(base_url=owner.url or "", timeout=_SECONDS, trust_env=False) as client:
            response = await client.post(f"/api/v1/messages/{message_id}/replay", headers=headers)
    except httpx.HTTPError as error:
        raise PipelineError(f"the server at {owner.url} does not answer ({type(error).__name__})") from None
    if response.status_code == 200:
        return ReplayBody.model_validate_json(response.content)
    if response.status_code == 404:
        raise MessageNotFound(str(message_id))
    problem = _problem(response)
    raise (NotReplayable if response.status_code == 409 else PipelineError)(f"the server at {owner.url}: {problem}")


def _problem(response: httpx.Response) -> str:
    try:
        body: Any = response.json()
        return " ".join(filter(None, (body["title"], body.get("detail"))))
    except (ValueError, KeyError, AttributeError, TypeError):
        return f"status {response.status_code}"


def print_replay(console: Console, replay: ReplayBody) -> None:
    """The question, the state of the collection, and each difference with both sides."""
    console.print(Text(f"{replay.question}\n", style="bold"))
    if replay.collection_state != "active":
        searched = "it was searched" if replay.collection_state == "kept" else "the active one was searched"
        console.print(Text(f"The collection {replay.collection} is {replay.collection_state}: {searched}."))
    for difference in replay.differences:
        _print_difference(console, difference)
    count = len(replay.differences)
    if count:
        console.print(Text(f"{count} {'difference' if count == 1 else 'differences'}", style="yellow"))
    else:
        console.print(Text("The same answer from the same passages.", style="green"))


def _print_difference(console: Console, difference: DifferenceBody) -> None:
    console.print(Text(difference.what, style="bold"))
    for sign, style, value in (("-", "red", difference.recorded), ("+", "green", difference.replayed)):
        values = value if isinstance(value, list) else [value]
        for one in values[:_SHOWN]:
            shown = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
            console.print(Text(f"  {sign} {shown}", style=style), soft_wrap=True)
        if len(values) > _SHOWN:
            console.print(Text(f"  {sign} and {len(values) - _SHOWN} more", style=style))
