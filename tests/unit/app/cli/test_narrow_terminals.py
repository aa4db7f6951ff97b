"""What is shown in 80 columns: no name, id or date is cut."""

import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from rich.console import Console

from app.cli import status
from app.cli.keys import print_keys
from app.schemas.credentials import KeyBody
from app.schemas.status import StatusBody

_MOMENT = datetime(2026, 11, 29, 9, 48, tzinfo=UTC)
_LONG = "handbook-of-everything-96841fe866225ec0"


def _narrow() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=80), out


def test_keys() -> None:
    console, out = _narrow()
    key_id = UUID(int=7)
    key = KeyBody(
        id=key_id,
        name="ci of the handbook",
        role="writer",
        groups=["staff"],
        created_at=_MOMENT,
        last_used_at=None,
        revoked_at=None,
    )
    print_keys(console, [key])
    assert out.getvalue().splitlines() == [
        "ci of the handbook  writer of staff, valid",
        f"  {key_id}  made 2026-11-29 09:48, last used never",
    ]


def test_the_state_of_a_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    console, out = _narrow()
    monkeypatch.setattr(status, "out", console)
    usage = {"bytes": 1_000_000, "limit_bytes": 4_000_000_000, "estimated": False}
    counts = {"indexed": 86, "pending": 1, "failed": 2}
    corpus = {"corpus": "handbook", "collection": _LONG, "points": 3465, "bytes": 9_000_000, "documents": counts}
    corpus |= {"last_run": None}
    found = StatusBody.model_validate({"qdrant": usage, "postgres": usage, "corpora": [corpus]})
    status._print_status(found)
    assert out.getvalue().splitlines()[2:] == [
        "handbook",
        "  86 pages indexed, 1 pending, 2 failed",
        f"  3465 points, 9.0 MB, in {_LONG}",
        "  never ingested: footnoted ingest",
    ]
