"""A process that owns a data folder and its embedded Postgres: `python -m tests.embedded_owner DATA SHELTER [NOTE]`.

Keeps NOTE where one is given, prints one line of JSON about itself, and ends when its input does.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from storage_config.postgres.database import open_url
from storage_config.postgres.embedded import open_embedded_postgres
from storage_config.state_lock import hold_state
from tests.support.notes import keep_note, read_notes


async def own(data_folder: Path, shelter: Path, note: str | None) -> None:
    """Owns the folder until the input ends."""
    with hold_state(data_folder) as state:
        async with open_embedded_postgres(data_folder, shelter=shelter) as server, open_url(server.url) as database:
            state.publish("http://127.0.0.1:8000")
            if note is not None:
                await keep_note(database, note)
            about = {"pid": os.getpid(), "server": server.pid, "url": server.url, "notes": await read_notes(database)}
            print(json.dumps(about), flush=True)  # noqa: T201
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(own(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
