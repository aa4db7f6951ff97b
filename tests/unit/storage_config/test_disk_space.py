"""Room on the disk of the data folder."""

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.errors import problem_of
from storage_config import disk_space
from storage_config.disk_space import RESERVE_BYTES, DataDisk, is_no_room
from storage_config.errors import DiskFull
from storage_config.postgres.home import POINTER_NAME
from storage_config.settings import Settings


def _leave(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, free))  # type: ignore[attr-defined]


def _disk(folder: Path, **settings: Any) -> DataDisk | None:
    return DataDisk.from_settings(Settings(_env_file=None, data_dir=folder, **settings))


def test_what_would_be_added_must_leave_the_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = _disk(tmp_path)
    assert disk is not None
    _leave(monkeypatch, RESERVE_BYTES + 100)
    disk.check(vectors=50, rows=50)
    with pytest.raises(DiskFull, match=r"67\.1 MB left"):
        disk.check(vectors=51, rows=50)
    _leave(monkeypatch, RESERVE_BYTES - 1)
    with pytest.raises(DiskFull):
        disk.check()


def test_only_stores_that_lie_there_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _leave(monkeypatch, RESERVE_BYTES + 100)
    vectors_only = _disk(tmp_path, database_url="postgresql://h/db")
    rows_only = _disk(tmp_path, qdrant_url="http://h")
    assert vectors_only is not None
    assert rows_only is not None
    vectors_only.check(rows=10**9)
    rows_only.check(vectors=10**9)
    for disk, added in ((vectors_only, {"vectors": 101}), (rows_only, {"rows": 101})):
        with pytest.raises(DiskFull):
            disk.check(**added)
    assert _disk(tmp_path, database_url="postgresql://h/db", qdrant_url="http://h") is None


def test_rows_that_lie_elsewhere_are_looked_for_there(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shelter"
    elsewhere.mkdir()
    (tmp_path / POINTER_NAME).write_text(f"{elsewhere}\n", encoding="utf-8")
    disk = _disk(tmp_path)
    assert disk is not None
    assert (disk.vectors, disk.rows) == (tmp_path, elsewhere)


def test_no_room_is_one_problem_whoever_met_it() -> None:
    error = OSError(errno.ENOSPC, "No space left on device")
    assert is_no_room(error)
    assert not is_no_room(OSError(errno.EACCES, "Permission denied"))
    assert [problem_of(one).kind.status for one in (error, DiskFull("x"), OSError(errno.EACCES, "x"))] == [
        507,
        507,
        500,
    ]
