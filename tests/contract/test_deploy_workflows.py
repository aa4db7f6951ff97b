"""The workflows that docs/deploy.md shows: held against GitHub's schema and rules of safety, and their steps run."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.emulators.qdrant import QdrantEmulator
from tests.support.command_line import SECONDS, copy_book, run, serving

BIN = Path(sys.executable).parent
WORKFLOWS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "deploy.md").read_text("utf-8"), re.M | re.S)
# The docs name versions; whoever must pin commits reads so there.
ZIZMOR = 'rules: {unpinned-uses: {config: {policies: {"*": ref-pin}}}}'


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for number, workflow in enumerate(WORKFLOWS):
        (folder / f"index{number}.yml").write_text(workflow, "utf-8")
    return folder


def step(workflow: int, job: str, name: str) -> str:
    """What a step runs."""
    steps = yaml.safe_load(WORKFLOWS[workflow])["jobs"][job]["steps"]
    (found,) = (one["run"] for one in steps if one.get("name") == name)
    assert isinstance(found, str)
    return found


async def run_step(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As GitHub runs a step without a `shell`, with `footnoted` and a `gh` that keeps what it was told."""
    stub = folder / "bin" / "gh"
    stub.parent.mkdir(exist_ok=True)
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > gh-was-told\n', "utf-8")
    stub.chmod(0o755)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    environment = {**inherited, "PATH": f"{stub.parent}:{BIN}:{os.environ['PATH']}", **environment}
    ran = subprocess.run
    return await asyncio.to_thread(
        ran, ["bash", "-e", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )


def test_they_are_workflows(written: Path) -> None:
    assert len(WORKFLOWS) == 2
    files = [str(file) for file in written.iterdir()]
    command: list[str | Path] = [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert checked.returncode == 0, checked.stdout


def test_they_are_safe(written: Path) -> None:
    config = written.parent / "zizmor.yml"
    config.write_text(ZIZMOR, "utf-8")
    command: list[str | Path] = [BIN / "zizmor", "--offline", "--format", "json", "--config", config, written]
    audited = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert [one["ident"] for one in json.loads(audited.stdout)] == [], audited.stderr


async def test_a_pull_request_gets_the_plan_and_a_push_the_ingestion(tmp_path: Path, database_url: str) -> None:
    site = copy_book(tmp_path)
    async with QdrantEmulator() as qdrant:
        stores = {"DATABASE_URL": database_url, "QDRANT_URL": qdrant.url}
        planned = await run_step(site, step(0, "plan", "plan"), **stores)
        assert planned.returncode == 0, planned.stderr
        plan = (site / "plan.md").read_text("utf-8")
        assert "Pages: 12 added." in plan
        assert "| `02-search/02-bm25.md` | added |" in plan
        commented = await run_step(site, step(0, "plan", "comment"), NUMBER="7")
        assert commented.returncode == 0, commented.stderr
        told = (site / "gh-was-told").read_text("utf-8").split()
        assert told[:3] == ["pr", "comment", "7"]
        assert told[-1] == "plan.md"

        ingested = await run_step(site, step(0, "ingest", "ingest"), **stores)
        assert ingested.returncode == 0, ingested.stderr
        (site / "book" / "index.md").write_bytes(b"---\ntitle: [\n---\n\xff")
        broken = await run_step(site, step(0, "plan", "plan"), **stores)
        assert broken.returncode == 3, "a page that cannot be read makes the pull request red"
        assert "11 unchanged" in (site / "plan.md").read_text("utf-8")
        assert "index.md" in (site / "plan.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
async def test_a_deployment_lets_the_server_ingest(tmp_path: Path) -> None:
    site = copy_book(tmp_path)
    async with serving(site) as (url, _):
        created = await run(site, "keys", "create", "deploy", "--role", "writer", "--json")
        key = json.loads(created.out)["key"]
        for wanted in ({"added": 12, "unchanged": 0}, {"added": 0, "unchanged": 12}):
            ran = await run_step(site, step(1, "ingest", "ingest"), URL=url, KEY=key, PAUSE="0.2")
            assert ran.returncode == 0, ran.stderr
            assert _part(json.loads((site / "run.json").read_text("utf-8"))["report"], wanted) == wanted
        refused = await run_step(site, step(1, "ingest", "ingest"), URL=url, KEY="no key", PAUSE="0.2")
        assert refused.returncode != 0


def _part(report: Mapping[str, Any], wanted: Mapping[str, int]) -> dict[str, Any]:
    return {name: report[name] for name in wanted}
