"""What routes ask for, as `Annotated` aliases."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from app.chat import Chat, Recording
from app.errors import OperatorOnly
from app.observations import Observations
from app.resources import Resources


@dataclass(frozen=True, slots=True)
class AppState:
    """What the application holds while it runs."""

    resources: Resources
    chat: Chat
    recording: Recording
    observations: Observations


def read_state(request: Request) -> AppState:
    """The application's state, set by its lifespan."""
    return cast(AppState, request.app.state.footnoted)


def require_operator(request: Request) -> None:
    """Let only clients of this machine through. Raises OperatorOnly."""
    host = request.client.host if request.client else ""
    try:
        allowed = ipaddress.ip_address(host.removeprefix("::ffff:")).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise OperatorOnly(host)


StateDep = Annotated[AppState, Depends(read_state)]
