from sqlalchemy import DateTime

from storage_config.records import tables


def test_every_time_has_a_zone() -> None:
    times = [column for table in tables.metadata.tables.values() for column in table.c if "_at" in column.name]
    assert len(times) > 10
    assert all(isinstance(column.type, DateTime) and column.type.timezone for column in times)
