"""The pages of a corpus's source, whichever kind it is; a fetched page carries what to ask its server by next time."""

import asyncio
from collections.abc import Mapping, Sequence

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, SitemapSource, reading_hash
from pipelines.readers import ReadPage, UnchangedPage, Validators, read_documents, read_sitemap
from pipelines.types import PageFailure
from storage_config.records.documents import DocumentState

SourcePage = Document | UnchangedPage | PageFailure


async def read_source(
    spec: CorpusSpec, states: Mapping[str, DocumentState], *, max_page_chars: int
) -> Sequence[SourcePage]:
    """Every page, in order of the uris. Raises SourceMissing.

    `states` are the records of pages that need not be downloaded again where their server calls them unchanged.
    """
    if isinstance(spec.source, SitemapSource):
        return await _fetch(spec, states, max_page_chars)
    return await asyncio.to_thread(lambda: list(read_documents(spec, max_page_chars=max_page_chars)))


async def _fetch(spec: CorpusSpec, states: Mapping[str, DocumentState], max_page_chars: int) -> list[SourcePage]:
    read_with = reading_hash(spec)
    known = {
        uri: Validators(state.etag, state.last_modified)
        for uri, state in states.items()
        if state.content_hash is not None and state.read_with == read_with
    }
    pages: list[SourcePage] = []
    async for outcome in read_sitemap(spec, known=known, max_page_chars=max_page_chars):
        if isinstance(outcome, ReadPage):
            sent = outcome.validators
            outcome.document.metadata |= {
                "etag": sent.etag,
                "last_modified": sent.last_modified,
                "read_with": read_with,
            }
            pages.append(outcome.document)
        else:
            pages.append(outcome)
    return pages
