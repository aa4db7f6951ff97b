"""Pages of a plan → pages with their nodes. A page on which the splitter raises fails alone."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from llama_index.core.ingestion import IngestionPipeline
from pydantic import PrivateAttr

from pipelines.corpus import CorpusSpec
from pipelines.errors import PageError
from pipelines.ingestion.plan import PagePlan
from pipelines.ingestion.prepared_page import PreparedPage
from pipelines.languages.known import LANGUAGES
from pipelines.readers.page_process import PageProcess, one_of
from pipelines.splitting.pieces import PagePiece, Shape, UncutPage, cut_pages
from pipelines.splitting.splitter import NodeIds, SectionSplitter
from pipelines.types import PageFailure

_log = logging.getLogger(__name__)


class _SplitterApart(SectionSplitter):
    """Cuts pages by a process that is ended where they take too much."""

    _process: PageProcess = PrivateAttr()

    def __init__(self, process: PageProcess, **fields: Any) -> None:
        super().__init__(**fields)
        self._process = process

    def cut(self, shape: Shape, pages: Sequence[UncutPage]) -> list[list[PagePiece]]:
        """As the splitter's own. Raises PageError."""
        size, named = sum(len(page.text) for page in pages), one_of([page.title for page in pages])
        return self._process.call(size, named, cut_pages, shape, pages)


class PageSplitter:
    """Splits pages as the corpus declares. What it makes carries `fingerprint`, the pipeline's.

    `process` says where pages are cut, each within a bound; without one they are cut here, without any.
    """

    def __init__(self, spec: CorpusSpec, fingerprint: str, process: PageProcess | None = None) -> None:
        self.fingerprint = fingerprint
        fields: dict[str, Any] = {
            "max_tokens": spec.chunk.max_tokens,
            "overlap_tokens": spec.chunk.overlap_tokens,
            "embedding": spec.embedding,
            "language": LANGUAGES[spec.language].code,
        }
        self._pipeline = IngestionPipeline(
            transformations=[
                SectionSplitter(**fields) if process is None else _SplitterApart(process, **fields),
                NodeIds(corpus=spec.name),
            ],
            # The cache returns another document's nodes for equal text, and a docstore loses pages in a crash.
            disable_cache=True,
        )

    async def split(self, pages: Sequence[PagePlan]) -> tuple[list[PreparedPage], list[PageFailure]]:
        """The pages with their nodes, in their order, and those that cannot be split. Every page has a document."""
        try:
            return await self._split(pages), []
        except Exception:
            _log.debug("One of %d pages cannot be split: each is split alone.", len(pages))
        prepared: list[PreparedPage] = []
        failures: list[PageFailure] = []
        for page in pages:
            try:
                prepared += await self._split([page])
            except PageError as error:
                failures.append(PageFailure(page.uri, f"cannot be split: {error.reason}"))
            except Exception as error:
                # One page that the splitter chokes on must not cost the others; the log keeps the trace.
                _log.exception("%s cannot be split", page.uri)
                failures.append(PageFailure(page.uri, f"cannot be split: {type(error).__name__}"))
        return prepared, failures

    async def _split(self, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        prepared: dict[str, PreparedPage] = {}
        for page in pages:
            document = page.unpack()
            document.metadata |= {"document_id": str(page.document_id), "fingerprint": self.fingerprint}
            prepared[page.uri] = PreparedPage(page, document, page.document_id)
        documents = [page.document for page in prepared.values()]
        for node in await asyncio.to_thread(self._pipeline.run, documents=documents):
            node.metadata["fingerprint"] = self.fingerprint
            node.excluded_embed_metadata_keys.append("fingerprint")
            prepared[node.metadata["uri"]].nodes.append(node)
        return list(prepared.values())
