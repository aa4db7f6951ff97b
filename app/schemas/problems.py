"""Problem documents (RFC 9457)."""

from pydantic import BaseModel

from app.schemas.bodies import StrictBody


class FieldProblemBody(StrictBody):
    """One wrong field."""

    field: str
    message: str


class ProblemBody(BaseModel):
    """A problem document (RFC 9457). `type` is stable; further members depend on it."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblemBody] | None = None
    corpora: list[str] | None = None
    closest: list[str] | None = None
    question: str | None = None
    url: str | None = None
    retry_after: int | None = None
    request_id: str | None = None
