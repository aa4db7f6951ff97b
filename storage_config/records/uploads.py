"""Queries on what was sent as uploaded pages. They never commit; `Database.run` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.ids import new_id
from storage_config.records.tables import UPLOADS
from storage_config.vocabulary import PageFormat


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A page as it was sent; `url` None is derived from its uri."""

    kind: PageFormat
    data: bytes
    url: str | None


async def save_upload(session: AsyncSession, *, document_id: UUID, upload: StoredUpload) -> None:
    """Keeps what the document was made of, in place of what was kept before."""
    sent = {"kind": upload.kind, "data": upload.data, "url": upload.url}
    statement = insert(UPLOADS).values(id=new_id(), document_id=document_id, **sent)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["document_id"], set_={**sent, "created_at": func.now()})
    )


async def get_upload(session: AsyncSession, *, document_id: UUID) -> StoredUpload | None:
    """What the document was made of; None where it is no upload, or was sent before its bytes were kept."""
    query = select(UPLOADS.c.kind, UPLOADS.c.data, UPLOADS.c.url).where(UPLOADS.c.document_id == document_id)
    row = (await session.execute(query)).one_or_none()
    return StoredUpload(*row) if row else None


async def delete_uploads(session: AsyncSession, *, document_ids: Sequence[UUID]) -> None:
    """Forgets what these documents were made of; they themselves stay."""
    await session.execute(delete(UPLOADS).where(UPLOADS.c.document_id == func.any(list(document_ids))))
