"""Figures that tests of faults measure: printed, and kept where `make faults` wants them."""

import json
import os
import sys
from pathlib import Path


def note_figures(fault: str, **figures: float | int | str) -> None:
    """Tell what was measured of a fault; FOOTNOTED_FIGURES names a file that gets a line of JSON for it too."""
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}
    line = json.dumps({"fault": fault, **rounded})
    sys.stdout.write(line + "\n")
    if path := os.environ.get("FOOTNOTED_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(line + "\n")
