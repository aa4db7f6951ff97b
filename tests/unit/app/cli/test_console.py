import gc
import os
import signal
import subprocess
import sys

import pytest

import app.cli.main
from app.cli import console


def test_commands_run_with_a_collector_that_looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int, int]] = []
    monkeypatch.setattr(app.cli.main, "main", lambda: seen.append(gc.get_threshold()))
    before, take = gc.get_threshold(), signal.getsignal(signal.SIGINT)
    try:
        console.main()
    finally:
        gc.set_threshold(*before)
        signal.signal(signal.SIGINT, take)
    assert seen == [console.GC_THRESHOLDS]
    assert seen[0][0] > before[0]


def test_a_ctrl_c_that_no_command_takes_ends_with_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app.cli.main, "main", interrupted)
    before, take = gc.get_threshold(), signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises((SystemExit, KeyboardInterrupt)) as ended:
            console.main()
    finally:
        gc.set_threshold(*before)
        signal.signal(signal.SIGINT, take)
    assert isinstance(ended.value, SystemExit)
    assert ended.value.code == console.INTERRUPTED


def test_what_a_command_wrote_is_written_before_ctrl_c_ends_at_once() -> None:
    """Output to a file is kept in memory until then."""
    script = (
        "import sys, types, os, signal\n"
        "module = types.ModuleType('app.cli.main')\n"
        "module.main = lambda: sys.stdout.write('the key')\n"
        "sys.modules['app.cli.main'] = module\n"
        "from app.cli import console\n"
        "console.main()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, timeout=60)
    assert (ended.returncode, ended.stdout) == (console.INTERRUPTED, b"the key")
