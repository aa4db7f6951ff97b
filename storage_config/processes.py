"""Which process is meant, told apart from a later one that got the same number."""

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Names this process as `host/pid/mark`; the mark changes with every reboot, container and reuse of the pid."""
    return f"{socket.gethostname()}/{os.getpid()}/{_mark(os.getpid())}"


def is_gone(process: str) -> bool:
    """True when the process of that name surely ended; False when it lives or nobody here can tell.

    A process of another host is never taken for gone.
    """
    host, pid, mark = _split(process)
    if host != socket.gethostname() or pid is None:
        return False
    place, _, start = mark.rpartition(":")
    own_place = _mark(os.getpid()).rpartition(":")[0]
    if place != own_place:
        # Same host name and another boot: gone. Another pid namespace of this boot: not visible from here.
        return bool(place) and place.partition("@")[0] != own_place.partition("@")[0]
    return _started(pid) != start


def _split(process: str) -> tuple[str, int | None, str]:
    parts = process.split("/")
    if len(parts) != 3 or not parts[1].isdecimal():
        return process, None, ""
    return parts[0], int(parts[1]), parts[2]


def _mark(pid: int) -> str:
    """`boot@namespace:start`, empty fields where the system has no /proc."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = os.readlink(_PROC / "self/ns/pid").strip("pid:[]")
    except OSError:
        return f":{_started(pid)}"
    return f"{boot}@{namespace}:{_started(pid)}"


def _started(pid: int) -> str:
    """When the process started in clock ticks since boot (proc(5), field 22 of stat); empty when it does not run.

    Without /proc, `runs` stands for every living process: a reused pid is then taken for the first one.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "" if _PROC.joinpath("self").exists() or not _runs(pid) else "runs"
    fields = stat.rpartition(")")[2].split()  # the command in parentheses may hold spaces
    return "" if fields[0] in "ZX" else fields[19]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
