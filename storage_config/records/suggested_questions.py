"""Queries on questions to begin with that owners write over the API. They never commit; `Database.run` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.corpora import ensure_corpus
from storage_config.records.ids import new_id
from storage_config.records.rows import columns_of
from storage_config.records.tables import CORPORA, SUGGESTED_QUESTIONS

MAX_PAGES = 2_000  # of a corpus that have questions
_PAGES = SUGGESTED_QUESTIONS.c


@dataclass(frozen=True, slots=True)
class SuggestedQuestions:
    """The questions of a page. `path` is its path behind the corpus's base url, empty for the site."""

    path: str
    questions: list[str]
    updated_at: datetime


async def list_suggested_questions(
    session: AsyncSession, *, corpus: str, path: str | None = None
) -> list[SuggestedQuestions]:
    """Those of the corpus by path; with a `path` its own alone."""
    condition = _of_corpus(corpus) if path is None else _of_corpus(corpus) & (_PAGES.path == path)
    query = select(*columns_of(SUGGESTED_QUESTIONS, SuggestedQuestions)).where(condition).order_by(_PAGES.path)
    return [SuggestedQuestions(*row) for row in await session.execute(query)]


async def read_suggested_version(session: AsyncSession, *, corpus: str) -> tuple[int, datetime | None]:
    """How many pages have questions and when one's were last saved: equal where nothing changed."""
    query = select(func.count(), func.max(_PAGES.updated_at)).where(_of_corpus(corpus))
    count, changed_at = (await session.execute(query)).one()
    return int(count), changed_at


async def save_suggested_questions(session: AsyncSession, *, corpus: str, path: str, questions: Sequence[str]) -> bool:
    """Keeps the questions of a page in place of those before; none forget the page. False where there are too many.

    Who saves some for the same corpus at the same time waits for their turn.
    """
    kept = await ensure_corpus(session, name=corpus)
    await session.execute(select(CORPORA.c.id).where(CORPORA.c.id == kept.id).with_for_update())
    here = (_PAGES.corpus_id == kept.id) & (_PAGES.path == path)
    if not questions:
        await session.execute(delete(SUGGESTED_QUESTIONS).where(here))
        return True
    others = select(func.count()).where((_PAGES.corpus_id == kept.id) & (_PAGES.path != path))
    if (await session.execute(others)).scalar_one() >= MAX_PAGES:
        return False
    changes = {"questions": list(questions), "updated_at": func.now()}
    values = {"id": new_id(), "corpus_id": kept.id, "path": path, **changes}
    saved = insert(SUGGESTED_QUESTIONS).values(values)
    await session.execute(saved.on_conflict_do_update(index_elements=["corpus_id", "path"], set_=changes))
    return True


def _of_corpus(corpus: str) -> ColumnElement[bool]:
    return _PAGES.corpus_id.in_(select(CORPORA.c.id).where(CORPORA.c.name == corpus))
