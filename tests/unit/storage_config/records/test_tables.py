from typing import get_args

from sqlalchemy import DateTime

from pipelines import types
from storage_config.records import documents, feedback, messages, tables


def test_enumerations_are_those_of_the_pipelines() -> None:
    """This floor knows nothing of the one above, and yet both must allow the same words."""
    assert set(tables.QUALITIES) == set(types.QUALITIES)
    assert set(tables.CLAIM_STATUSES) == set(get_args(types.ClaimStatus))
    assert set(tables.ANSWER_STATUSES) == set(get_args(types.AnswerStatus)) == set(get_args(messages.AnswerStatus))
    assert set(tables.ROLES) == set(get_args(types.Role)) == set(get_args(messages.Role))
    assert set(tables.DOCUMENT_STATUSES) == set(get_args(documents.DocumentStatus))
    assert set(tables.DOCUMENT_ORIGINS) == set(get_args(documents.DocumentOrigin))
    assert set(tables.RATINGS) == set(get_args(feedback.Rating))
    assert set(tables.REASONS) == set(get_args(feedback.Reason))


def test_every_time_has_a_zone() -> None:
    times = [column for table in tables.metadata.tables.values() for column in table.c if "_at" in column.name]
    assert len(times) > 10
    assert all(isinstance(column.type, DateTime) and column.type.timezone for column in times)
