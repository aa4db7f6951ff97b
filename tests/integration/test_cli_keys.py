"""`footnoted keys`, in a database of its own and through a server that holds it."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from app.auth.api_keys import is_well_formed
from app.cli.backend import open_backend
from app.cli.keys import print_keys
from app.cli.main import app
from app.cli.outcomes import ServerGone, ServerRefused
from app.cli.server_backend import open_server_backend
from app.errors import ApiKeyNotFound
from storage_config.errors import StateInUse
from storage_config.postgres.database import Database
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, hold_state
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_server

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line over the test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def invoke(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["keys", *words])
        return result.exit_code, result.stdout, result.stderr

    return invoke


def test_a_key_from_its_making_to_its_end(run: Run) -> None:
    code, key, told = run("create", "ci of the docs", "--role", "writer")
    assert code == 0
    assert is_well_formed(key.strip())
    assert "shown this once" in " ".join(told.split())
    (made,) = [json.loads(line) for line in run("list", "--json")[1].splitlines()]
    assert (made["name"], made["role"], made["revoked_at"]) == ("ci of the docs", "writer", None)
    rotated = json.loads(run("rotate", made["id"], "--overlap-hours", "1", "--json")[1])
    assert (rotated["name"], rotated["role"]) == ("ci of the docs", "writer")
    assert rotated["key"] != key.strip()
    assert run("revoke", made["id"])[0] == 0
    code, shown, _ = run("list")
    assert (code, shown.count("ci of"), shown.count("ended")) == (0, 2, 1)
    assert key.strip() not in shown


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["create", "ci", "--role", "god"], "--role"),
        (["create", "x" * 121], "NAME"),
        (["create", ""], "NAME"),
        (["revoke", str(new_id())], "KEY_ID"),
        (["rotate", str(new_id())], "KEY_ID"),
        (["rotate", str(new_id()), "--overlap-hours", "-1"], "--overlap-hours"),
        (["revoke", "x"], "key_id"),
    ],
)
def test_wrong_use_is_named(run: Run, words: list[str], named: str) -> None:
    code, printed, told = run(*words)
    assert (code, printed) == (2, "")
    assert named in told


async def test_keys_go_through_the_server_that_holds_the_data(database: Database, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    with hold_state(tmp_path) as state:
        with pytest.raises(StateInUse):
            async with open_backend(settings, command="footnoted list") as alone:
                await alone.list_keys()
        world = build_world(answered_script(), database=database, local_token=state.token)
        async with open_server(world) as url:
            state.publish(url)
            async with open_backend(settings, command="footnoted list") as keys:
                made = await keys.create_key(name="ci", role="owner", groups=["board"])
                rotated = await keys.rotate_key(made.id, overlap=timedelta(hours=1))
                assert (made.groups, rotated.groups) == (["board"], ["board"])
                headers = {"authorization": f"Bearer {rotated.key}"}
                async with httpx.AsyncClient(base_url=url) as client:
                    assert (await client.get("/api/v1/keys", headers=headers)).status_code == 200
                    await keys.revoke_key(rotated.id)
                    assert (await client.get("/api/v1/keys", headers=headers)).status_code == 401
                assert [key.role for key in await keys.list_keys()] == ["owner", "owner"]
                with pytest.raises(ServerRefused) as refused:
                    await keys.revoke_key(new_id())
    assert refused.value.kind is ApiKeyNotFound


async def test_a_server_that_does_not_help_is_told(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    with pytest.raises(ServerGone, match="cannot be reached"):
        async with open_server_backend(StateOwner(pid=1, url="http://127.0.0.1:9", token="token"), settings):
            pass
    async with open_server(build_world(answered_script())) as url:
        owner = StateOwner(pid=1, url=url, token="another token")
        async with open_server_backend(owner, settings) as keys:
            with pytest.raises(ServerRefused, match="valid key"):
                await keys.list_keys()


async def test_names_are_shown_as_they_are(tmp_path: Path, database_url: str) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=database_url)
    async with open_backend(settings, command="footnoted create") as keys:
        await keys.create_key(name="[red]ci[/red]", role="reader", groups=[])
    console = Console(width=120, file=io.StringIO(), record=True)
    async with open_backend(settings, command="footnoted list") as keys:
        print_keys(console, await keys.list_keys())
    assert "[red]ci[/red]" in console.export_text()
