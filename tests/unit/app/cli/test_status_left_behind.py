"""What `footnoted status` says of databases whose data folder is gone."""

import os
from pathlib import Path

import pytest

from app.cli import status


def test_databases_that_were_left_behind_are_named_with_how_to_remove_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, gone = Path("/var/lib/footnoted/1-2"), Path("/root/old/.footnoted")
    monkeypatch.setattr("storage_config.postgres.home.list_abandoned", lambda: [(home, gone)])
    status._print_abandoned()
    assert capsys.readouterr().out == (
        f"left behind: {home} is the database of {gone}, which is gone. If it was not moved: rm -r {home}\n"
    )


def test_a_folder_whose_name_is_no_text_is_named_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [(Path("/var/lib/footnoted/1-2"), Path(os.fsdecode(b"/root/\xff")))]
    monkeypatch.setattr("storage_config.postgres.home.list_abandoned", lambda: found)
    status._print_abandoned()
    assert r"is the database of /root/\xff, which is gone" in capsys.readouterr().out
