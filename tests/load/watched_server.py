"""The command line with a watch on the server's event loop: `python -m tests.load.watched_server serve …`.

A thread asks the loop for a turn every ten milliseconds. How long it is held counts as the less of what passed on the
clock and of the CPU that the process spent meanwhile: a machine that is busy with others holds no loop, a thread that
keeps the interpreter does. For each line on standard input, the longest hold since the last one is told, in
milliseconds, on standard output.
"""

import asyncio
import sys
import threading
import time

from app.cli.main import app
from app.serving.server import ReadyServer

LOOK_SECONDS = 0.01


class LoopWatch:
    """Watches one loop until the process ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.longest = 0.0
        self._loop = loop
        threading.Thread(target=self._watch, daemon=True).start()
        threading.Thread(target=self._tell, daemon=True).start()

    def _watch(self) -> None:
        turn = threading.Event()
        while True:
            time.sleep(LOOK_SECONDS)
            turn.clear()
            clock, cpu = time.monotonic(), time.process_time()
            self._loop.call_soon_threadsafe(turn.set)
            turn.wait()
            self.longest = max(self.longest, min(time.monotonic() - clock, time.process_time() - cpu))

    def _tell(self) -> None:
        for _ in sys.stdin:
            told, self.longest = self.longest, 0.0
            sys.stdout.write(f"{told * 1e3:.1f}\n")
            sys.stdout.flush()


def main() -> None:
    """Runs the command line, and watches the loop of the server that it starts."""
    startup = ReadyServer.startup

    async def watched(self: ReadyServer, sockets: object = None) -> None:
        LoopWatch(asyncio.get_running_loop())
        await startup(self, sockets)  # type: ignore[arg-type]

    ReadyServer.startup = watched  # type: ignore[method-assign]
    app()


if __name__ == "__main__":
    main()
