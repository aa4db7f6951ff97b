import gc
import signal

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
