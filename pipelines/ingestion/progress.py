"""How far an ingestion is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class IngestionProgress:
    """How far an ingestion is: pages done and in all, nodes embedded."""

    corpus: str
    pages_total: int
    pages_done: int = 0
    nodes_embedded: int = 0

    def counts(self) -> dict[str, int]:
        """As the record of the run keeps it."""
        return {
            "pages_total": self.pages_total,
            "pages_done": self.pages_done,
            "nodes_embedded": self.nodes_embedded,
        }


OnProgress = Callable[[IngestionProgress], None]
