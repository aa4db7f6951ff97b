"""An answer as one JSON object: the native wire."""

from collections.abc import Mapping
from uuid import UUID

from app.schemas.answers import identified_members
from app.wires.encoding import dump_json
from pipelines.types import Answer


def dump_answer(answer: Answer, *, answer_id: UUID, conversation_id: UUID) -> bytes:
    """The `Answer` object of the API as UTF-8 JSON."""
    return dump_json(identified_members(answer, answer_id=answer_id, conversation_id=conversation_id))


def server_timing(timings: Mapping[str, float]) -> str:
    """Timings as a `Server-Timing` header (W3C Server Timing); durations are milliseconds."""
    return ", ".join(f"{name.removesuffix('_ms')};dur={value:.2f}" for name, value in timings.items())
