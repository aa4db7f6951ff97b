"""An answer as one JSON object: the native wire."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.wires.encoding import dump_json
from pipelines.types import Answer


def dump_answer(answer: Answer, *, answer_id: UUID, conversation_id: UUID) -> bytes:
    """The `Answer` object of the API as UTF-8 JSON."""
    body: dict[str, Any] = {
        "id": answer_id,
        "conversation_id": conversation_id,
        "status": answer.status,
        "text": answer.text,
        "claims": answer.claims,
        "sources": answer.sources,
        "closest": answer.closest,
        "flags": answer.flags,
        "model": answer.model,
        "usage": answer.usage,
        "timings": dict(answer.timings),
    }
    return dump_json(body)


def server_timing(timings: Mapping[str, float]) -> str:
    """Timings as a `Server-Timing` header (W3C Server Timing); durations are milliseconds."""
    return ", ".join(f"{name.removesuffix('_ms')};dur={value:.2f}" for name, value in timings.items())
