"""What routes ask for, as `Annotated` aliases."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.auth.authenticator import Authenticator
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


def read_state(request: HTTPConnection) -> AppState:
    """The application's state, set by its lifespan."""
    return cast(AppState, request.app.state.footnoted)


StateDep = Annotated[AppState, Depends(read_state)]


async def read_caller(request: HTTPConnection, state: StateDep) -> Caller:
    """Who is asking. Raises NotSignedIn."""
    return await state.authenticator.identify(request)


CallerDep = Annotated[Caller, Depends(read_caller)]


def check_role(caller: Caller, role: Role) -> None:
    """Nothing, where the caller has at least that role. Raises NotSignedIn and RoleMissing."""
    if not caller.may(role):
        raise NotSignedIn if caller.kind == "anonymous" else RoleMissing


def require(role: Role) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: the caller, who has at least that role. Raises NotSignedIn and RoleMissing."""

    async def caller_with_role(caller: CallerDep) -> Caller:
        check_role(caller, role)
        return caller

    return caller_with_role


ReaderDep = Annotated[Caller, Depends(require("reader"))]
WriterDep = Annotated[Caller, Depends(require("writer"))]
OwnerDep = Annotated[Caller, Depends(require("owner"))]
