import multiprocessing
import os
import stat
import threading
from pathlib import Path

import pytest

from storage_config.errors import ConfigurationError, StateInUse
from storage_config.state_lock import LOCK_NAME, StateOwner, check_free, hold_state, owner_of


def test_the_folder_is_made_and_held_for_the_block_only(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert owner_of(folder) is None
    with hold_state(folder) as state:
        assert state.folder == folder
        assert owner_of(folder) == StateOwner(os.getpid())
        state.publish("http://127.0.0.1:8000")
        assert owner_of(folder) == StateOwner(os.getpid(), "", "http://127.0.0.1:8000", state.token)
        state.publish("http://h:1")
        assert owner_of(folder) == StateOwner(os.getpid(), "", "http://h:1", state.token)
    assert owner_of(folder) is None
    assert stat.S_IMODE((folder / LOCK_NAME).stat().st_mode) == 0o600
    with hold_state(folder) as again:
        assert again.token != state.token
        assert owner_of(folder) == StateOwner(os.getpid())


def test_nobody_holds_it_twice(tmp_path: Path) -> None:
    check_free(tmp_path)
    with hold_state(tmp_path) as state:
        state.publish("http://h:1")
        with pytest.raises(StateInUse, match="http://h:1"):
            check_free(tmp_path)
        with pytest.raises(StateInUse, match="http://h:1") as raised, hold_state(tmp_path):
            raise AssertionError("held twice")
    assert (raised.value.owner_pid, raised.value.owner_url) == (os.getpid(), "http://h:1")


def test_the_owner_says_what_it_does(tmp_path: Path) -> None:
    with hold_state(tmp_path, command="footnoted ingest"):
        owner = owner_of(tmp_path)
        assert owner is not None
        assert (owner.command, owner.url, owner.token) == ("footnoted ingest", None, None)
        with pytest.raises(StateInUse, match=rf"{os.getpid()} \(footnoted ingest\)"), hold_state(tmp_path):
            raise AssertionError("held twice")


def test_another_way_to_the_same_folder_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with hold_state(tmp_path / "real"), pytest.raises(StateInUse), hold_state(tmp_path / "link"):
        raise AssertionError("held twice")


def test_an_error_inside_the_block_frees_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold_state(tmp_path):
        raise KeyError
    with hold_state(tmp_path):
        pass


def test_asking_for_the_owner_never_keeps_one_out(tmp_path: Path) -> None:
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            owner_of(tmp_path)

    asking = threading.Thread(target=ask)
    asking.start()
    held = 0
    try:
        for _ in range(200):
            with hold_state(tmp_path):
                held += 1
    finally:
        stop.set()
        asking.join()
    assert held == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": null}', b"\xff"])
def test_what_an_owner_did_not_write_yet_is_unknown(tmp_path: Path, content: bytes) -> None:
    with hold_state(tmp_path):
        (tmp_path / LOCK_NAME).write_bytes(content)
        assert owner_of(tmp_path) == StateOwner(None)
        with pytest.raises(StateInUse, match="another process"), hold_state(tmp_path):
            raise AssertionError("held twice")


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="FOOTNOTED_DATA_DIR"), hold_state(tmp_path / "file" / "data"):
        raise AssertionError("held")


def _hold_and_die(folder: Path) -> None:
    with hold_state(folder):
        os._exit(9)


def test_a_holder_that_died_holds_nothing(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_hold_and_die, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert owner_of(tmp_path) is None
    with hold_state(tmp_path):
        pass


def test_git_leaves_the_folder_alone(tmp_path: Path) -> None:
    with hold_state(tmp_path):
        assert (tmp_path / ".gitignore").read_text() == "*\n"
    (tmp_path / ".gitignore").write_text("mine\n")
    with hold_state(tmp_path):
        assert (tmp_path / ".gitignore").read_text() == "mine\n"
