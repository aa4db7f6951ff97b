"""What `footnoted status` says of databases whose data folder is gone."""

import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import status
from app.cli.main import app


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


def test_more_than_three_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = [(Path(f"/var/lib/footnoted/{number}"), Path(f"/root/{number}")) for number in range(21)]
    monkeypatch.setattr("storage_config.postgres.home.list_abandoned", lambda: found[:3])
    status._print_abandoned()
    assert capsys.readouterr().out.count("\n") == 3
    monkeypatch.setattr("storage_config.postgres.home.list_abandoned", lambda: found)
    status._print_abandoned()
    assert capsys.readouterr().out == (
        "left behind: 21 databases in /var/lib/footnoted whose data folders are gone. To see them: footnoted status "
        "--left-behind. If none was moved, to remove all: footnoted status --left-behind | sh\n"
    )


def test_they_are_listed_as_commands_that_remove_them_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    homes, kept = [tmp_path / f"home {number}" for number in range(5)], tmp_path / "kept"
    for folder in (*homes, kept):
        (folder / "cluster").mkdir(parents=True)
    hostile = Path(f"/root/x\nrm -r {kept}\r'\u2028$(rm -r {kept})")
    monkeypatch.setattr("storage_config.postgres.home.list_abandoned", lambda: [(home, hostile) for home in homes])
    listed = CliRunner().invoke(app, ["status", "--left-behind"])
    assert (listed.exit_code, listed.stdout.count("\n")) == (0, 5)
    subprocess.run(["sh"], input=listed.stdout, text=True, check=True)
    assert list(tmp_path.iterdir()) == [kept]
