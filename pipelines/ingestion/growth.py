"""What an ingestion will add to both stores, estimated before its first write, and the limits that it must keep.

Points are counted exactly: the pages of the plan are split, and the nodes compared with the points that exist. What a
point takes is the vector store's own estimate, from the dimension and the mean payload of those nodes. A row is the
page's text and headings, which Postgres compresses to about 0.6 (measured over three public sites: 0.56 to 0.93
with what each row and index takes beside it). What is removed is not counted against it: neither store gives its
space back at once.
"""

import contextlib
import json
from dataclasses import dataclass

from llama_index.core.schema import Document

from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import IngestionPlan, PagePlan, group_pages
from pipelines.retrieval.section_nodes import payload_of
from pipelines.retrieval.vector_store import Collections
from storage_config.disk_space import DataDisk
from storage_config.errors import DiskFull, LimitExceeded

_COMPRESSED = 0.6
_ROW_BYTES = 1_000
_FEWEST_CHARACTERS = 16  # of a node besides one for each heading, taken over a page: a tenth of what pages have
_DEEPEST = 6  # headings above a node
# How often a page's text is kept at the most: nodes overlap by half, and each keeps what surrounds it in its section.
_REPEATS = 12
_TABLE_BYTES = 128 * 1024  # of a table that is written: free pages, indexes, the record of the run


@dataclass(frozen=True, slots=True)
class Growth:
    """What will come to be: points with their bytes, and bytes of rows."""

    points: int
    qdrant_bytes: int
    postgres_bytes: int


@dataclass(frozen=True, slots=True)
class StorageLimits:
    """What both stores may take, in bytes, and the disk that they lie on where they are embedded."""

    qdrant_bytes: int
    postgres_bytes: int
    disk: DataDisk | None = None

    def check_room(self, growth: Growth | None = None) -> None:
        """Raises DiskFull where there is no room on the disk for the growth, or at all."""
        if self.disk is None:
            return
        if growth is None:
            self.disk.check()
        else:
            self.disk.check(vectors=growth.qdrant_bytes, rows=growth.postgres_bytes)

    def has_room(self, used: Growth, growth: Growth) -> bool:
        """Whether `growth` is within all of them."""
        with contextlib.suppress(DiskFull):
            self.check_room(growth)
            return (
                used.qdrant_bytes + growth.qdrant_bytes <= self.qdrant_bytes
                and used.postgres_bytes + growth.postgres_bytes <= self.postgres_bytes
            )
        return False


def bound_growth(plan: IngestionPlan, collections: Collections, *, dimension: int) -> Growth:
    """More than applying the plan can add, from the sizes of its pages alone.

    Far from a limit this is enough, and spares splitting every page twice, a tenth of a first ingestion's time.
    """
    points = payload_bytes = row_bytes = 0
    written = [page for page in plan.pages if page.document is not None]
    sent = sum(_sent_bytes(page) for page in plan.pages)
    for document in (page.unpack() for page in written):
        metadata = document.metadata
        headings = [len(str(heading["text"]).encode()) for heading in metadata.get("headings", [])]
        answers = metadata.get("answers", [])
        count = 1 + len(headings) + len(document.text) // _FEWEST_CHARACTERS + len(answers)
        around = {name: value for name, value in metadata.items() if name not in ("headings", "answers")}
        a_point = _json_bytes(around) + _DEEPEST * max(headings, default=0) + _ROW_BYTES
        points += count
        payload_bytes += _REPEATS * _json_bytes(document.text) + count * a_point
        payload_bytes += _json_bytes(answers) + _REPEATS * sum(one["end"] - one["start"] for one in answers)
        row_bytes += _row_bytes(document)
    return Growth(
        points,
        collections.growth_bytes(points, payload_bytes=payload_bytes, dimension=dimension),
        row_bytes + sent + _TABLE_BYTES if written else 0,
    )


async def estimate_growth(
    plan: IngestionPlan, splitter: PageSplitter, collections: Collections, *, dimension: int
) -> Growth:
    """What applying the plan adds; nothing is written."""
    store = await collections.open_existing(plan.collection)
    pages = [page for page in plan.pages if page.document is not None]
    points = payload_bytes = row_bytes = 0
    for group in group_pages(pages):
        for page in (await splitter.split(group))[0]:
            is_known = plan.rebuild or page.plan.state is not None
            page.compare(await store.alist_points(page.plan.uri) if store is not None and is_known else {})
            points += len(page.new)
            payload_bytes += sum(_json_bytes(payload_of(node)) for node in page.new)
            row_bytes += _row_bytes(page.document) + _sent_bytes(page.plan)
    return Growth(
        points,
        collections.growth_bytes(points, payload_bytes=payload_bytes, dimension=dimension),
        row_bytes + _TABLE_BYTES if pages else 0,
    )


def check_limit(variable: str, *, used: int, growth: int, limit: int) -> None:
    """Raises LimitExceeded naming the variable of the limit, and by how much the growth would go over it."""
    over = used + growth - limit
    if growth > 0 and over > 0:
        raise LimitExceeded(
            f"This ingestion would go over {variable} by {over / 1e6:,.1f} MB: {used / 1e6:,.1f} MB are used, about "
            f"{growth / 1e6:,.1f} MB would be added, {limit / 1e6:,.1f} MB are allowed. Nothing was written."
        )


def _row_bytes(document: Document) -> int:
    text = len(document.text.encode())
    return _ROW_BYTES + int(_COMPRESSED * (text + _json_bytes(document.metadata.get("headings", []))))


def _sent_bytes(page: PagePlan) -> int:
    """Of an upload, whose file is kept beside its text."""
    return len(page.upload.data) if page.upload else 0


def _json_bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())
