"""The application over a scripted engine, in a process of its own, with the limits of its environment.

    REDIS_URL=... FOOTNOTED_ASK_RATE_ADDRESS=5/minute python -m tests.limited_server

Prints its url once it answers, then serves until it is ended.
"""

import asyncio
import sys

from app.serving.server import Address, ReadyServer, build_config, open_listener
from app.telemetry.logs import LogOptions, configure_logs
from storage_config.settings import read_settings
from tests.support.fakes import FakeCorpus, FakeResources, ScriptedEngine, answered_script
from tests.support.serving import World


def main() -> None:
    """Serve."""
    settings = read_settings()
    configure_logs(LogOptions.from_settings(settings))
    corpora = {
        "docs": FakeCorpus(ScriptedEngine(answered_script())),
        "paid": FakeCorpus(ScriptedEngine(answered_script()), uses_llm=True),
    }
    world = World(FakeResources(corpora, settings=settings))
    with open_listener(Address(port=0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def tell() -> None:
            sys.stdout.write(url + "\n")
            sys.stdout.flush()

        server = ReadyServer(build_config(world.build(), world.resources.settings), on_ready=tell)
        asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main()
