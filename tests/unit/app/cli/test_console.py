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
