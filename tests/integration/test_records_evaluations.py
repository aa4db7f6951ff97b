"""The figures of evaluations, on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from storage_config.postgres.database import Database
from storage_config.records import evaluations
from storage_config.records.evaluations import StoredEvaluation, list_evaluations, record_evaluation
from storage_config.records.ids import new_id

FIRST = StoredEvaluation(
    id=new_id(),
    corpus="docs",
    golden="golden.jsonl",
    fingerprint="f1",
    made_at=datetime(2026, 11, 1, tzinfo=UTC),
    figures={"questions": 1, "right": {"hits": 1, "of": 1}, "means": {}},
)


async def test_the_newest_of_a_corpus_are_kept_once_each(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluations, "MAX_KEPT", 3)
    runs = [replace(FIRST, id=new_id(), made_at=FIRST.made_at + timedelta(days=day)) for day in range(5)]
    other = replace(FIRST, id=new_id(), corpus="other")
    for one in (other, *runs, runs[-1]):
        await database.run(partial(record_evaluation, evaluation=one))
    assert await database.run(lambda session: list_evaluations(session, corpus="docs", limit=9)) == runs[:1:-1]
    assert await database.run(lambda session: list_evaluations(session, corpus="docs", limit=1)) == [runs[-1]]
    assert await database.run(lambda session: list_evaluations(session, corpus="other", limit=9)) == [other]
