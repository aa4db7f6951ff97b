"""`footnoted owner`: the way into the owner's page, for who may use this machine."""

import sys
from datetime import timedelta
from typing import Annotated

import typer

from app.cli.options import ConfigOption, err
from app.cli.outcomes import WRONG_USE
from app.cli.running import operate, storage_of
from storage_config.state_lock import owner_of

LINK_LASTS = timedelta(minutes=10)
_NAME = "owner's page"


def owner(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Where the server is reached, if not on this machine.")] = None,
    config: ConfigOption = None,
) -> None:
    """Print a link that opens the owner's page once, within ten minutes."""
    settings = storage_of(context, config)
    running = owner_of(settings.data_folder)
    place = url or (running.url if running is not None else None)
    if place is None:
        err.print("No server runs here: start `footnoted serve`, or name its address with --url.", style="red")
        raise typer.Exit(WRONG_USE)
    made = operate(
        context, settings, lambda backend: backend.create_key(name=_NAME, role="owner", groups=(), lasts=LINK_LASTS)
    )
    err.print("This link opens the owner's page once, within ten minutes:", highlight=False)
    # Behind the #, where neither logs nor proxies see it. The page takes the key over at once, which ends it.
    sys.stdout.write(f"{place.rstrip('/')}/owner#{made.id}.{made.key}\n")
