"""Writes in the background: few at once, and only so many that wait."""

import asyncio

import pytest

import app.conversations.background_writer
from app.conversations.background_writer import RECORDS_AT_ONCE, BackgroundWriter, RecordsPiledUp


async def test_a_record_that_fails_in_the_background_is_not_left_unread() -> None:
    writer = BackgroundWriter()

    async def fail() -> None:
        raise ValueError("x")

    task = writer.start(fail())
    await writer.drain(5)
    assert isinstance(task.exception(), ValueError)
    await writer.drain(5)  # nothing is under way


async def test_only_few_records_are_written_at_once() -> None:
    writer = BackgroundWriter()
    release = asyncio.Event()
    writing: list[int] = []

    async def write(number: int) -> None:
        writing.append(number)
        await release.wait()

    for number in range(RECORDS_AT_ONCE * 3):
        writer.start(write(number))
    await writer.drain(0.01)
    assert writing == list(range(RECORDS_AT_ONCE))
    release.set()
    await writer.drain(5)
    assert writing == list(range(RECORDS_AT_ONCE * 3))


async def test_records_that_pile_up_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conversations.background_writer, "MAX_RECORDS", RECORDS_AT_ONCE)
    writer = BackgroundWriter()
    release = asyncio.Event()

    async def write() -> None:
        await release.wait()

    tasks = [writer.start(write()) for _ in range(RECORDS_AT_ONCE)]
    await asyncio.sleep(0)
    late = writer.start(write())
    with pytest.raises(RecordsPiledUp):
        await late
    release.set()
    await writer.drain(5)
    assert all(task.exception() is None for task in tasks)


async def test_what_needs_no_database_does_not_wait_for_records() -> None:
    writer = BackgroundWriter()
    release, settled = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await release.wait()

    async def settle() -> None:
        settled.set()

    for _ in range(RECORDS_AT_ONCE):
        writer.start(write())
    writer.start(settle(), at_once=True)
    await writer.drain(0.01)
    assert settled.is_set()
    release.set()
    await writer.drain(5)
