"""A Ray cluster of two nodes on loopback, in a process of its own, since Ray leaves threads and handlers behind.

python -m tests.support.ray_nodes        # prints its address, and ends with its input
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

END_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RayNodes:
    """A cluster: its address, and the process below which all of its processes are."""

    address: str
    pid: int


@contextlib.contextmanager
def ray_nodes() -> Iterator[RayNodes]:
    """A cluster whose nodes have a CPU each, for the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nobody is told of it, and nodes share a machine whose disk may be fuller than Ray likes.
        env=os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "RAY_local_fs_capacity_threshold": "1"},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        for line in process.stdout:
            if line.startswith(b"address "):
                break
        else:
            raise RuntimeError("the cluster did not start")
        yield RayNodes(line.decode().split()[1], process.pid)
    finally:
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def worker_pids() -> list[int]:
    """The processes of workers that ingest, by the names that Ray gives them."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.joinpath("cmdline").read_bytes().startswith(b"ray::IngestionWorker"):
                    found.append(int(folder.name))
    return sorted(found)


def main() -> None:
    """Starts both nodes and keeps them until nobody wants them."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100_000_000}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    try:
        cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
        sys.stdout.write(f"address {cluster.address}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
