"""Conditions as the embedded engine's own."""

from collections.abc import Sequence
from typing import Any

import qdrant_edge

from storage_config.vectors.conditions import Between, Condition, Empty, Filter, HasId, OneOf


def edge_filter(condition: Filter) -> qdrant_edge.Filter:
    """The same filter for the embedded engine."""
    return qdrant_edge.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
    )


def _conditions(given: Sequence[Condition]) -> list[Any] | None:
    return [_condition(one) for one in given] or None


def _condition(given: Condition) -> Any:
    values: Any
    match given:
        case Filter():
            return edge_filter(given)
        case HasId():
            return qdrant_edge.HasIdCondition(set(given.ids))
        case Empty():
            return qdrant_edge.IsEmptyCondition(given.key)
        case Between():
            bounds = qdrant_edge.RangeFloat(gte=given.gte, gt=given.gt, lte=given.lte, lt=given.lt)
            return qdrant_edge.FieldCondition(given.key, range=bounds)
        case OneOf(values=(single,)):
            return qdrant_edge.FieldCondition(given.key, match=qdrant_edge.MatchValue(single))
        case OneOf():
            values = list(given.values)
            return qdrant_edge.FieldCondition(given.key, match=qdrant_edge.MatchAny(values))
