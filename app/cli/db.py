"""`footnoted db …`: the database's schema."""

import typer

from app.cli.options import ConfigOption, out
from app.cli.running import run, settings_of

db = typer.Typer(help="The database's schema.", no_args_is_help=True)


@db.command("upgrade", epilog="Examples:\n\nfootnoted db upgrade")
def db_upgrade(context: typer.Context, config: ConfigOption = None) -> None:
    """Apply the migrations that the database lacks."""
    from storage_config.postgres.database import upgrade_schema

    run(upgrade_schema(settings_of(context, config)))
    out.print("The database has this version's schema.")
