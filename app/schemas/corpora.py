"""The corpora and what their pages are told apart by."""

from app.schemas.bodies import StrictBody


class TagBody(StrictBody):
    """A tag, and how many documents have it."""

    name: str
    documents: int


class CorpusBody(StrictBody):
    """A corpus. `versions` and `locales` are those that can be asked for in `filters`, null for the site's default one.

    `tags` are those of most documents, most first. `is_ingested`: there are pages to ask.
    """

    name: str
    is_ingested: bool
    versions: list[str | None]
    locales: list[str | None]
    tags: list[TagBody]


class CorporaBody(StrictBody):
    """The corpora in the order of the corpus file."""

    corpora: list[CorpusBody]
