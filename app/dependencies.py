"""What routes ask for, as `Annotated` aliases."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.auth.authenticator import Authenticator, Issuers
from app.auth.callers import Caller, Role
from app.chat import Chat, Recording
from app.errors import NotSignedIn, RoleMissing
from app.ingestions import Ingestions
from app.observations import Observations
from app.resources import Resources


@dataclass(frozen=True, slots=True)
class AppState:
    """What the application holds while it runs."""

    resources: Resources
    chat: Chat
    ingestions: Ingestions
    recording: Recording
    observations: Observations
    authenticator: Authenticator
    issuers: Issuers


def read_state(request: HTTPConnection) -> AppState:
    """The application's state, set by its lifespan."""
    return cast(AppState, request.app.state.footnoted)


StateDep = Annotated[AppState, Depends(read_state)]


def check_role(caller: Caller, role: Role) -> None:
    """Nothing, where the caller has at least that role. Raises NotSignedIn and RoleMissing."""
    if not caller.may(role):
        raise NotSignedIn if caller.kind == "anonymous" else RoleMissing


async def read_caller(request: HTTPConnection, state: AppState, role: Role) -> Caller:
    """Who is asking, and has at least that role; above `reader` what they show is confirmed with the database.

    Raises NotSignedIn, RoleMissing and OriginRefused.
    """
    caller = await state.authenticator.identify(request, confirmed=role != "reader")
    check_role(caller, role)
    return caller


def require(role: Role) -> Callable[[HTTPConnection, AppState], Awaitable[Caller]]:
    """A dependency: the caller, who has at least that role. Raises what `read_caller` raises."""

    async def caller_with_role(request: HTTPConnection, state: StateDep) -> Caller:
        return await read_caller(request, state, role)

    return caller_with_role


ReaderDep = Annotated[Caller, Depends(require("reader"))]
WriterDep = Annotated[Caller, Depends(require("writer"))]
OwnerDep = Annotated[Caller, Depends(require("owner"))]
