"""What an ingestion would do: the pages of the source against the records of the last run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from llama_index.core.schema import Document

from pipelines.errors import RemovalRefused
from pipelines.types import PageFailure
from storage_config.documents import DocumentState

PageAction = Literal["added", "changed", "pipeline_changed", "removed"]

# A run that would remove a larger part of a corpus than this stops and asks: a moved folder is no removal.
MAX_REMOVED_SHARE = 0.3
# Pages are worked on in groups: some seconds of embedding, so that a crash or Ctrl+C costs no more than that and the
# progress follows; each group is one write of vectors and two short transactions.
GROUP_PAGES = 32
GROUP_CHARS = 60_000


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page to work on. `document` is None for a removal; `state` is None for an addition."""

    uri: str
    action: PageAction
    document: Document | None
    state: DocumentState | None


@dataclass(frozen=True, slots=True)
class IngestionPlan:
    """The difference between source and records. `pages` are in the source's order, removals last.

    `collection` is where the vectors go; `rebuild` says that it is a new one, to be switched to when complete.
    """

    corpus: str
    collection: str
    fingerprint: str
    rebuild: bool
    pages: tuple[PagePlan, ...]
    unchanged: int
    failures: tuple[PageFailure, ...]

    def count(self, action: PageAction) -> int:
        """How many pages have this action."""
        return sum(page.action == action for page in self.pages)

    def check_removals(self) -> None:
        """Raises RemovalRefused when too large a part of the corpus would go."""
        removed, known = self.count("removed"), len(self.pages) - self.count("added") + self.unchanged
        if removed > MAX_REMOVED_SHARE * known:
            raise RemovalRefused(
                f"{self.corpus}: this run would remove {removed} of {known} pages, more than "
                f"{MAX_REMOVED_SHARE:.0%}. If that is meant, run again with --allow-removals."
            )


@dataclass(frozen=True, slots=True)
class PageCost:
    """What applying one page's plan costs: its chunks, and how many of them must be embedded."""

    uri: str
    action: PageAction
    nodes: int
    nodes_to_embed: int


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What applying a plan costs: its pages, removals last, and what cannot be read or split."""

    pages: tuple[PageCost, ...]
    failures: tuple[PageFailure, ...]

    @property
    def nodes(self) -> int:
        """Chunks of all pages."""
        return sum(page.nodes for page in self.pages)

    @property
    def nodes_to_embed(self) -> int:
        """Chunks that must be embedded."""
        return sum(page.nodes_to_embed for page in self.pages)


def compare_pages(
    read: Iterable[Document | PageFailure], states: Mapping[str, DocumentState], *, fingerprint: str
) -> tuple[list[PagePlan], int, list[PageFailure]]:
    """Pages to work on, the count of unchanged ones, and what could not be read.

    A page that cannot be read any more is a failure, not a removal: it keeps its old version.
    """
    pages: list[PagePlan] = []
    failures: list[PageFailure] = []
    unchanged, seen = 0, set()
    for item in read:
        if isinstance(item, PageFailure):
            failures.append(item)
            seen.add(item.path)
            continue
        uri = item.metadata["uri"]
        seen.add(uri)
        action = _action(item.metadata["content_hash"], states.get(uri), fingerprint)
        if action is None:
            unchanged += 1
        else:
            pages.append(PagePlan(uri, action, item, states.get(uri)))
    gone = [state for uri, state in states.items() if uri not in seen]
    return pages + [PagePlan(state.uri, "removed", None, state) for state in gone], unchanged, failures


def _action(content_hash: str, state: DocumentState | None, fingerprint: str) -> PageAction | None:
    if state is None or state.indexed_at is None:
        return "added"
    if state.content_hash != content_hash or state.status != "indexed":
        return "changed"
    return None if state.fingerprint == fingerprint else "pipeline_changed"


def group_pages(pages: Sequence[PagePlan]) -> list[list[PagePlan]]:
    """Groups of at most GROUP_PAGES pages, each ended by the page that reaches GROUP_CHARS."""
    groups: list[list[PagePlan]] = []
    chars = GROUP_CHARS
    for page in pages:
        if chars >= GROUP_CHARS or len(groups[-1]) >= GROUP_PAGES:
            groups.append([])
            chars = 0
        groups[-1].append(page)
        chars += len(page.document.text) if page.document else 0
    return groups
