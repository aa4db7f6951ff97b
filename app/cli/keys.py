"""`footnoted keys …`: API keys for programs."""

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from app.auth.callers import MAX_KEY_NAME
from app.cli.options import ConfigOption, JsonOption, err, out
from app.cli.outcomes import WRONG_USE
from app.cli.running import operate, storage_of
from pipelines.source_specs import GROUP_PATTERN
from storage_config.vocabulary import CallerRole

if TYPE_CHECKING:
    from app.schemas.credentials import KeyBody, NewKeyBody

keys = typer.Typer(help="API keys for programs.", no_args_is_help=True)
KeyArgument = Annotated[UUID, typer.Argument(help="The key's id, as `footnoted keys list` shows it.")]


@keys.command("create", epilog="Examples:\n\nfootnoted keys create NAME --role writer --group staff")
def keys_create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[CallerRole, typer.Option(help="What it may do.")] = "reader",
    group: Annotated[list[str] | None, typer.Option(help="A group whose pages it may read, too.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; it is shown this once."""
    if any(not re.match(GROUP_PATTERN, one) for one in group or ()):
        err.print("--group: a group has at most 64 characters, no comma, and begins with no space", style="red")
        raise typer.Exit(WRONG_USE)
    if not 0 < len(name) <= MAX_KEY_NAME:
        err.print(f"NAME: must have 1 to {MAX_KEY_NAME} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    settings = storage_of(context, config)
    made = operate(context, settings, lambda backend: backend.create_key(name=name, role=role, groups=group or []))
    _show_key(made, as_json=as_json)


@keys.command("list", epilog="Examples:\n\nfootnoted keys list --json")
def keys_list(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every key without its secret, revoked ones too."""
    found = operate(context, storage_of(context, config), lambda backend: backend.list_keys())
    if as_json:
        sys.stdout.writelines(key.model_dump_json() + "\n" for key in found)
    else:
        print_keys(out, found)


@keys.command("revoke", epilog="Examples:\n\nfootnoted keys revoke 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")
def keys_revoke(context: typer.Context, key_id: KeyArgument, config: ConfigOption = None) -> None:
    """End a key: it writes nothing from now on, and reads nothing after five seconds."""
    operate(context, storage_of(context, config), lambda backend: backend.revoke_key(key_id))
    err.print(f"Key {key_id} is revoked.", highlight=False)


@keys.command(
    "rotate", epilog="Examples:\n\nfootnoted keys rotate 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b --overlap-hours 1"
)
def keys_rotate(
    context: typer.Context,
    key_id: KeyArgument,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="For how long the old key still works.")] = 24,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key of the same name and role; the old one ends after a while."""
    overlap = timedelta(hours=overlap_hours)
    settings = storage_of(context, config)
    _show_key(operate(context, settings, lambda backend: backend.rotate_key(key_id, overlap=overlap)), as_json=as_json)


def _show_key(made: "NewKeyBody", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(made.model_dump_json() + "\n")
        return
    err.print(f"Key {made.id} ({made.role}). It is shown this once:", highlight=False)
    sys.stdout.write(made.key + "\n")


def print_keys(console: Console, listed: "Sequence[KeyBody]") -> None:
    """Two lines a key, which 80 columns hold; times are in UTC."""
    for key in listed:
        made, used = (f"{time:%Y-%m-%d %H:%M}" if time else "never" for time in (key.created_at, key.last_used_at))
        console.print(
            Text.assemble((key.name, "bold"), f"  {key.role or 'no role'}{_groups(key)}, {_state(key)}"), soft_wrap=True
        )
        console.print(Text(f"  {key.id}  made {made}, last used {used}"), soft_wrap=True)
    if not listed:
        console.print("No keys yet: footnoted keys create NAME")


def _groups(key: "KeyBody") -> str:
    return f" of {', '.join(key.groups)}" if key.groups else ""


def _state(key: "KeyBody") -> str:
    if key.revoked_at is None:
        return "valid"
    ended = key.revoked_at <= datetime.now(UTC)
    return f"{'ended' if ended else 'ends'} {key.revoked_at:%Y-%m-%d %H:%M}"
