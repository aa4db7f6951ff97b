"""Column types of the tables: text and JSON that Postgres can always keep, times with a zone."""

import json
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from storage_config.records.storable import storable_json, storable_text


class StoredText(TypeDecorator[str]):
    """TEXT of any code points."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as Postgres can keep it."""
        return None if value is None else storable_text(value)


class StoredJson(TypeDecorator[Any]):
    """JSONB of any strings; None is SQL's NULL, never JSON's null."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value as Postgres can keep it."""
        return None if value is None else storable_json(value)


UTC_TIME = DateTime(timezone=True)
NOW = func.now()


def one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that `column` is one of `allowed`; SQLModel's table models do not validate by themselves."""
    values = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def all_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that `column`, a JSON list, holds nothing but what is `allowed`."""
    return CheckConstraint(f"{column} <@ '{json.dumps(allowed)}'::jsonb", name=column)
