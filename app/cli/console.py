"""The console script: it takes Ctrl+C over before it loads the commands, which takes a while."""

import gc
import os
import signal
import sys
from contextlib import suppress

INTERRUPTED = 130
# Raised from (700, 10, 10): libraries make a million objects that all stay, and looking through them again and again
# is an eighth of what `footnoted ask` costs.
GC_THRESHOLDS = (200_000, 10, 10)


def main() -> None:
    """`footnoted`."""
    gc.set_threshold(*GC_THRESHOLDS)
    # A script in the background ignores Ctrl+C, and goes on to.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    _end_at_once(unless=ignored)
    from app.cli.main import main as run

    try:
        if not ignored:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:  # while the commands are put together, where nothing else takes it
        sys.exit(INTERRUPTED)
    finally:
        with suppress(OSError):  # whoever read it has left: the interpreter says so when it ends
            sys.stdout.flush()
            sys.stderr.flush()
        _end_at_once(unless=ignored)


def _end_at_once(*, unless: bool) -> None:
    """What Ctrl+C does before a command began and after it ended: nothing is open that would have to be closed."""
    if not unless:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))
