"""Pages that name another page of their source as the canonical one: two addresses of one page are one page."""

from collections import Counter
from collections.abc import Sequence

from llama_index.core.schema import Document

from pipelines.readers.page_document import at_own_url
from pipelines.readers.page_source import PackedPage, ReadPage, SourcePage, UnchangedPage
from pipelines.types import LeftOutPage

# More pages of other texts than this that name one and the same address: a template says it, and it is not believed.
MOST_DUPLICATES = 5


def leave_out_duplicates(pages: Sequence[SourcePage]) -> list[SourcePage]:
    """The pages, of which those that another one stands for are left out as `duplicate`."""
    at: dict[str, ReadPage | None] = {}  # by its address a page that is there; None where it was not read again
    for page in pages:
        if isinstance(page, UnchangedPage):
            at[_key(page.uri)] = None
        elif isinstance(page, ReadPage) and not _names_another(page):
            at[_key(page.metadata["url"])] = page
    claims = Counter(
        _key(page.metadata["url"]) for page in pages if isinstance(page, ReadPage) and _names_another(page)
    )
    return [_judge(page, at, claims) if isinstance(page, ReadPage) else page for page in pages]


def _judge(page: ReadPage, at: dict[str, ReadPage | None], claims: Counter[str]) -> SourcePage:
    if not _names_another(page):
        return page
    key = _key(page.metadata["url"])
    if key not in at:
        at[key] = page  # the first that names an address which no page of the source lies at
        return page
    other = at[key]
    if claims[key] > MOST_DUPLICATES and (other is None or other.text != page.text):
        return at_own_url(page) if isinstance(page, Document) else PackedPage.of(at_own_url(page.unpack()))
    return LeftOutPage(page.metadata["uri"], "duplicate")


def _names_another(page: ReadPage) -> bool:
    own = page.metadata.get("own_url")
    return own is not None and _key(own) != _key(page.metadata["url"])


def _key(url: str) -> str:
    return url.removesuffix("index.html").removesuffix(".html").rstrip("/")
