"""What points are searched or deleted by: conditions on their payload, in plain values that both stores translate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

Scalar = str | int | bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """The payload's `key` is, or its list holds, one of the values."""

    key: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The payload's `key` is a number within the bounds that are given."""

    key: str
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """The payload has no `key`, or null or an empty list there."""

    key: str


@dataclass(frozen=True, slots=True)
class HasId:
    """The point is one of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """All of `must`, at least one of `should` where there are any, and none of `must_not`."""

    must: tuple["Condition", ...] = ()
    should: tuple["Condition", ...] = ()
    must_not: tuple["Condition", ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it would match every point."""
        return not (self.must or self.should or self.must_not)


Condition = Union[OneOf, Between, Empty, HasId, Filter]  # noqa: UP007  # it names a class that names it


def one_of(key: str, values: Sequence[Scalar]) -> OneOf:
    """The condition that the payload's `key` is one of the values."""
    return OneOf(key, tuple(values))


def match_page(uri: str) -> Filter:
    """The points of one page."""
    return Filter(must=(OneOf("uri", (uri,)),))


def check_has_conditions(condition: Filter) -> None:
    """Raises ValueError for a filter that would match every point."""
    if condition.is_empty:
        raise ValueError("a filter without conditions matches every point")
