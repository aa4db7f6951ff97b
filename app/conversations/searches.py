"""The use case of searching: passages for a query, without an answer."""

from collections.abc import Collection, Mapping, Sequence

from app.conversations.metered_corpus import Asker, MeteredCorpus, Search, seen_by
from pipelines.corpus import choose_corpus
from pipelines.types import FoundPassage


class Searches:
    """Searches the corpora; what that takes is counted as for any question."""

    def __init__(self, corpora: Mapping[str, MeteredCorpus]) -> None:
        self._corpora = corpora

    def asks_vendor(self, corpus: str | None, reads: Collection[str] | None) -> bool:
        """Whether a search asks a vendor, for an embedding or to rerank. Raises UnknownCorpus."""
        return self._corpora[choose_corpus(corpus, seen_by(self._corpora, reads))].search_calls > 0

    async def search(self, search: Search, asker: Asker, *, corpus: str | None) -> tuple[str, Sequence[FoundPassage]]:
        """The corpus and its best passages.

        Raises UnknownCorpus, CorpusNotIngested, Overloaded, BudgetSpent and LimitsUnavailable.
        """
        name = choose_corpus(corpus, seen_by(self._corpora, asker.reads))
        return name, await self._corpora[name].search(search, asker)
