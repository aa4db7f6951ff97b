"""What routes ask for, as `Annotated` aliases."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from app.auth.authenticator import Authenticator, CredentialVerifiers
from app.auth.callers import ANONYMOUS_SUBJECT, Caller
from app.auth.credentials import shows_credential
from app.conversations.metered_corpus import Asker
from app.conversations.use_cases import UseCases
from app.corpus.ingestions import Ingestions
from app.corpus.llms_txt import LlmsTexts
from app.errors import CorpusFileChanged, LimitReached, NotSignedIn, RoleMissing
from app.limits.addresses import address_of, queue_of
from app.limits.allowances import Action, rate_limit_fields
from app.schemas.bodies import CorpusName
from pipelines.corpus import choose_corpus
from storage_config.records.access import may_read
from storage_config.vocabulary import CallerRole

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from pipelines.bootstrap import Resources

# Whoever asks for what identifies them later: counted by address alone.
STRANGER = Caller(ANONYMOUS_SUBJECT, "reader", "anonymous")


@dataclass(frozen=True, slots=True)
class AppState:
    """What the application holds while it runs."""

    resources: "Resources"
    use_cases: UseCases
    ingestions: Ingestions
    authenticator: Authenticator
    verifiers: CredentialVerifiers
    llms_texts: LlmsTexts
    mcp: "StreamableHTTPSessionManager"


def read_state(request: HTTPConnection) -> AppState:
    """The application's state, set by its lifespan."""
    return cast(AppState, request.app.state.footnoted)


async def _state_of(request: HTTPConnection) -> AppState:
    """As `read_state`: what is not async, FastAPI runs in a thread."""
    return read_state(request)


StateDep = Annotated[AppState, Depends(_state_of)]


def check_role(caller: Caller, role: CallerRole) -> None:
    """Nothing, where the caller has at least that role. Raises NotSignedIn and RoleMissing."""
    if not caller.may(role):
        raise NotSignedIn if caller.kind == "anonymous" else RoleMissing(role)


async def read_caller(request: HTTPConnection, state: AppState, role: CallerRole, *, confirmed: bool = False) -> Caller:
    """Who is asking, and has at least that role.

    With `confirmed`, and above `reader` always, what they show is confirmed with the database. It counts as one request
    of theirs. Raises NotSignedIn, RoleMissing, OriginRefused and LimitReached.
    """
    identify = state.authenticator.identify
    caller = await count_caller(request, state, lambda: identify(request, confirmed=confirmed or role != "reader"))
    check_role(caller, role)
    return caller


async def count_caller(request: HTTPConnection, state: AppState, identify: Callable[[], Awaitable[Caller]]) -> Caller:
    """Who `identify` says is asking, counted as one request of theirs. Raises what it raises, and LimitReached."""
    address = address_of(request)
    try:
        await state.use_cases.meter.limits.check_sign_in(address)
    except LimitReached as error:
        _note_limit(request, state, error)
        raise
    try:
        caller = await identify()
    except NotSignedIn:
        # Who showed nothing guessed nothing, and must not lock out those who share the address.
        if shows_credential(request.headers):
            await state.use_cases.meter.limits.note_failed_sign_in(address)
        raise
    request.state.caller = caller
    await admit(request, state, caller, "read")
    return caller


def require(role: CallerRole, *, confirmed: bool = False) -> Callable[[HTTPConnection, AppState], Awaitable[Caller]]:
    """A dependency: the caller, who has at least that role. Raises what `read_caller` raises."""

    async def caller_with_role(request: HTTPConnection, state: StateDep) -> Caller:
        return await read_caller(request, state, role, confirmed=confirmed)

    return caller_with_role


async def admit(request: HTTPConnection, state: AppState, caller: Caller, action: Action) -> None:
    """Count the request; the response will say what is left. Raises LimitReached."""
    try:
        allowances = await state.use_cases.meter.limits.admit(action, caller, address_of(request))
    except LimitReached as error:
        _note_limit(request, state, error)
        raise
    if allowances:
        request.state.rate_limit_fields = rate_limit_fields(allowances)


def _note_limit(request: HTTPConnection, state: AppState, error: LimitReached) -> None:
    request.state.rate_limit_fields = error.fields
    state.use_cases.meter.metrics.note_limit(error.limit)


ReaderDep = Annotated[Caller, Depends(require("reader"))]
# For what a sign-in that has ended since must not do, though its JWT lasts for some minutes more.
ConfirmedReaderDep = Annotated[Caller, Depends(require("reader", confirmed=True))]
WriterDep = Annotated[Caller, Depends(require("writer"))]
OwnerDep = Annotated[Caller, Depends(require("owner"))]


async def read_asker(request: HTTPConnection, state: StateDep, caller: ReaderDep) -> Caller:
    """A reader who asks a question, counted as one. Raises NotSignedIn, RoleMissing and LimitReached."""
    await admit(request, state, caller, "ask")
    return caller


def asker_of(caller: Caller, request: HTTPConnection) -> Asker:
    """Who asks by this request, for what is counted."""
    return Asker(caller.kind, request.state.received_at, queue_of(caller, request), caller.reads)


def check_named(caller: Caller) -> None:
    """Nothing, for who can be told from others: all who show nothing are one caller. Raises NotSignedIn."""
    if caller.kind == "anonymous":
        raise NotSignedIn


AskerDep = Annotated[Caller, Depends(read_asker)]


def check_declared(state: AppState, corpus: str, declared: str | None) -> None:
    """Nothing, where the caller's corpus file says what the server's said. Raises CorpusFileChanged."""
    if declared is not None and declared != state.resources.corpora[corpus].declared:
        raise CorpusFileChanged(corpus)


async def read_corpus_name(
    state: StateDep,
    corpus: Annotated[CorpusName | None, Query(description="May be left out where there is one.")] = None,
) -> str:
    """The corpus that the query names; the only one where it names none. Raises UnknownCorpus."""
    return choose_corpus(corpus, state.resources.corpora)


CorpusDep = Annotated[str, Depends(read_corpus_name)]


def seen_corpora(state: AppState, caller: Caller) -> list[str]:
    """The names of the corpora that the caller may know of."""
    return [name for name, corpus in state.resources.corpora.items() if may_read(corpus.access, caller.reads)]


def is_closed(state: AppState, caller: Caller, corpus: str) -> bool:
    """Whether the corpus is one that the caller may not know of."""
    found = state.resources.corpora.get(corpus)
    return found is not None and not may_read(found.access, caller.reads)


async def read_seen_corpus_name(
    state: StateDep,
    caller: ReaderDep,
    corpus: Annotated[CorpusName | None, Query(description="May be left out where there is one.")] = None,
) -> str:
    """As `read_corpus_name`, of those that the caller may know of."""
    return choose_corpus(corpus, seen_corpora(state, caller))


SeenCorpusDep = Annotated[str, Depends(read_seen_corpus_name)]
