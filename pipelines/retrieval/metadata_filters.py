"""Filters as their users write them, ours and LlamaIndex's, as the one filter that both stores take."""

from collections.abc import Sequence
from typing import Any

from llama_index.core.vector_stores import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters
from llama_index.core.vector_stores.types import VectorStoreQuery

from pipelines.retrieval.curated import QUESTION
from pipelines.types import Filters
from storage_config.vectors.conditions import Between, Condition, Empty, Filter, HasId, OneOf, one_of

_BOUNDS = {FilterOperator.LT: "lt", FilterOperator.GT: "gt", FilterOperator.LTE: "lte", FilterOperator.GTE: "gte"}


def passage_filter(filters: Filters | None, *, with_answers: bool = True) -> Filter | None:
    """Our restrictions on retrieval; None where nothing restricts. Without filters only what is for everybody."""
    filters = filters or Filters()
    conditions: list[Condition] = [] if filters.groups is None else [_open_to(filters.groups)]
    if not with_answers:
        conditions.append(Empty(QUESTION))
    if filters.source_quality:
        conditions.append(one_of("source_quality", filters.source_quality))
    if filters.uris:
        conditions.append(one_of("uri", filters.uris))
    if filters.tags:
        conditions.append(one_of("tags", filters.tags))
    if filters.section is not None:
        conditions.append(Between("start", gte=filters.section[0], lt=filters.section[1]))
    for key, names in (("version", filters.versions), ("locale", filters.locales)):
        if names:
            conditions.append(_in_edition(key, names))
    return Filter(must=tuple(conditions)) if conditions else None


def _open_to(groups: Sequence[str]) -> Condition:
    """A point without `access` is for everybody."""
    return Filter(should=(Empty("access"), one_of("access", groups))) if groups else Empty("access")


def _in_edition(key: str, names: Sequence[str | None]) -> Condition:
    """A point of the default version or locale does not name it; one that is older than editions is of both."""
    named = tuple(name for name in names if name is not None)
    conditions: list[Condition] = [OneOf(key, named)] if named else []
    if None in names:
        conditions.append(Empty(key))
    return conditions[0] if len(conditions) == 1 else Filter(should=tuple(conditions))


def query_filter(query: VectorStoreQuery) -> Filter:
    """Every restriction of a LlamaIndex query: `filters`, `doc_ids` (uris of pages here) and `node_ids`.

    Answers that owners wrote are never found by it: only the retriever judges for which questions they are.
    """
    conditions: list[Condition] = [Empty(QUESTION)]
    if query.doc_ids:
        conditions.append(one_of("uri", query.doc_ids))
    if query.node_ids:
        conditions.append(HasId(tuple(query.node_ids)))
    if query.filters is not None and query.filters.filters:
        conditions.append(metadata_filter(query.filters))
    return Filter(must=tuple(conditions))


def metadata_filter(filters: MetadataFilters) -> Filter:
    """LlamaIndex's filters, nested ones included. Raises ValueError naming an operator that has no translation."""
    conditions: list[Condition] = [
        metadata_filter(one) if isinstance(one, MetadataFilters) else _condition(_as_metadata_filter(one))
        for one in filters.filters
        if not (isinstance(one, MetadataFilters) and not one.filters)
    ]
    if filters.condition == FilterCondition.OR:
        return Filter(should=tuple(conditions))
    if filters.condition == FilterCondition.NOT:
        return Filter(must_not=tuple(conditions))
    return Filter(must=tuple(conditions))


def _as_metadata_filter(given: Any) -> MetadataFilter:
    return given if isinstance(given, MetadataFilter) else MetadataFilter(key=given.key, value=given.value)


def _condition(given: MetadataFilter) -> Condition:
    key, value, operator = given.key, given.value, given.operator
    match operator:
        case FilterOperator.EQ if isinstance(value, float):
            return Between(key, gte=value, lte=value)
        case FilterOperator.EQ | FilterOperator.CONTAINS:
            return OneOf(key, (_one(value),))
        case FilterOperator.NE:
            return Filter(must_not=(OneOf(key, (_one(value),)),))
        case FilterOperator.IN | FilterOperator.ANY:
            return one_of(key, _many(value))
        case FilterOperator.NIN:
            return Filter(must_not=(one_of(key, _many(value)),))
        case FilterOperator.ALL:
            return Filter(must=tuple(OneOf(key, (one,)) for one in _many(value)))
        case FilterOperator.IS_EMPTY:
            return Empty(key)
        case _ if operator in _BOUNDS:
            return Between(key, **{_BOUNDS[operator]: _one(value)})
    raise ValueError(f"the filter operator {operator.value!r} is not supported")


def _one(value: Any) -> Any:
    if value is None or isinstance(value, list):
        raise ValueError(f"a filter needs one value here, not {value!r}")
    return value


def _many(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a filter needs a list of values here, not {value!r}")
    return value
