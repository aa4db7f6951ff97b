"""`footnoted keys …`: API keys for programs."""

import sys
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from app.auth.callers import MAX_KEY_NAME
from app.cli.options import ConfigOption, JsonOption, err, out
from app.cli.outcomes import WRONG_USE
from app.cli.running import run, storage_of
from storage_config.vocabulary import CallerRole

keys = typer.Typer(help="API keys for programs.", no_args_is_help=True)
KeyArgument = Annotated[UUID, typer.Argument(help="The key's id, as `footnoted keys list` shows it.")]


@keys.command("create")
def keys_create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[CallerRole, typer.Option(help="What it may do.")] = "reader",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; it is shown this once."""
    from app.cli import keys_backend as command

    if not 0 < len(name) <= MAX_KEY_NAME:
        err.print(f"NAME: must have 1 to {MAX_KEY_NAME} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    _show_key(run(command.create_key(storage_of(context, config), name=name, role=role)), as_json=as_json)


@keys.command("list")
def keys_list(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every key without its secret, revoked ones too."""
    from app.cli import keys_backend as command

    found = run(command.list_keys(storage_of(context, config)))
    if as_json:
        sys.stdout.writelines(key.model_dump_json() + "\n" for key in found)
    else:
        command.print_keys(out, found)


@keys.command("revoke")
def keys_revoke(context: typer.Context, key_id: KeyArgument, config: ConfigOption = None) -> None:
    """End a key: it writes nothing from now on, and reads nothing after five seconds."""
    from app.cli import keys_backend as command

    run(command.revoke_key(storage_of(context, config), key_id))
    err.print(f"Key {key_id} is revoked.", highlight=False)


@keys.command("rotate")
def keys_rotate(
    context: typer.Context,
    key_id: KeyArgument,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="For how long the old key still works.")] = 24,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key of the same name and role; the old one ends after a while."""
    from app.cli import keys_backend as command

    overlap = timedelta(hours=overlap_hours)
    _show_key(run(command.rotate_key(storage_of(context, config), key_id, overlap=overlap)), as_json=as_json)


def _show_key(made: Any, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(made.model_dump_json() + "\n")
        return
    err.print(f"Key {made.id} ({made.role}). It is shown this once:", highlight=False)
    sys.stdout.write(made.key + "\n")
