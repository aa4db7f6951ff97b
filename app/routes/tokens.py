"""`POST /api/v1/tokens/anonymous`: a short-lived token for somebody who reads without signing in."""

from fastapi import APIRouter, Request, Response

from app.auth.credentials import read_credential, read_origin
from app.auth.visitors import Visitor, VisitorTokens
from app.dependencies import STRANGER, StateDep, admit
from app.errors import OriginRefused
from app.schemas.credentials import VisitorTokenBody
from app.schemas.problems import ProblemBody

router = APIRouter(tags=["credentials"])


@router.post(
    "/tokens/anonymous",
    summary="Get a token for a visitor",
    responses={code: {"model": ProblemBody} for code in (401, 403, 429)},
)
async def create_visitor_token(request: Request, response: Response, state: StateDep) -> VisitorTokenBody:
    """A token for pages of the website that asks (FOOTNOTED_ALLOWED_ORIGINS), of no use to others.

    Shown with a token that still works, it goes on with that visitor, who keeps their conversations, for a day.
    """
    await admit(request, state, STRANGER, "read")
    visitors, origin = state.verifiers.visitors, read_origin(request.headers)
    if visitors is None:
        raise OriginRefused
    token = visitors.issue(origin, visitor=_read_visitor(request, visitors, origin))
    response.headers["cache-control"] = "no-store"
    return VisitorTokenBody(token=token.value, expires_in=token.expires_in)


def _read_visitor(request: Request, visitors: VisitorTokens, origin: str | None) -> Visitor | None:
    shown = read_credential(request)
    return visitors.verify(shown.value, origin=origin) if shown is not None and shown.kind == "visitor" else None
