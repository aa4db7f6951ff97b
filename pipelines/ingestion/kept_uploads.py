"""Uploaded pages, read anew from what was sent where other readers than today's read them."""

import asyncio
from collections.abc import Callable, Container, Sequence
from functools import partial

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, upload_hash
from pipelines.errors import PageError
from pipelines.ingestion.plan import PagePlan
from pipelines.types import PageFailure, Upload
from storage_config.postgres.database import Database, Session
from storage_config.records.documents import DocumentState
from storage_config.records.uploads import StoredUpload, delete_uploads, get_upload, save_upload

ReadUpload = Callable[[Upload], Document]
_NOT_KEPT = (
    "was uploaded when uploads did not keep their files: it stays as the readers of then read it until it is uploaded "
    "again"
)


class KeptUploads:
    """Reads uploads of the corpus by `read`, which sees no file of the source."""

    def __init__(self, spec: CorpusSpec, database: Database, read: ReadUpload) -> None:
        self._database, self._read = database, read
        self._turn = asyncio.Lock()  # one at a time is read: those that wait hold no thread
        self._read_with = upload_hash(spec)

    async def read(self, upload: Upload) -> Document:
        """The page that was sent. Raises PageError."""
        async with self._turn:
            document = await asyncio.to_thread(self._read, upload)
        document.metadata |= {"origin": "upload", "read_with": self._read_with}
        return document

    async def read_again(
        self, states: Sequence[DocumentState], taken: Container[str]
    ) -> tuple[list[Document | PageFailure], list[PageFailure]]:
        """The uploads that others than today's readers read, and warnings of those that no reader can read again.

        One whose uri is `taken` by a page of the source is left to it.
        """
        pages: list[Document | PageFailure] = []
        warnings: list[PageFailure] = []
        stale = [one for one in states if one.origin == "upload" and one.read_with != self._read_with]
        for state in stale:
            if state.uri in taken or state.content_hash is None:
                continue
            sent = await self._database.run(partial(get_upload, document_id=state.id))
            if sent is None:
                warnings.append(PageFailure(state.uri, _NOT_KEPT))
                continue
            try:
                pages.append(await self.read(Upload(sent.kind, sent.data, state.uri, sent.url)))
            except PageError as error:
                pages.append(PageFailure(state.uri, error.reason))
        return pages, warnings


async def save_uploads(session: Session, pages: Sequence[PagePlan]) -> None:
    """Keeps what was sent as these pages; what was sent as a page that is the source's by now is forgotten."""
    for page in pages:
        if page.upload is not None and page.document is not None:
            kept = StoredUpload(page.upload.kind, page.upload.data, page.upload.url)
            await save_upload(session, document_id=page.unpack().metadata["document_id"], upload=kept)
    were = {page.state.id: page.document for page in pages if page.state is not None and page.state.origin == "upload"}
    taken = [key for key, document in were.items() if document and document.metadata.get("origin") != "upload"]
    if taken:
        await delete_uploads(session, document_ids=taken)
