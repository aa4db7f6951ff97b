"""What commands share: the consoles and the options that several take."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

Engine = Literal["local", "ray"]  # what does the work of an ingestion
# What moves the cursor, names the window or turns the direction of what follows (C0, DEL, C1, bidirectional controls).
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class TextConsole(Console):
    """A console on which texts of readers and pages are text: a control character in them is left out."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As `Console.render`; rich's own controls go through."""
        for segment in super().render(renderable, options):
            if segment.control is None and _CONTROLS.search(segment.text):
                yield segment._replace(text=_CONTROLS.sub("", segment.text))
            else:
                yield segment


out = TextConsole()
err = TextConsole(stderr=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The corpus file (default: FOOTNOTED_CONFIG or ./footnoted.toml).")
]
CorpusOption = Annotated[str | None, typer.Option("--corpus", help="The corpus, where the file declares several.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]
