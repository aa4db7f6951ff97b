"""Selected columns as small frozen values: what a query selects is what the value's fields are called."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Table

from storage_config.errors import StorageError

T = TypeVar("T")
MAX_PAGE_SIZE = 200


class InvalidCursor(StorageError):
    """A cursor that no listing gave out."""


@dataclass(frozen=True, slots=True)
class CursorPage(Generic[T]):
    """A part of a listing. `next_cursor` continues it; None at its end."""

    items: tuple[T, ...]
    next_cursor: str | None


def columns_of(table: Table, value: type[Any]) -> list[Column[Any]]:
    """The columns that fill the dataclass `value`, in the order of its fields."""
    return [table.c[field.name] for field in dataclasses.fields(value)]


def values_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, as they are: `asdict` would copy all that is in them."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def encode_cursor(*keys: str) -> str:
    """An opaque, url-safe cursor of the keys of the last item."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()


def decode_cursor(cursor: str, length: int) -> list[str]:
    """The keys of a cursor. Raises InvalidCursor for anything but a cursor of that many keys."""
    try:
        keys = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidCursor("not a cursor of this listing") from None
    if not isinstance(keys, list) or len(keys) != length or not all(isinstance(key, str) for key in keys):
        raise InvalidCursor("not a cursor of this listing")
    return keys


def page_of(items: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> CursorPage[T]:
    """The first `limit` of the items, of which one more was selected to know whether the listing goes on."""
    kept = tuple(items[:limit])
    return CursorPage(kept, cursor_of(kept[-1]) if len(items) > limit else None)


def bounded(limit: int) -> int:
    """A page size between 1 and MAX_PAGE_SIZE."""
    return max(1, min(limit, MAX_PAGE_SIZE))
