"""Passages for tests, made from a few words."""

from pipelines.types import Passage


def build_passage(
    text: str, *, title: str = "Guide", heading: str = "", score: float = 0.6, dense: float = 0.6, bm25: float = 8.0
) -> Passage:
    """A passage at the start of a page of its own."""
    path = (heading,) if heading else ()
    anchor = heading.lower().replace(" ", "-") or None
    uri = title.lower().replace(" ", "-")
    return Passage(
        node_id=f"{uri}-{len(text)}", document_id=uri, uri=uri,
        url=f"https://docs.example/{uri}" + (f"#{anchor}" if anchor else ""),
        title=title, heading_path=path, anchor=anchor, text=text, start=0, end=len(text), quality="official",
        ordinal=0, bibliography=None, score=score, dense_score=dense, bm25_score=bm25,
    )  # fmt: skip
