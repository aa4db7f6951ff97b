"""Ranked nodes become passages: each widened to what belongs to it, nodes of one stretch of a page put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.retrieval.fusion import FusedHit
from pipelines.types import Passage
from storage_config.vocabulary import QUALITIES, Quality


class RankedHit(NamedTuple):
    """A node with the score that ranks it: fused, weighed and, with a reranker, judged again."""

    hit: FusedHit
    score: float
    rerank_score: float | None = None


def gather_passages(ranked: Iterable[RankedHit], *, top_n: int) -> list[Passage]:
    """The first `top_n` passages, by rank.

    A node that lies in a passage ranked above it, of a page at the same url, only adds a hit to that one; where the
    surroundings of two nodes of a page overlap, the lower one keeps what the other lacks.
    """
    passages: list[Passage] = []
    at: dict[str, list[int]] = {}
    for one in ranked:
        payload = one.hit.payload
        place = _page_at(payload.get("url") or "") or f"#{payload['uri']}"
        for holder in at.get(place, ()):
            if _holds(passages[holder], payload):
                passages[holder] = _with_hit(passages[holder], payload)
                break
        else:
            if len(passages) < top_n:
                at.setdefault(place, []).append(len(passages))
                passages.append(_clipped(passage_of(one), passages))
    return passages


def passage_of(one: RankedHit) -> Passage:
    """The node with its surroundings; `hits` says where in it the node itself stands."""
    payload = one.hit.payload
    before, text, after = payload.get("before") or "", payload["text"], payload.get("after") or ""
    return Passage(
        node_id=one.hit.id,
        document_id=payload.get("document_id") or "",
        uri=payload["uri"],
        url=payload.get("url") or "",
        title=payload.get("title") or "",
        heading_path=tuple(payload.get("heading_path") or ()),
        anchor=payload.get("anchor"),
        text=f"{before}{text}{after}",
        start=payload["start"] - len(before),
        end=payload["end"] + len(after),
        quality=quality_of(payload),
        ordinal=payload.get("ordinal") or 0,
        bibliography=payload.get("bibliography"),
        score=one.score,
        dense_score=one.hit.dense,
        bm25_score=one.hit.bm25,
        rerank_score=one.rerank_score,
        hits=((len(before), len(before) + len(text)),),
        text_hash=payload.get("text_hash"),
        version=payload.get("version"),
        access=tuple(payload.get("access") or ()),
        question=payload.get("question"),
    )


def quality_of(payload: Mapping[str, Any]) -> Quality:
    """Points may be older than the list of qualities."""
    quality = payload.get("source_quality")
    return quality if quality in QUALITIES else "unknown"


@lru_cache(maxsize=65_536)
def _page_at(url: str) -> str:
    """Pages that a site shows at one url are one. What has no url is told by its uri."""
    return url.partition("#")[0]


def _holds(kept: Passage, payload: Mapping[str, Any]) -> bool:
    """Whether the node stands in the passage; what says something else there is another page at the same url."""
    start, end = payload["start"], payload["end"]
    if start < kept.start or end > kept.end:
        return False
    return bool(kept.text[start - kept.start : end - kept.start] == payload["text"])


def _with_hit(kept: Passage, payload: Mapping[str, Any]) -> Passage:
    own = payload["start"] - kept.start, payload["end"] - kept.start
    return replace(kept, hits=(*kept.hits, own))


def _clipped(found: Passage, passages: Sequence[Passage]) -> Passage:
    """Without the surroundings that passages ranked above it hold already."""
    own_start, own_end = (found.start + offset for offset in found.hits[0])
    start, end = found.start, found.end
    for kept in passages:
        if kept.uri != found.uri:
            continue
        if kept.start <= start < kept.end:
            start = min(kept.end, own_start)
        if kept.start < end <= kept.end:
            end = max(kept.start, own_end)
    text = found.text[start - found.start : end - found.start]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    moved = own_start - start
    return replace(found, text=text, start=start, end=start + len(text), hits=((moved, moved + own_end - own_start),))
