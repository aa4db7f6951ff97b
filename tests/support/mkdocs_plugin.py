"""The MkDocs plugin as its users have it: a wheel, unpacked where no Footnoted is."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "packages" / "mkdocs-footnoted"
_BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def build_wheel(folder: Path) -> Path:
    """Builds it from a copy of the source: setuptools writes beside what it packs."""
    source, wheels = folder / "source", folder / "wheels"
    shutil.copytree(PACKAGE, source)
    wheels.mkdir()
    built = subprocess.run(
        [sys.executable, "-c", _BUILD, wheels], cwd=source, capture_output=True, text=True, timeout=60, check=True
    )
    return wheels / built.stdout.splitlines()[-1]


def unpack_wheel(folder: Path) -> Path:
    """A folder for PYTHONPATH: its metadata lies in it, so that MkDocs finds the plugin by name."""
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(build_wheel(folder)) as wheel:
        wheel.extractall(unpacked)
    return unpacked
