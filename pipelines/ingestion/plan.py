"""What an ingestion would do: the pages of the source against the records of the last run."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from llama_index.core.schema import Document

from pipelines.errors import RemovalRefused
from pipelines.readers.page_source import PackedPage, ReadPage, SourcePage, SourceState, UnchangedPage
from pipelines.types import LeftOutPage, PageFailure, SourceFailure, Upload
from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition
from storage_config.records.documents import DocumentState
from storage_config.records.ids import new_id
from storage_config.vocabulary import PageAction

# A run that would remove a larger part of a corpus than this stops and asks: a moved folder is no removal.
MAX_REMOVED_SHARE = 0.3
# Pages are worked on in groups: some seconds of embedding, so that a crash or Ctrl+C costs no more than that and the
# progress follows; each group is one write of vectors and two short transactions.
GROUP_PAGES = 32
GROUP_CHARS = 60_000


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page to work on. `document` is None for a removal; `state` is None for an addition.

    `upload` is what was sent, where that is still to be kept. `drawn_id` is the id of a page that is added: drawn here,
    once, so that what a worker begins and another one does again is the same page.
    """

    uri: str
    action: PageAction
    document: ReadPage | None
    state: DocumentState | None
    upload: Upload | None = None
    drawn_id: UUID = field(default_factory=new_id, compare=False)

    @property
    def document_id(self) -> UUID:
        """The id of the page's record, of the one to come too."""
        return self.state.id if self.state else self.drawn_id

    def unpack(self) -> Document:
        """The page, of which there is one; another object each time, where it is packed."""
        assert self.document is not None
        return self.document.unpack() if isinstance(self.document, PackedPage) else self.document

    @property
    def chars(self) -> int:
        """Length of the page's text; 0 for a removal."""
        if isinstance(self.document, PackedPage):
            return self.document.chars
        return len(self.document.text) if self.document is not None else 0

    @property
    def edition(self) -> Edition:
        """The version and locale that the page is of."""
        if self.document is not None:
            return Edition(self.document.metadata.get("version"), self.document.metadata.get("locale"))
        return Edition(self.state.version, self.state.locale) if self.state else DEFAULT_EDITION


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
    refreshed: tuple[DocumentState, ...] = ()  # whose text stays, with what their server sent and which source has them
    left_out: tuple[LeftOutPage, ...] = ()
    warnings: tuple[PageFailure, ...] = ()  # what was lost or doubtful in pages that are read all the same
    editions: tuple[PublishedEdition, ...] | None = None  # those that the source has; None: as they are recorded
    losses: tuple["SourceLoss", ...] = ()  # of each of several sources

    def count(self, action: PageAction) -> int:
        """How many pages have this action."""
        return sum(page.action == action for page in self.pages)

    def count_left_out(self) -> dict[str, int]:
        """How many pages are left out for which reason; only reasons that some page has."""
        return dict(Counter(page.reason for page in self.left_out).most_common())

    def check_removals(self) -> None:
        """Raises RemovalRefused when too large a part of the corpus would go."""
        known = len(self.pages) - self.count("added") + self.unchanged
        for loss in (SourceLoss("", self.count("removed"), known), *self.losses):
            if loss.removed > MAX_REMOVED_SHARE * loss.known:
                of = f" of {loss.label}" if loss.label else ""
                raise RemovalRefused(
                    f"{self.corpus}: this run would remove {loss.removed} of {loss.known} pages{of}, more than "
                    f"{MAX_REMOVED_SHARE:.0%}. If that is meant, run again with --allow-removals."
                )


@dataclass(frozen=True, slots=True)
class SourceLoss:
    """How many of the recorded pages that may be of a source would be removed."""

    label: str
    removed: int
    known: int


@dataclass(frozen=True, slots=True)
class PageCost:
    """What applying one page's plan costs: its chunks, and how many of them must be embedded."""

    uri: str
    action: PageAction
    nodes: int
    nodes_to_embed: int
    version: str | None = None
    locale: str | None = None

    @classmethod
    def of(cls, page: PagePlan, nodes: int = 0, nodes_to_embed: int = 0) -> "PageCost":
        """What the page costs."""
        edition = page.edition
        return cls(page.uri, page.action, nodes, nodes_to_embed, edition.version, edition.locale)


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


@dataclass(slots=True)
class Comparison:
    """What the pages that were read are to the records. `recorded` are to be made anew from their records."""

    pages: list[PagePlan] = field(default_factory=list)
    unchanged: int = 0
    failures: list[PageFailure] = field(default_factory=list)
    recorded: list[DocumentState] = field(default_factory=list)
    refreshed: list[DocumentState] = field(default_factory=list)
    left_out: list[LeftOutPage] = field(default_factory=list)
    warnings: list[PageFailure] = field(default_factory=list)
    losses: list[SourceLoss] = field(default_factory=list)


def compare_pages(
    read: Sequence[SourcePage], states: Mapping[str, DocumentState], *, fingerprint: str, source: str | None = None
) -> Comparison:
    """Compares the source's pages with the corpus's records, by their uris; `source` is what an only one is called.

    A page that cannot be read any more is a failure, not a removal: it keeps its old version, and so do all pages of
    a source which cannot be read, whatever another source has by their uris. An upload stays until the source has a
    page of its uri, which then takes its place.
    """
    found, seen = Comparison(), set[str]()
    sources = [item for item in read if isinstance(item, SourceState)]
    for item in read:
        if isinstance(item, SourceState):
            source = item.label
            continue
        if isinstance(item, LeftOutPage):
            found.left_out.append(item)
            continue
        uri = uri_of(item)
        state = states.get(uri)
        owner = _failed_owner(state, item, sources) if state is not None else None
        if owner is not None and not isinstance(item, SourceFailure):
            found.failures.append(SourceFailure(f"{source}: {uri}", f"is a page of {owner}, which failed"))
            continue
        seen.add(uri)
        if isinstance(item, PageFailure):
            found.failures.append(item)
            # It stays as it was, but it is the page of this source: with it it stands and falls from now on.
            if state is not None and state.origin == "source" and state.source != source:
                found.refreshed.append(replace(state, source=source))
        elif isinstance(item, UnchangedPage):
            _compare_recorded(found, states[uri], fingerprint, source)
        else:
            found.warnings += [PageFailure(uri, text) for text in item.metadata.get("warnings", ())]
            item.metadata.setdefault("source", None if item.metadata.get("origin") == "upload" else source)
            _compare_read(found, item, state, fingerprint)
    _compare_rest(found, [state for uri, state in states.items() if uri not in seen], sources, states, fingerprint)
    found.failures += [one.failure for one in sources if one.failure]
    return found


def _failed_owner(state: DocumentState, item: SourcePage, sources: Sequence[SourceState]) -> str | None:
    """The source that a recorded page is of, or may be by an older label, where that one failed: it stays as it is."""
    failed = [one for one in sources if one.failure]
    if any(state.source == one.label for one in failed):
        return state.source
    if state.source is None or state.origin != "source" or any(state.source == one.label for one in sources):
        return None
    if not isinstance(item, ReadPage) or item.metadata["content_hash"] == state.content_hash:
        return None  # the same page, or what its own server calls unchanged
    return next((one.label for one in failed if one.claims(state.uri)), None)


def _compare_rest(
    found: Comparison,
    rest: Sequence[DocumentState],
    sources: Sequence[SourceState],
    states: Mapping[str, DocumentState],
    fingerprint: str,
) -> None:
    """Recorded pages that no source has: what is held stays, the others are gone, and each source's loss is counted."""
    labels = {one.label for one in sources}
    removed = [state for state in rest if state.origin == "source" and not _is_held(state, sources, labels)]
    gone = {state.uri for state in removed}
    for state in rest:
        if state.uri not in gone:
            _compare_recorded(found, state, fingerprint, state.source)
    found.pages += [PagePlan(state.uri, "removed", None, state) for state in removed]
    for one in sources:
        own = [state for state in states.values() if state.origin == "source" and _is_of(state, one, labels)]
        certain = [state for state in own if state.source is None or state.source in labels]
        found.losses.append(_count_loss(one.label, certain, gone))
        # What may be of this source by an older label counts besides: it must not make its own loss look small.
        if len(own) > len(certain):
            found.losses.append(_count_loss(f"{one.label} or of a source that is declared no more", own, gone))


def _count_loss(label: str, pages: Sequence[DocumentState], gone: Container[str]) -> SourceLoss:
    return SourceLoss(label, sum(state.uri in gone for state in pages), len(pages))


def uri_of(item: ReadPage | UnchangedPage | PageFailure) -> str:
    """The uri of a page, also of one that could not be read."""
    if isinstance(item, ReadPage):
        return str(item.metadata["uri"])
    return item.uri if isinstance(item, UnchangedPage) else item.path


def _is_of(state: DocumentState, source: SourceState, labels: Container[str | None]) -> bool:
    """Whether a recorded page is of the source, or may be: where its record says none of the declared `labels`.

    Such a record is from before sources were kept, or its source has another path or name by now.
    """
    return state.source == source.label if state.source in labels else source.claims(state.uri)


def _is_held(state: DocumentState, sources: Sequence[SourceState], labels: Container[str | None]) -> bool:
    """Whether a page that was not read may be of a source that could not be: then nothing says that it is gone.

    That other pages are known to be of the failed source proves nothing of one whose record says an older label: a run
    may have ended, or the page been unreadable, before it got the new one.
    """
    own = [one for one in sources if _is_of(state, one, labels)]
    if state.source is None and not own:
        own = list(sources)
    return any(one.failure for one in own)


def _compare_recorded(found: Comparison, state: DocumentState, fingerprint: str, source: str | None) -> None:
    """A page that is what its record says: an upload, one whose server says so, one of a source that failed."""
    if action_of(state.content_hash, state, fingerprint) is not None:
        found.recorded.append(replace(state, source=source))
        return
    found.unchanged += 1
    if state.source != source:
        found.refreshed.append(replace(state, source=source))


def _compare_read(found: Comparison, document: ReadPage, state: DocumentState | None, fingerprint: str) -> None:
    page = document.metadata
    action = action_of(page["content_hash"], state, fingerprint)
    if action is None and state is not None and state.origin != page.get("origin", "source"):
        action = "changed"
    if action is not None:
        found.pages.append(PagePlan(page["uri"], action, document, state))
        return
    found.unchanged += 1
    assert state is not None
    sent = replace(
        state,
        etag=page.get("etag"),
        last_modified=page.get("last_modified"),
        read_with=page.get("read_with"),
        source=page.get("source"),
    )
    if sent != state:
        found.refreshed.append(sent)


def action_of(content_hash: str | None, state: DocumentState | None, fingerprint: str) -> PageAction | None:
    """What is to be done about a page of this hash; None where it is indexed as it is."""
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
        chars += page.chars
    return groups
