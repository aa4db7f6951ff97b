"""The image and the composition of containers, as far as a machine without a container engine can try them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from storage_config.settings import Settings
from tests.support.container_image import missing_for_steps, read_image, run_steps
from tests.support.needs import needs
from tests.support.source_tree import ROOT

_DOCKERFILE = ROOT / "Dockerfile"
_SITE = ROOT / "notebooks" / "data"
_RUN = """
inside {entrypoint} ingest
inside {entrypoint} ask "How does BM25 limit the weight of a repeated term?"
inside sh -c 'echo $$ > /tmp/pid; FOOTNOTED_READERS=public exec "$@"' sh {entrypoint} {command} &
while [ ! -s "$root/tmp/pid" ]; do sleep 0.1; done
server=$(cat "$root/tmp/pid")
for second in $(seq 60); do
  sleep 1; kill -0 $server; if inside {healthcheck} 2>/dev/null; then echo HEALTHY; break; fi
done
touch "$root/tried" 2>&1 || true
kill $server; wait && echo ENDED
"""


@pytest.fixture
def composed() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    checked = subprocess.run([hadolint, _DOCKERFILE], capture_output=True, text=True, timeout=60, check=False)
    assert (checked.stdout, checked.returncode) == ("", 0)


def test_what_the_image_is_made_of_goes_to_the_builder() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", _DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for names in copied for name in names.split()} == allowed
    assert all((ROOT / name).exists() for name in allowed)


def test_every_service_that_is_waited_for_says_when_it_is_there(composed: dict[str, Any]) -> None:
    services = composed["services"]
    for service in services.values():
        for name, waited in service.get("depends_on", {}).items():
            if waited["condition"] == "service_healthy":
                assert "healthcheck" in services[name] or name == "api"  # the image has one
            if waited["condition"] == "service_completed_successfully":
                assert services[name]["restart"] == "no"
    assert all(
        service["read_only"] and service["cap_drop"] == ["ALL"] for service in (services["api"], services["migrate"])
    )


def test_the_composition_sets_what_our_settings_know(composed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    environment = composed["services"]["api"]["environment"]
    in_env_file = {"POSTGRES_PASSWORD": "of-postgres", "QDRANT_API_KEY": "of-qdrant"}
    known = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in list(os.environ):
        if name.startswith("FOOTNOTED_"):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        assert re.search(rf"^(# )?{name}=", known, re.MULTILINE), f"{name} is no setting"
        if value is not None:
            monkeypatch.setenv(name, _interpolated(str(value), in_env_file))
    settings = Settings(_env_file=None)
    assert not settings.embedded
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://footnoted:of-postgres@postgres:5432/footnoted"
    assert settings.qdrant_limit_bytes == 100 * 1024**3


def test_secrets_that_nobody_set_are_asked_for(composed: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for name in ("POSTGRES_PASSWORD", "QDRANT_API_KEY"):
        assert f"${{{name}:?set {name} in .env}}" in text


def test_no_caller_says_where_it_comes_from(composed: dict[str, Any]) -> None:
    """The balancer's network is trusted, so it must not pass on what a caller said before it."""
    told = re.findall(r"X-Forwarded-For (\S+);", composed["configs"]["balancer"]["content"])
    assert told == ["$$remote_addr"]


def _interpolated(value: str, known: dict[str, str]) -> str:
    """As compose does it: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`."""
    return re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", lambda m: known.get(m[1]) or (m[3] if m[2] == "-" else ""), value)


@pytest.mark.sites
@pytest.mark.timeout(450)
def test_the_steps_work_and_it_runs_as_its_user_with_a_root_that_cannot_be_written() -> None:
    missing = missing_for_steps()
    needs(missing is None, f"the Dockerfile's steps cannot run on this machine: {missing}")
    image = read_image(_DOCKERFILE)
    quoted = {
        name: " ".join(_quoted(part) for part in getattr(image, name))
        for name in ("entrypoint", "command", "healthcheck")
    }
    done = run_steps(_DOCKERFILE, _RUN.format(**quoted), site=_SITE, seconds=400)
    assert "12 added" in done.stdout, done.stdout
    assert "claims supported" in done.stdout
    assert "HEALTHY" in done.stdout, done.stdout
    assert "Read-only file system" in done.stdout
    assert "ENDED" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.returncode == 0


def _quoted(part: str) -> str:
    return "'" + part.replace("'", "'\\''") + "'"
