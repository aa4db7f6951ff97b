"""Passages as the sources that answers cite: with what their pages say of who wrote them, and when."""

from collections.abc import Mapping
from typing import Any

from pipelines.answering.references import format_reference
from pipelines.types import Author, Passage, Source

_NAMES = ("family", "given", "literal")


def source_of(number: int, passage: Passage, style: str) -> Source:
    """The passage as the source `[number]`, its reference in that CSL style."""
    return Source(
        id=str(number),
        document_id=passage.document_id or None,
        title=passage.title,
        url=passage.url,
        heading_path=passage.heading_path,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        quality=passage.quality,
        reference=format_reference(passage.bibliography, style),
        text_hash=passage.text_hash,
        authors=authors_of(passage.bibliography),
        published=published_of(passage.bibliography),
    )


def authors_of(item: Mapping[str, Any] | None) -> tuple[Author, ...]:
    """The authors of a CSL-JSON item, those of them that have a name."""
    names = (item or {}).get("author") or ()
    found = (Author(**{key: str(name[key]) for key in _NAMES if name.get(key)}) for name in names)
    return tuple(author for author in found if author != Author())


def published_of(item: Mapping[str, Any] | None) -> str | None:
    """The day, month or year of a CSL-JSON item, as ISO 8601 writes them; None where it says none."""
    dates = ((item or {}).get("issued") or {}).get("date-parts") or [[]]
    year, *rest = dates[0] or [None]
    return None if year is None else "-".join([f"{int(year):04}", *(f"{int(part):02}" for part in rest[:2])])
