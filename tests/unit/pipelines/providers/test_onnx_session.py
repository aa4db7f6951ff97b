"""onnxruntime's telemetry is off where we load it; import-linter sees that nobody loads it elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import needs
from tests.support.source_tree import ROOT

_KNOWN_TO_SEND = "Microsoft"  # the folder below the user's cache where events wait


@pytest.mark.parametrize(
    ("module", "keeps"), [("onnxruntime", True), ("pipelines.providers.onnx_session", False)], ids=["theirs", "ours"]
)
def test_nothing_is_kept_to_be_sent(module: str, keeps: bool, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, env=environment, check=True, timeout=60)
    kept = [path for path in tmp_path.rglob("*") if path.name == _KNOWN_TO_SEND]
    needs(bool(kept) or not keeps, "this onnxruntime keeps no telemetry by itself")
    assert bool(kept) == keeps
