"""Searches of the embedded engine, in the thread that reads it: single legs, or both legs of a text filled up.

What a question costs here is less the engine's search than making ids and filters of hundreds of points: an id is
compared as a number, and a point's own spelling of it is remembered with its payload.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import qdrant_edge
from qdrant_edge import EdgeShard, Query, QueryBatchRequest, QueryRequest

from storage_config.vectors.edge_filters import edge_filter
from storage_config.vectors.payload_memory import PayloadMemory
from storage_config.vectors.points import BM25, DENSE, LegPair, Payload, PointHit, PointSearch, SparseVector

# Of each point that a search met: its id as it is written, and its payload.
KnownPoints = PayloadMemory[int, tuple[str, Payload]]
_new_hit = tuple.__new__  # a named tuple's own constructor is a Python function, called hundreds of times a question


class _Found(NamedTuple):
    """The hits of one leg: scores by id as a number, best first, and the engine's ids by the same."""

    scores: dict[int, float]
    ids: dict[int, UUID]


def search(shard: EdgeShard, memory: KnownPoints, searches: Sequence[PointSearch]) -> list[list[PointHit]]:
    """The hits of every search, in one pass over the segments; payloads are read once for all of them."""
    answers = [one.scores for one in _query(shard, [edge_query(one) for one in searches])]
    return _as_hits(shard, memory, answers)


def search_both(
    shard: EdgeShard, memory: KnownPoints, pairs: Sequence[LegPair]
) -> list[tuple[list[PointHit], list[PointHit]]]:
    """Both legs of each text, each with the hits behind its own that only the other leg had."""
    searches = [pair.dense for pair in pairs] + [pair.bm25 for pair in pairs if pair.bm25 is not None]
    found = _query(shard, [edge_query(one) for one in searches])
    bm25 = iter(found[len(pairs) :])
    legs = [(dense, next(bm25) if pair.bm25 else None) for pair, dense in zip(pairs, found, strict=False)]
    lacking: list[tuple[dict[int, float], QueryRequest]] = []
    for pair, (dense, sparse) in zip(pairs, legs, strict=True):
        if sparse is None or pair.bm25 is None:
            continue
        for leg, other, asked in ((dense, sparse, pair.dense), (sparse, dense, pair.bm25)):
            if asked is pair.bm25 and len(leg.scores) < asked.limit:
                continue  # whatever has a word of the text is among its hits already
            if ids := [other.ids[one] for one in other.scores.keys() - leg.scores.keys()]:
                lacking.append((leg.scores, _query_among(asked, ids)))
    for (scores, _), more in zip(lacking, _query(shard, [one for _, one in lacking]), strict=True):
        scores.update(more.scores)
    answers = [scores for dense, sparse in legs for scores in (dense.scores, sparse.scores if sparse else {})]
    hits = _as_hits(shard, memory, answers)
    return list(zip(hits[::2], hits[1::2], strict=True))


def _query(shard: EdgeShard, requests: list[QueryRequest]) -> list[_Found]:
    if not requests:
        return []
    found = []
    for answer in shard.query_batch(QueryBatchRequest(requests)):
        ids: list[Any] = [point.id for point in answer]  # UUIDs, since all of ours are
        numbers = [one.int for one in ids]
        scores = [point.score for point in answer]
        found.append(_Found(dict(zip(numbers, scores, strict=True)), dict(zip(numbers, ids, strict=True))))
    return found


def _as_hits(shard: EdgeShard, memory: KnownPoints, answers: Sequence[Mapping[int, float]]) -> list[list[PointHit]]:
    known = memory.get(dict.fromkeys(one for answer in answers for one in answer), _reader(shard))
    # A point that was deleted since the search has no payload any more.
    return [
        [
            _new_hit(PointHit, (point[0], score, point[1]))
            for number, score in answer.items()
            if (point := known.get(number)) is not None
        ]
        for answer in answers
    ]


def _reader(shard: EdgeShard) -> Callable[[list[int]], dict[int, tuple[str, Payload]]]:
    def read(numbers: list[int]) -> dict[int, tuple[str, Payload]]:
        records: list[Any] = shard.retrieve([UUID(int=number) for number in numbers], True, False)
        return {record.id.int: (str(record.id), record.payload or {}) for record in records}

    return read


def edge_query(search: PointSearch) -> QueryRequest:
    """A search as the engine takes it, without payloads."""
    condition = edge_filter(search.filter) if search.filter is not None else None
    return QueryRequest(limit=search.limit, query=_nearest(search.vector), with_payload=False, filter=condition)


def _query_among(search: PointSearch, ids: Collection[UUID]) -> QueryRequest:
    """The same search of these points alone."""
    among = qdrant_edge.Filter(must=[qdrant_edge.HasIdCondition(set(ids))])
    return QueryRequest(limit=len(ids), query=_nearest(search.vector), with_payload=False, filter=among)


def _nearest(vector: list[float] | SparseVector) -> Any:
    if isinstance(vector, SparseVector):
        return Query.Nearest(qdrant_edge.SparseVector(vector.indices, vector.values), BM25)
    return Query.Nearest(vector, DENSE)


def retrieve(shard: EdgeShard, ids: Iterable[str]) -> dict[str, Payload]:
    """Payloads by id."""
    records = shard.retrieve(list(ids), True, False)
    return {str(record.id): record.payload or {} for record in records}
