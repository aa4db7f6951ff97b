"""The LlamaIndex document of a page that was read."""

from llama_index.core.schema import Document

from pipelines.readers.page import DescribedPage, Page, content_hash, describe_page
from pipelines.readers.page_source import document_with

_HASHED = (
    "url", "title", "source_quality", "bibliography", "headings", "version", "locale", "tags", "access", "answers",
)  # fmt: skip


def build_document(page: Page | DescribedPage) -> Document:
    """The page as a document with id `uri`; its metadata is for our own stages and never embedded as it is."""
    described = describe_page(page) if isinstance(page, Page) else page
    return document_with(described.metadata, described.text)


def at_own_url(document: Document) -> Document:
    """The page at the address where it lies, since the canonical one that it names is another page's."""
    document.metadata["url"] = document.metadata.pop("own_url")
    if bibliography := document.metadata["bibliography"]:
        document.metadata["bibliography"] = {**bibliography, "URL": document.metadata["url"]}
    return _hashed(document)


def with_uri(document: Document, uri: str) -> Document:
    """The page by another uri."""
    document.id_ = document.metadata["uri"] = uri
    if bibliography := document.metadata["bibliography"]:
        document.metadata["bibliography"] = {**bibliography, "id": uri}
        return _hashed(document)
    return document


def _hashed(document: Document) -> Document:
    payload = {key: document.metadata[key] for key in _HASHED if key in document.metadata}
    document.metadata["content_hash"] = content_hash(payload, document.text)
    return document
