"""The steps of our Dockerfile as a shell script, for a machine without a container engine.

Each stage is an overlay over this machine's own root in a mount namespace: what a step writes is gone with it. Of the
image it shows that the steps work from the locks, and that it runs as its user with a root that cannot be written; not
that the base image has what this machine has.
"""

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from dockerfile_parse import DockerfileParser

_HEAD = r"""
set -euo pipefail
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
stage() {
  mkdir -p "/mnt/$1/up" "/mnt/$1/work" "/mnt/$1/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=/mnt/$1/up,workdir=/mnt/$1/work" "/mnt/$1/root"
  root="/mnt/$1/root"
  mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"
  # As the base image has it: a `python` that every user may run.
  chmod o+x "$root/root"; mkdir -p "$root/usr/local/bin"; rm -f "$root/usr/local/bin/python"
  printf '#!/bin/sh\nexec %s "$@"\n' "$PYTHON" > "$root/usr/local/bin/python"; chmod 755 "$root/usr/local/bin/python"
}
"""
_RUN = """
mount --rbind "$root" "$root"; mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=0700,uid={uid},gid={uid} tmpfs "$root/data"
mount --bind "$SITE" "$root/site"; mount -o remount,bind,ro "$root/site"
inside() {{
  chroot --userspec={uid}:{uid} --groups= "$root" /usr/bin/env -i {environment} sh -c 'cd {folder} && exec "$@"' sh "$@"
}}
ip link set lo up
"""


class Image(NamedTuple):
    """What the Dockerfile says of running: arguments as lists."""

    entrypoint: list[str]
    command: list[str]
    healthcheck: list[str]
    user: str


def missing_for_steps() -> str | None:
    """What this machine lacks to run the steps; None where it lacks nothing."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        return "root, unshare and ip are needed"
    tried = f"{_HEAD}\nPYTHON=none; stage tried"
    done = subprocess.run(["unshare", "-m", "bash", "-c", tried], capture_output=True, check=False)
    return None if done.returncode == 0 else "no overlay can be mounted over this root"


def read_image(dockerfile: Path) -> Image:
    """How the image runs."""
    said = {step["instruction"]: step["value"] for step in _steps(dockerfile)}
    check = said["HEALTHCHECK"].partition("CMD ")[2]
    return Image(json.loads(said["ENTRYPOINT"]), json.loads(said["CMD"]), json.loads(check), said["USER"])


def script_of(dockerfile: Path, run: str) -> str:
    """Builds all stages; then `run`, in which `inside COMMAND…` runs one as the image's user.

    It wants PYTHON, CONTEXT and SITE in its environment, and to be called by `unshare -m -n` after what it installs is
    in uv's cache, or with a network.
    """
    lines, name, workdir, environment = [_HEAD], "", "/", {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"}
    for number, step in enumerate(_steps(dockerfile)):
        instruction, value = step["instruction"], step["value"]
        if instruction == "FROM":
            name = value.partition(" AS ")[2] or f"stage{number}"
            workdir = "/"
            lines.append(f"stage {name}")
        elif instruction == "WORKDIR":
            workdir = value
            lines.append(f'mkdir -p "$root{value}"')
        elif instruction == "ENV":
            pairs = (pair.partition("=") for pair in shlex.split(value))
            environment |= {key: said.replace("$PATH", environment["PATH"]) for key, _, said in pairs}
        elif instruction == "RUN":
            inner = f"cd {workdir} && export PATH={environment['PATH']} && {value}"
            lines.append(f'chroot "$root" sh -ec {shlex.quote(inner)}')
        elif instruction == "COPY":
            lines.append(_copied(value, workdir))
    uid = read_image(dockerfile).user
    said_environment = " ".join(shlex.quote(f"{key}={value}") for key, value in environment.items())
    # The network is left where the image begins to run, so that it has its port for itself.
    inner = _RUN.format(uid=uid, environment=said_environment, folder=workdir) + run
    lines.append(f"export root; unshare -n bash -euo pipefail -c {shlex.quote(inner)}")
    return "\n".join(lines)


def run_steps(dockerfile: Path, run: str, *, site: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Builds and runs; what was printed, errors among it."""
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script_of(dockerfile, run)],
        env={**os.environ, "PYTHON": str(python), "CONTEXT": str(dockerfile.parent), "SITE": str(site)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )


def _copied(value: str, workdir: str) -> str:
    """Folders by their contents and files by their names, as COPY does; every target of ours is a folder."""
    *sources, target = shlex.split(value)
    base = "$CONTEXT"
    if sources[0].startswith("--from="):
        base = f"/mnt/{sources.pop(0).partition('=')[2]}/root"
    into = f"$root{target if target.startswith('/') else os.path.normpath(f'{workdir}/{target}')}"
    lines = [f'mkdir -p "{into}"']
    for source in sources:
        found = f"{base}/{source.lstrip('/')}"
        lines.append(f'if [ -d "{found}" ]; then cp -a "{found}/." "{into}"; else cp -a "{found}" "{into}"; fi')
    return "\n".join(lines)


def _steps(dockerfile: Path) -> list[dict[str, str]]:
    parser = DockerfileParser(fileobj=io.BytesIO(dockerfile.read_bytes()))
    return [step for step in parser.structure if step["instruction"] != "COMMENT"]
