"""The command line. The exit codes are in outcomes.py."""

from app.cli.commands import app
from app.cli.evaluate import evaluate
from app.cli.probe import probe
from app.telemetry.logs import LogOptions, configure_logs

__all__ = ["app", "main"]

app.command("eval")(evaluate)
app.command()(probe)


def main() -> None:
    """The console script."""
    # A command says itself how it ended; the server logs what it meets, as its environment says.
    configure_logs(LogOptions(quiet=True))
    app()
