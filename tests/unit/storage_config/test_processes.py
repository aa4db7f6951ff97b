import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from storage_config import processes
from storage_config.processes import is_gone, this_process

linux = pytest.mark.skipif(sys.platform != "linux", reason="without /proc a reused number cannot be told")


def test_this_process_lives() -> None:
    assert this_process() == this_process()
    assert not is_gone(this_process())


def test_a_process_that_ended_is_gone() -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    host, _, mark = this_process().split("/")
    place = mark.rpartition(":")[0]
    name = f"{host}/{sleeper.pid}/{place}:{processes._started(sleeper.pid)}"
    assert not is_gone(name)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(name)  # a zombie does nothing any more
    sleeper.wait()
    assert is_gone(name)


@linux
def test_a_reused_number_is_another_process() -> None:
    host, pid, mark = this_process().split("/")
    assert is_gone(f"{host}/{pid}/{mark}1")


@linux
def test_every_process_of_an_earlier_boot_is_gone() -> None:
    host, pid, mark = this_process().split("/")
    boot, at, rest = mark.partition("@")
    assert is_gone(f"{host}/{pid}/{boot[::-1]}{at}{rest}")


@linux
def test_another_container_of_this_boot_cannot_be_told() -> None:
    host, pid, mark = this_process().split("/")
    boot, _, rest = mark.partition("@")
    assert not is_gone(f"{host}/{pid}/{boot}@1{rest}")


@pytest.mark.parametrize("name", ["", "x", "elsewhere/1/a@b:c", f"{socket.gethostname()}/one/a@b:c", "a/b/c/d"])
def test_what_nobody_here_can_tell_is_not_gone(name: str) -> None:
    assert not is_gone(name)


def test_without_proc_a_running_process_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    assert not is_gone(this_process())
    sleeper = subprocess.Popen(["sleep", "60"])
    name = f"{socket.gethostname()}/{sleeper.pid}/{processes._mark(sleeper.pid)}"
    assert not is_gone(name)
    sleeper.kill()
    sleeper.wait()
    assert is_gone(name)
