"""Writes points to an embedded collection for ever and prints each number once it is kept; ended by kill -9 only."""

import asyncio
import sys
from pathlib import Path

from storage_config.vectors.edge import EdgeShards
from tests.integration.test_edge import NAME, point, point_id


async def main(folder: Path) -> None:
    shards = EdgeShards(folder)
    points = await shards.open(NAME, dimension=4)
    for number in range(1_000_000):
        await points.upsert([point(number, copy) for copy in range(3)])
        await points.overwrite_payloads({point_id(number, 1): {"uri": "moved.md", "number": number}})
        await points.delete([point_id(number, 2)])
        print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
