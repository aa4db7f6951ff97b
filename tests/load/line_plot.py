"""What a benchmark measured by a size, as an SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

_WIDTH, _HEIGHT, _MARGIN = 640, 380, 60
_COLOURS = ("#1f6feb", "#bf3989", "#57606a", "#9a6700")


@dataclass(frozen=True, slots=True)
class LinePlot:
    """What rows are drawn as: the members that tell the line, the size and the figure; a `bound` in red."""

    title: str
    series: str
    across: str
    up: str
    bound: float | None = None


def draw(rows: Sequence[dict[str, Any]], plot: LinePlot) -> str:
    """A line for each series over both axes by their logarithm; bars reach from the least to the most of its runs."""
    kinds = list(dict.fromkeys(row[plot.series] for row in rows))
    counts = sorted({row[plot.across] for row in rows})
    figures = [row[plot.up] for row in rows if row[plot.up] > 0]
    across = _Axis(counts[0], counts[-1], _MARGIN, _WIDTH - _MARGIN)
    up = _Axis(min(figures), max(*figures, plot.bound or 0), _HEIGHT - _MARGIN, _MARGIN)
    parts = [_text(_WIDTH / 2, 24, plot.title)]
    parts += [_text(across.at(count), _HEIGHT - _MARGIN + 20, str(count)) for count in counts]
    for value in (1, 2, 3, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000):
        if up.low <= value <= up.high:
            parts.append(_text(_MARGIN - 25, up.at(value) + 4, str(value)))
            parts.append(_line((_MARGIN, up.at(value)), (_WIDTH - _MARGIN, up.at(value)), "#d0d7de"))
    if plot.bound is not None:
        parts.append(_line((_MARGIN, up.at(plot.bound)), (_WIDTH - _MARGIN, up.at(plot.bound)), "#cf222e"))
    for kind, colour in zip(kinds, _COLOURS, strict=False):
        points = [(row[plot.across], row[plot.up]) for row in rows if row[plot.series] == kind and row[plot.up] > 0]
        parts += _series(points, colour, across, up)
        parts.append(_text(_WIDTH - _MARGIN - 60, _MARGIN + 18 * (1 + kinds.index(kind)), kind, colour))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>', *parts, "</svg>"]) + "\n"


class _Axis:
    """Values by their logarithm between two places of the picture."""

    def __init__(self, low: float, high: float, first: float, last: float) -> None:
        self.low, self.high = low, max(high, low * 1.01)
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        """Where a value stands."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self._first + share * (self._last - self._first), 1)


def _series(points: Sequence[tuple[int, float]], colour: str, across: _Axis, up: _Axis) -> list[str]:
    by_count: dict[int, list[float]] = {}
    for count, figure in points:
        by_count.setdefault(count, []).append(figure)
    places = [(across.at(count), up.at(median(values))) for count, values in sorted(by_count.items())]
    parts = [_line(one, other, colour, 2) for one, other in pairwise(places)]
    for count, values in by_count.items():
        parts.append(_line((across.at(count), up.at(min(values))), (across.at(count), up.at(max(values))), colour))
        parts.append(f'<circle cx="{across.at(count)}" cy="{up.at(median(values))}" r="3" fill="{colour}"/>')
    return parts


def _line(one: tuple[float, float], other: tuple[float, float], colour: str, width: int = 1) -> str:
    ends = f'x1="{one[0]}" y1="{one[1]}" x2="{other[0]}" y2="{other[1]}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, colour: str = "#24292f") -> str:
    return f'<text x="{x}" y="{y}" font-size="12" text-anchor="middle" fill="{colour}">{text}</text>'
