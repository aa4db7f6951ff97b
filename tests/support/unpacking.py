"""What sources give, as documents."""

from collections.abc import Iterable

from llama_index.core.schema import Document

from pipelines.readers.page_source import PackedPage, SourcePage


def unpacked(pages: Iterable[SourcePage]) -> list[Document]:
    """The pages that were read, in their order."""
    both = (page.unpack() if isinstance(page, PackedPage) else page for page in pages)
    return [page for page in both if isinstance(page, Document)]
