"""A Qdrant request's filters as the embedded engine's: the part of the filter language that the product sends."""

from typing import Any

import qdrant_edge
from qdrant_client import models


class Refused(Exception):
    """The request is wrong, names what is not there, or asks for what is not emulated."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


Condition = Any  # qdrant_edge's union of conditions has no name at run time


def edge_filter(condition: models.Filter) -> qdrant_edge.Filter:
    """The same filter for the embedded engine.

    Raises Refused (501) naming a condition that the product does not send so far: ignored, it would let a test pass.
    """
    if condition.min_should is not None:
        raise Refused(501, "min_should is not emulated")
    return qdrant_edge.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
    )


def _conditions(given: Any) -> list[Condition] | None:
    if given is None:
        return None
    return [_condition(one) for one in (given if isinstance(given, list) else [given])]


def _condition(given: Any) -> Condition:
    match given:
        case models.Filter():
            return edge_filter(given)
        case models.HasIdCondition():
            return qdrant_edge.HasIdCondition(set(given.has_id))
        case models.IsEmptyCondition():
            return qdrant_edge.IsEmptyCondition(given.is_empty.key)
        case models.IsNullCondition():
            return qdrant_edge.IsNullCondition(given.is_null.key)
        case models.FieldCondition(key=key, match=match) if match is not None:
            return qdrant_edge.FieldCondition(key, match=_match(match))
        case models.FieldCondition(key=key, range=models.Range() as bounds):
            return qdrant_edge.FieldCondition(
                key, range=qdrant_edge.RangeFloat(gte=bounds.gte, gt=bounds.gt, lte=bounds.lte, lt=bounds.lt)
            )
    raise Refused(501, f"{type(given).__name__} is not emulated")


def _match(given: Any) -> Any:
    values: Any
    match given:
        case models.MatchValue():
            return qdrant_edge.MatchValue(given.value)
        case models.MatchAny():
            values = list(given.any)
            return qdrant_edge.MatchAny(values)
        case models.MatchExcept():
            values = list(given.except_)
            return qdrant_edge.MatchExcept(values)
        case models.MatchText():
            return qdrant_edge.MatchText(given.text)
    raise Refused(501, f"{type(given).__name__} is not emulated")
