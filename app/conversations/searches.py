"""The use case of searching: passages for a query, without an answer."""

from collections.abc import Mapping, Sequence

from app.conversations.metered_corpus import Asker, MeteredCorpus
from pipelines.corpus import choose_corpus
from pipelines.types import Source


class Searches:
    """Searches the corpora; what that takes is counted as for any question."""

    def __init__(self, corpora: Mapping[str, MeteredCorpus]) -> None:
        self._corpora = corpora

    async def search(self, query: str, asker: Asker, *, corpus: str | None, limit: int) -> tuple[str, Sequence[Source]]:
        """The corpus and its best passages, at most `limit`.

        Raises UnknownCorpus, CorpusNotIngested, Overloaded, BudgetSpent and LimitsUnavailable.
        """
        name = choose_corpus(corpus, self._corpora)
        return name, await self._corpora[name].search(query, asker, limit=limit)
