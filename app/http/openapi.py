"""The OpenAPI document: what FastAPI derives from the routes, and what holds for every route.

Failures that any route can end in are added here once, as problem documents (RFC 9457), or in OpenAI's shape on its
wire. `docs/openapi.json` is a copy that a test compares with the code; `make openapi` writes it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from app.errors import EXAMPLES, PROBLEM_MEDIA_TYPE
from app.schemas.stream_parts import UiMessagePart

Json = dict[str, Any]
OPENAI_PREFIX = "/v1/"
_REF = "#/components/schemas/"
_PROBLEM, _OPENAI_ERROR, _DERIVED_ERROR = "ProblemBody", "CompletionErrorBody", "HTTPValidationError"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_ANY_FAILURE: Mapping[int, str] = {
    400: "The request cannot be read: no JSON, or nested too deep",
    401: "A credential is missing or not valid",
    403: "The caller may not do this",
    422: "A field is wrong; `errors` names it and what is allowed",
    429: "Too many requests, or the day's budget is spent; see `Retry-After`",
    500: "A fault of ours; the log has it under the request id",
    503: "The database, the search or a vendor cannot be reached; see `Retry-After`",
}
_BODY_FAILURE: Mapping[int, str] = {408: "The body came too slowly", 413: "The body is too large"}
_SECURITY: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A JWT or session token of Better Auth, an API key (`fn_…`), or a visitor's token.",
    },
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "An API key."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "better-auth.session_token",
        "description": "Better Auth's session, on the same site.",
    },
}
TAGS = (
    {"name": "chat", "description": "Ask, and get an answer whose sentences are footnoted and checked."},
    {"name": "search", "description": "Find passages, without an answer; what they can be filtered by."},
    {"name": "conversations", "description": "What was said, read back as it was; ratings of answers."},
    {"name": "documents", "description": "The pages in which every quote can be checked."},
    {"name": "ingestions", "description": "Bring the index up to date with the pages."},
    {"name": "insights", "description": "What went unanswered, and what is cited."},
    {"name": "curation", "description": "Answers and questions to begin with, in the owner's own words."},
    {"name": "credentials", "description": "API keys, and tokens for visitors of a website."},
    {"name": "openai", "description": "OpenAI's chat completions; a model is a corpus."},
    {"name": "llms.txt", "description": "The pages as text for language models."},
    {"name": "health", "description": "Is it well?"},
    {"name": "status", "description": "How far the corpora are, and what is stored."},
)


def complete_document(app: FastAPI) -> None:
    """Have `app.openapi()` say what holds for every route."""
    generate = app.openapi

    def openapi() -> Json:
        if app.openapi_schema is None:
            _complete(generate())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: Json) -> None:
    schemas = document["components"]["schemas"]
    _define(schemas, "UiMessagePart", TypeAdapter(UiMessagePart))
    document["components"]["securitySchemes"] = _SECURITY
    document["security"] = [{}, *({name: []} for name in _SECURITY)]
    used = {tag for _, operation in _operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [tag for tag in TAGS if tag["name"] in used]
    for path, operation in _operations(document):
        responses = operation["responses"]
        is_openai = path.startswith(OPENAI_PREFIX)
        error = _OPENAI_ERROR if is_openai else _PROBLEM
        _add_failures(responses, error=error, has_body="requestBody" in operation)
        if is_openai:
            del responses["422"]  # that protocol says 400
        for status, response in responses.items():
            _say_problem(response, status)
    for name in (_DERIVED_ERROR, "ValidationError"):
        schemas.pop(name, None)


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        yield from ((path, operation) for method, operation in item.items() if method in _METHODS)


def _define(schemas: Json, name: str, adapter: TypeAdapter[Any]) -> None:
    schema = adapter.json_schema(ref_template=_REF + "{model}")
    for part, definition in schema.pop("$defs", {}).items():
        schemas.setdefault(part, definition)
    schemas[name] = schema


def _add_failures(responses: Json, *, error: str, has_body: bool) -> None:
    for status, description in {**_ANY_FAILURE, **(_BODY_FAILURE if has_body else {})}.items():
        derived = responses.get(str(status), {}).get("content", {}).get("application/json", {}).get("schema", {})
        if not derived or derived.get("$ref") == _REF + _DERIVED_ERROR:
            content = {"application/json": {"schema": {"$ref": _REF + error}}}
            responses[str(status)] = {"description": description, "content": content}


def _say_problem(response: Json, status: str) -> None:
    """Problem documents have a media type of their own, also beside another body of the same status."""
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema", {}).get("$ref") == _REF + _PROBLEM:
        example = EXAMPLES[int(status)].body("0192f0c1-7000-7000-8000-000000000000")
        content[PROBLEM_MEDIA_TYPE] = {**content.pop("application/json"), "example": example}
