"""The pages of the server itself, and the files that they and the pages with the chat element load."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from app.dependencies import StateDep
from app.http.web_files import WebFile, read_web_files, send_web_file

router = APIRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]
_FOLDER = Path(__file__).parents[1] / "web"
# Where users sign in, what each page may then do: list what the server knows of its reader, try the owner's session.
_WITH_SESSIONS = {
    "index.html": (b'<footnoted-chat mode="full"', b'<footnoted-chat mode="full" credentials'),
    "owner.html": (b"<body", b'<body data-sessions="true"'),
}


@router.api_route("/", methods=_METHODS)
async def show_chat(request: Request, state: StateDep) -> Response:
    """The chat page."""
    return _send_page(request, "index.html", has_sessions=state.verifiers.sessions is not None)


@router.api_route("/shared", methods=_METHODS)
async def show_shared(request: Request) -> Response:
    """The page of shared conversations, which reads what the link names behind its `#`."""
    return _send_page(request, "shared.html", has_sessions=False)


@router.api_route("/owner", methods=_METHODS)
async def show_owner(request: Request, state: StateDep) -> Response:
    """The owner's page, which shows nothing of itself."""
    return _send_page(request, "owner.html", has_sessions=state.verifiers.sessions is not None)


@router.api_route("/assets/{name}", methods=_METHODS)
async def send_asset(request: Request, name: str) -> Response:
    """A file by its name, which is looked up and never part of a path."""
    file = _files().get(name)
    if file is None:
        raise HTTPException(404)
    return send_web_file(request, file)


def _send_page(request: Request, name: str, *, has_sessions: bool) -> Response:
    response = send_web_file(request, _page(name, has_sessions))
    response.headers["cache-control"] = "no-cache"
    return response


@cache
def _page(name: str, has_sessions: bool) -> WebFile:
    page = _files()[name]
    return WebFile(page.body.replace(*_WITH_SESSIONS[name], 1), page.media_type) if has_sessions else page


@cache
def _files() -> dict[str, WebFile]:
    return read_web_files(_FOLDER)
