"""The HTTP application: its lifespan, its routes and how its failures look."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.auth.authenticator import Authenticator, build_policy, open_verifiers
from app.conversations.retention import Retention, keep_sweeping
from app.conversations.store import Conversations, StoredConversations
from app.conversations.use_cases import UseCases, open_use_cases
from app.corpus.ingestions import Ingestions
from app.corpus.llms_txt import LlmsTexts
from app.dependencies import AppState, read_state
from app.errors import (
    PROBLEM_MEDIA_TYPE,
    AppError,
    FieldProblem,
    InvalidRequest,
    LimitsUnavailable,
    Problem,
    log_fields,
    problem_of,
    problem_of_status,
    read_field_problems,
)
from app.http.connection import BEGIN_SHUTDOWN
from app.http.error_middleware import ErrorMiddleware
from app.http.host_guard import HostGuard, PeerMiddleware
from app.http.openapi import complete_document
from app.http.request_context import RequestContextMiddleware
from app.mcp.tools import Tools
from app.probing import probe_dependencies
from app.routes import (
    api_keys,
    chat,
    completions,
    conversations,
    corpora,
    curated_answers,
    documents,
    evaluations,
    feedback,
    health,
    ingestions,
    insights,
    llms_txt,
    mcp,
    readers,
    replays,
    searches,
    shares,
    spending,
    status,
    suggested_questions,
    suggestions,
    tokens,
    web,
)
from app.telemetry.metrics import serve_metrics
from app.telemetry.span_export import export_spans
from app.wires import openai
from pipelines.answering import compared_sides, question_kinds
from pipelines.errors import PipelineError
from storage_config.errors import StorageError
from storage_config.postgres.database import Database
from storage_config.settings import Settings

if TYPE_CHECKING:
    from pipelines.bootstrap import Resources

OpenResources: TypeAlias = "Callable[[Settings], AbstractAsyncContextManager[Resources]]"

_OPENAI = "/v1"  # what its clients append their paths to
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# What a page of another origin may read of an answer.
_READABLE_HEADERS = (
    "x-request-id", "server-timing", "retry-after", "ratelimit", "ratelimit-policy", "x-vercel-ai-ui-message-stream",
    "mcp-session-id", "location",
)  # fmt: skip
# Patterns that take a while to make: beside the start, so that no question waits for them.
_PATTERNS = (question_kinds.make_patterns, compared_sides.make_patterns)
_log = structlog.get_logger(__name__)


def create_app(
    settings: Settings,
    open_resources: OpenResources,
    *,
    listens_on: str | None,
    build_conversations: Callable[[Database], Conversations] = StoredConversations,
) -> FastAPI:
    """The application over what `open_resources(settings)` opens while it runs.

    `listens_on` is the host of the server that calls it, which says what names it answers to; None where none does.
    """
    app = FastAPI(
        title="Footnoted",
        version=version("footnoted"),
        summary="Answers from a documentation or book site, each sentence footnoted and checked.",
        lifespan=_lifespan(settings, open_resources, build_conversations),
        docs_url=None,  # both load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        # Our own spans and numbers know what must stay out of them; FastAPI's would carry query strings.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    known = (
        chat,
        searches,
        corpora,
        suggestions,
        conversations,
        shares,
        readers,
        documents,
        feedback,
        ingestions,
        insights,
        curated_answers,
        suggested_questions,
        evaluations,
        replays,
        tokens,
        api_keys,
        health,
        status,
        spending,
    )
    for routes in known:
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(completions.router, prefix=_OPENAI)
    app.include_router(mcp.router)
    app.include_router(llms_txt.router)
    app.include_router(web.router)
    _add_middleware(app, settings, listens_on)
    _add_exception_handlers(app)
    complete_document(app)
    return app


def _add_middleware(app: FastAPI, settings: Settings, listens_on: str | None) -> None:
    """From the inside out: the last one sees a request first."""
    app.add_middleware(ErrorMiddleware, answer=_on_unknown)
    if listens_on is not None:
        app.add_middleware(HostGuard, settings=settings, listens_on=listens_on, refuse=_respond)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,  # the session's cookie; origins are exact
        allow_methods=_METHODS,
        allow_headers=["*"],
        expose_headers=_READABLE_HEADERS,
    )
    has_proxy = bool(settings.trusted_proxies)
    app.add_middleware(
        RequestContextMiddleware,
        always_https=settings.environment == "production",
        has_proxy=has_proxy,
        max_upload_bytes=settings.max_upload_bytes,
        note_request=partial(_note_request, app),
    )
    if has_proxy:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
        app.add_middleware(PeerMiddleware)


def _lifespan(
    settings: Settings, open_resources: OpenResources, build_conversations: Callable[[Database], Conversations]
) -> Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        async with (
            export_spans(settings),
            open_resources(settings) as resources,
            open_verifiers(settings, resources.database) as verifiers,
            open_use_cases(resources, build_conversations=build_conversations) as use_cases,
            mcp.open_mcp(
                Tools(use_cases.chat, use_cases.searches, use_cases.library, settings.max_question_chars)
            ) as manager,
            keep_sweeping(resources.database, Retention.from_settings(settings)),
        ):
            app.state.footnoted = state = AppState(
                resources=resources,
                use_cases=use_cases,
                ingestions=_build_ingestions(resources, use_cases),
                authenticator=Authenticator(verifiers, build_policy(settings), local_token=resources.local_token),
                verifiers=verifiers,
                llms_texts=LlmsTexts(resources.database),
                mcp=manager,
            )
            making = asyncio.gather(*(asyncio.to_thread(one) for one in _PATTERNS))
            await _probe_at_start(resources, use_cases)
            with serve_metrics(settings, use_cases.meter.metrics):
                yield {BEGIN_SHUTDOWN: use_cases.turns.begin_shutdown}
            await state.ingestions.close()
            await making

    return lifespan


async def _probe_at_start(resources: "Resources", use_cases: UseCases) -> None:
    """A server whose counters are away starts all the same, and says what it knows of its own stores."""
    try:
        await probe_dependencies(resources, use_cases, None)
    except LimitsUnavailable:
        use_cases.observations.note_probes(await resources.check_health(without=resources.paid_probes))


def _build_ingestions(resources: "Resources", use_cases: UseCases) -> Ingestions:
    corpora = {name: corpus.ingestion for name, corpus in resources.corpora.items()}

    def on_finished(told: Mapping[str, Any]) -> None:
        use_cases.webhooks.send("ingestion.finished", told)
        pages = told.get("pages", {})
        if pages.get("added") or pages.get("changed") or pages.get("removed"):
            use_cases.reasking.start(told["corpus"])

    return Ingestions(corpora, watch=use_cases.meter.metrics.note_ingestion, on_finished=on_finished)


def _note_request(app: FastAPI, **numbers: Any) -> None:
    """What answers are counted by, once there is anything to count with: a server that starts answers nobody."""
    state: AppState | None = getattr(app.state, "footnoted", None)
    if state is not None:
        state.use_cases.meter.metrics.note_request(**numbers)


def _add_exception_handlers(app: FastAPI) -> None:
    for cls in (AppError, PipelineError, StorageError):
        app.add_exception_handler(cls, _on_known)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_status)


async def _on_known(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.kind.status >= 500:
        _log.warning("request_failed", **log_fields(error))
        read_state(request).use_cases.observations.note_failure(error)
    return _respond(request, problem)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = read_field_problems(error.errors())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if [field.field for field in fields] == ["body"] and not kind.endswith("json"):
        # What came is read as a text, and any other word about it would mislead.
        told = f"must be JSON, with content-type: application/json, not {kind[:60] or 'none'}"
        fields = (FieldProblem("body", told),)
    return _respond(request, problem_of(InvalidRequest(*fields)))


async def _on_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == 405:
        headers["allow"] = ", ".join(_allowed_methods(request))
    return _respond(request, problem_of_status(error.status_code), headers=headers)


def _allowed_methods(request: Request) -> list[str]:
    """Of every route at the address (RFC 9110, 15.5.6): the router names those of the first only."""
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    return [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)
    ]


async def _on_unknown(request: Request, error: Exception) -> Response:
    _log.error("request_broken", exc_info=error)
    return _respond(request, problem_of(error))


def _respond(request: Request, problem: Problem, *, headers: Any = None) -> Response:
    more = dict(headers or {})
    if problem.retry_after is not None:
        more["retry-after"] = str(problem.retry_after)
    if problem.kind.status == 401:
        more["www-authenticate"] = "Bearer"  # RFC 9110, 11.6.1
    if request.url.path.startswith(f"{_OPENAI}/"):
        body = openai.dump_error(problem, request.state.request_id)
        return Response(body, status_code=openai.status_of(problem), media_type="application/json", headers=more)
    return JSONResponse(
        problem.body(request.state.request_id),
        status_code=problem.kind.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=more,
    )
