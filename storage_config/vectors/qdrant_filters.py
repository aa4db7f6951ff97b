"""Conditions as the models of a Qdrant server's client."""

from collections.abc import Sequence
from typing import Any

from qdrant_client import models

from storage_config.vectors.conditions import Between, Condition, Empty, Filter, HasId, OneOf


def qdrant_filter(condition: Filter) -> models.Filter:
    """The same filter for a server."""
    return models.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
    )


def _conditions(given: Sequence[Condition]) -> list[models.Condition] | None:
    return [_condition(one) for one in given] or None


def _condition(given: Condition) -> models.Condition:
    values: Any
    match given:
        case Filter():
            return qdrant_filter(given)
        case HasId():
            return models.HasIdCondition(has_id=list(given.ids))
        case Empty():
            return models.IsEmptyCondition(is_empty=models.PayloadField(key=given.key))
        case Between():
            bounds = models.Range(gte=given.gte, gt=given.gt, lte=given.lte, lt=given.lt)
            return models.FieldCondition(key=given.key, range=bounds)
        case OneOf(values=(single,)):
            return models.FieldCondition(key=given.key, match=models.MatchValue(value=single))
        case OneOf():
            values = list(given.values)
            return models.FieldCondition(key=given.key, match=models.MatchAny(any=values))
