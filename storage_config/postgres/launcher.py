"""Becomes a Postgres program: `python launcher.py PARENT UID GID PROGRAM [ARGUMENT...]`.

Run as a script in a fresh interpreter, without our packages. It does what must happen between fork and exec, where
`preexec_fn` may deadlock once the parent has threads: it drops root, and asks Linux to send SIGINT (Postgres's fast
shutdown) when the thread that spawned it ends, however that happens (prctl(2), PR_SET_PDEATHSIG).
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drops to UID and GID, ties itself to PARENT and executes PROGRAM."""
    parent, uid, gid = (int(argument) for argument in arguments[:3])
    if os.geteuid() == 0:
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which would clear it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("the parent ended before the death signal was set")
    os.umask(0o077)
    os.execv(arguments[3], arguments[3:])


if __name__ == "__main__":
    main(sys.argv[1:])
