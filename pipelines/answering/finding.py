"""Passages for a question: searched for within its scope and filters, or what the reader selected."""

from collections.abc import Sequence

from pipelines.answering.scope import PagePlaces
from pipelines.retrieval.active_index import OpenIndex, SearchedIndex
from pipelines.retrieval.retriever import QueryText, Retrieval
from pipelines.types import Passage, Question


class Finder:
    """Searches an index. Without `places` nobody knows the reader's page, and all pages are the only scope."""

    def __init__(self, index: SearchedIndex, places: PagePlaces | None) -> None:
        self._index = index
        self._places = places

    async def find(
        self, texts: Sequence[QueryText], question: Question, *, cited: tuple[str, ...] = (), top_n: int | None = None
    ) -> tuple[Retrieval, OpenIndex]:
        """What is found of the texts where the question may be answered from, sooner on the pages that are `cited`.

        Raises what the index raises, DatabaseUnavailable, and ValueError for a scope without `places`.
        """
        filters = question.filters
        if question.scope != "all" or filters.paths:
            bounds = await self._known_places(question).bounds(question)
            if bounds is None:
                return Retrieval([], {}), await self._index.current()
            filters = bounds
        return await self._index.retrieve(texts, filters=filters, page=question.page, cited=cited, top_n=top_n)

    async def selection(self, question: Question) -> Passage | None:
        """What the reader selected, where the question is asked of that. Raises as `find`."""
        if question.scope != "selection":
            return None
        if question.page is None:
            raise ValueError("a selection stands on a page")
        return await self._known_places(question).selection(question.page, question.filters.groups)

    def _known_places(self, question: Question) -> PagePlaces:
        if self._places is None:
            raise ValueError(f"the scope {question.scope} needs to know the pages")
        return self._places
