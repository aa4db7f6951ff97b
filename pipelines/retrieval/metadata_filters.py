"""Filters as their users write them, ours and LlamaIndex's, as the one filter that both stores take."""

from collections.abc import Sequence
from typing import Any

from llama_index.core.vector_stores import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters
from llama_index.core.vector_stores.types import VectorStoreQuery
from qdrant_client import models

from pipelines.types import Filters
from storage_config.vectors.points import match_any

_BOUNDS = {FilterOperator.LT: "lt", FilterOperator.GT: "gt", FilterOperator.LTE: "lte", FilterOperator.GTE: "gte"}


def passage_filter(filters: Filters | None) -> models.Filter | None:
    """Our restrictions on retrieval; None where nothing restricts."""
    conditions: list[models.Condition] = []
    if filters is not None and filters.source_quality:
        conditions.append(match_any("source_quality", filters.source_quality))
    if filters is not None and filters.uris:
        conditions.append(match_any("uri", filters.uris))
    return models.Filter(must=conditions) if conditions else None


def query_filter(query: VectorStoreQuery) -> models.Filter | None:
    """Every restriction of a LlamaIndex query: `filters`, `doc_ids` (uris of pages here) and `node_ids`."""
    conditions: list[models.Condition] = []
    if query.doc_ids:
        conditions.append(match_any("uri", query.doc_ids))
    if query.node_ids:
        conditions.append(models.HasIdCondition(has_id=list(query.node_ids)))
    if query.filters is not None and query.filters.filters:
        conditions.append(metadata_filter(query.filters))
    return models.Filter(must=conditions) if conditions else None


def metadata_filter(filters: MetadataFilters) -> models.Filter:
    """LlamaIndex's filters, nested ones included. Raises ValueError naming an operator that has no translation."""
    conditions: list[models.Condition] = [
        metadata_filter(one) if isinstance(one, MetadataFilters) else _condition(_as_metadata_filter(one))
        for one in filters.filters
        if not (isinstance(one, MetadataFilters) and not one.filters)
    ]
    if filters.condition == FilterCondition.OR:
        return models.Filter(should=conditions)
    if filters.condition == FilterCondition.NOT:
        return models.Filter(must_not=conditions)
    return models.Filter(must=conditions)


def _as_metadata_filter(given: Any) -> MetadataFilter:
    return given if isinstance(given, MetadataFilter) else MetadataFilter(key=given.key, value=given.value)


def _condition(given: MetadataFilter) -> models.Condition:
    key, value, operator = given.key, given.value, given.operator
    match operator:
        case FilterOperator.EQ if isinstance(value, float):
            return models.FieldCondition(key=key, range=models.Range(gte=value, lte=value))
        case FilterOperator.EQ | FilterOperator.CONTAINS:
            return models.FieldCondition(key=key, match=models.MatchValue(value=_one(value)))
        case FilterOperator.NE:
            return models.Filter(must_not=[models.FieldCondition(key=key, match=models.MatchValue(value=_one(value)))])
        case FilterOperator.IN | FilterOperator.ANY:
            return models.FieldCondition(key=key, match=models.MatchAny(any=_many(value)))
        case FilterOperator.NIN:
            return models.Filter(must_not=[models.FieldCondition(key=key, match=models.MatchAny(any=_many(value)))])
        case FilterOperator.ALL:
            return models.Filter(
                must=[models.FieldCondition(key=key, match=models.MatchValue(value=one)) for one in _many(value)]
            )
        case FilterOperator.IS_EMPTY:
            return models.IsEmptyCondition(is_empty=models.PayloadField(key=key))
        case _ if operator in _BOUNDS:
            return models.FieldCondition(key=key, range=models.Range(**{_BOUNDS[operator]: _one(value)}))
    raise ValueError(f"the filter operator {operator.value!r} is not supported")


def _one(value: Any) -> Any:
    if value is None or isinstance(value, list):
        raise ValueError(f"a filter needs one value here, not {value!r}")
    return value


def _many(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a filter needs a list of values here, not {value!r}")
    return value
