"""Queries on the figures of evaluations, over time. They never commit; `Database.run` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.rows import bounded, columns_of, values_of
from storage_config.records.tables import EVALUATIONS

MAX_KEPT = 500  # of a corpus, by name; the oldest leave
_EVALUATIONS = EVALUATIONS.c


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """The figures of one run of a golden set over a corpus, by name, at `made_at`: no question and no answer of it.

    `fingerprint` names what cut and embedded the pages. `figures` are `questions`, shares as `{hits, of}` by name, and
    `means` as `{value, of}` by name.
    """

    id: UUID
    corpus: str
    golden: str
    fingerprint: str
    made_at: datetime
    figures: Mapping[str, Any]


_EVALUATION = columns_of(EVALUATIONS, StoredEvaluation)


async def record_evaluation(session: AsyncSession, evaluation: StoredEvaluation) -> None:
    """Keeps the figures, and of the corpus the newest 500 in all. Recording the same once more changes nothing."""
    values = insert(EVALUATIONS).values(values_of(evaluation))
    await session.execute(values.on_conflict_do_nothing(index_elements=["id"]))
    newest = _of_corpus(evaluation.corpus).limit(MAX_KEPT)
    old = (_EVALUATIONS.corpus == evaluation.corpus) & _EVALUATIONS.id.not_in(newest)
    await session.execute(delete(EVALUATIONS).where(old))


async def list_evaluations(session: AsyncSession, *, corpus: str, limit: int) -> list[StoredEvaluation]:
    """The newest evaluations of the corpus, the newest first, at most 200."""
    query = select(*_EVALUATION).where(_EVALUATIONS.id.in_(_of_corpus(corpus).limit(bounded(limit))))
    rows = await session.execute(query.order_by(_EVALUATIONS.made_at.desc(), _EVALUATIONS.id.desc()))
    return [StoredEvaluation(*row) for row in rows]


def _of_corpus(corpus: str) -> Any:
    """The ids of the corpus's evaluations, the newest first."""
    query = select(_EVALUATIONS.id).where(_EVALUATIONS.corpus == corpus)
    return query.order_by(_EVALUATIONS.made_at.desc(), _EVALUATIONS.id.desc())
