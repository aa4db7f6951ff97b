"""What commands share: the consoles and the options that several take."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

Engine = Literal["local", "ray"]  # what does the work of an ingestion
out = Console()
err = Console(stderr=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The corpus file (default: FOOTNOTED_CONFIG or ./footnoted.toml).")
]
CorpusOption = Annotated[str | None, typer.Option("--corpus", help="The corpus, where the file declares several.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]
