"""Queries on corpora: which collection serves readers, and the switch to another one. They never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.ids import new_id
from storage_config.records.rows import columns_of
from storage_config.records.tables import CORPORA


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus. Readers are served from `active_collection`; `retired_collections` are still to be dropped.

    `shape` is what a query must share with the active collection: embedding, dimension and language. `editions` are
    the published ones beside the default one (`PublishedEdition.as_json`).
    """

    id: UUID
    name: str
    active_collection: str | None
    fingerprint: str | None
    shape: dict[str, Any]
    retired_collections: list[str]
    editions: list[dict[str, Any]]
    revision: int = 0  # raised with each commit of pages


_CORPUS = columns_of(CORPORA, Corpus)


async def ensure_corpus(session: AsyncSession, *, name: str) -> Corpus:
    """The corpus of that name, made where it is missing."""
    if found := await get_corpus(session, name=name):
        return found
    await session.execute(
        insert(CORPORA).values(id=new_id(), name=name).on_conflict_do_nothing(index_elements=["name"])
    )
    # Another session may have made it meanwhile: READ COMMITTED sees that row now.
    return Corpus(*(await session.execute(select(*_CORPUS).where(CORPORA.c.name == name))).one())


async def get_corpus(session: AsyncSession, *, name: str) -> Corpus | None:
    """The corpus of that name; None where nothing was ever ingested into it."""
    row = (await session.execute(select(*_CORPUS).where(CORPORA.c.name == name))).one_or_none()
    return Corpus(*row) if row else None


async def list_corpora(session: AsyncSession) -> list[Corpus]:
    """Every corpus by name, also those that are declared no more."""
    return [Corpus(*row) for row in await session.execute(select(*_CORPUS).order_by(CORPORA.c.name))]


async def activate_collection(
    session: AsyncSession, *, corpus_id: UUID, collection: str, fingerprint: str, shape: Mapping[str, Any]
) -> None:
    """Serves readers from `collection` from the commit on; the one before becomes retired. Repeating changes nothing.

    A collection that is activated again is retired no more. The corpus must exist.
    """
    row = (await session.execute(select(*_CORPUS).where(CORPORA.c.id == corpus_id).with_for_update())).one()
    before = Corpus(*row)
    if before.active_collection == collection:
        return
    older = (*before.retired_collections, before.active_collection)
    retired = [name for name in older if name not in (None, collection)]
    await session.execute(
        update(CORPORA)
        .where(CORPORA.c.id == corpus_id)
        .values(
            active_collection=collection,
            fingerprint=fingerprint,
            shape=dict(shape),
            retired_collections=retired,
            switched_at=func.now(),
        )
    )


async def save_editions(session: AsyncSession, *, corpus_id: UUID, editions: Sequence[Mapping[str, Any]]) -> None:
    """Notes which editions the corpus has beside the default one."""
    kept = [dict(one) for one in editions]
    await session.execute(update(CORPORA).where(CORPORA.c.id == corpus_id).values(editions=kept))


async def forget_retired_collection(session: AsyncSession, *, corpus_id: UUID, collection: str) -> None:
    """Notes that a retired collection is dropped."""
    locked = select(CORPORA.c.retired_collections).where(CORPORA.c.id == corpus_id).with_for_update()
    retired = (await session.execute(locked)).scalar_one()
    kept = [name for name in retired if name != collection]
    await session.execute(update(CORPORA).where(CORPORA.c.id == corpus_id).values(retired_collections=kept))
