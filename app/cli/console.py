"""The console script: it takes Ctrl+C over before it loads the commands, which takes a while."""

import gc
import os
import signal

INTERRUPTED = 130
# Raised from (700, 10, 10): libraries make a million objects that all stay, and looking through them again and again
# is an eighth of what `footnoted ask` costs.
GC_THRESHOLDS = (200_000, 10, 10)


def main() -> None:
    """`footnoted`."""
    gc.set_threshold(*GC_THRESHOLDS)
    # Nothing is open yet that would have to be closed. A script in the background ignores Ctrl+C, and goes on to.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not ignored:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))
    from app.cli.main import main as run

    if not ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
