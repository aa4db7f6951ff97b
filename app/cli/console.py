"""The console script: it takes Ctrl+C over before it loads the commands, which takes a while."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """`footnoted`."""
    # Nothing is open yet that would have to be closed. A script in the background ignores Ctrl+C, and goes on to.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not ignored:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))
    from app.cli.main import main as run

    if not ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
