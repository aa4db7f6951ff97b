"""Formulas that KaTeX built as HTML alone (`output: "html"`), without the MathML that says what they mean.

Its boxes say it too: a script is a `vlist` beside its base, the lower one first, and a fraction is one of three rows.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import classes_of

_SIMPLE = re.compile(r"[\w.,∞]+|\([^()]*\)|\w+\([^()]*\)")
_WITHOUT_TEXT = frozenset(
    {"strut", "pstrut", "vlist-s", "mspace", "nulldelimiter", "frac-line", "hide-tail", "svg-align"}
)


def grouped(text: str) -> str:
    """The part of a formula, in brackets where it is more than one thing."""
    return text if not text or len(text) == 1 or _SIMPLE.fullmatch(text) else f"({text})"


def katex_text(element: HtmlElement) -> str | None:
    """The formula on one line, its powers and fractions marked; None where it holds no such boxes."""
    boxes = next((one for one in element.iterdescendants("span") if "katex-html" in classes_of(one)), None)
    return None if boxes is None else " ".join(_Formula().inside(boxes).split())


class _Formula:
    """The texts of a formula's boxes.

    Each is made once, though a box is asked for its rows and for all that it holds: what is nested would else be read
    twice at each level, and those below it four times.
    """

    def __init__(self) -> None:
        self._known: dict[HtmlElement, str] = {}

    def inside(self, element: HtmlElement) -> str:
        """All that the box holds."""
        text = self._known.get(element)
        if text is None:
            text = (element.text or "") + "".join(self._box(child) + (child.tail or "") for child in element)
            self._known[element] = text
        return text

    def _box(self, element: HtmlElement) -> str:
        classes = classes_of(element)
        if not isinstance(element.tag, str) or classes & _WITHOUT_TEXT:
            return " " if "mspace" in classes else ""
        if "msupsub" in classes:
            return self._scripts(element)
        if "mfrac" in classes:
            rows = [text for text in self._rows(element) if text]
            return f"{grouped(rows[-1])}/{grouped(rows[0])}" if len(rows) == 2 else self.inside(element)
        if "op-limits" in classes:
            return self._limits(element)
        if "sqrt" in classes:
            return f"√({''.join(self._rows(element)).strip()})"
        text = self.inside(element)
        return f" {text} " if classes & {"mrel", "mbin"} else text

    def _scripts(self, element: HtmlElement) -> str:
        rows = [text for text in self._rows(element) if text]
        if len(rows) == 2:
            return f"_{grouped(rows[0])}^{grouped(rows[1])}"
        has_lower = any("vlist-t2" in classes_of(one) for one in element.iterdescendants("span"))
        return f"{'_' if has_lower else '^'}{grouped(rows[0])}" if rows else ""

    def _limits(self, element: HtmlElement) -> str:
        """A sum or limit with what stands below and above it, which is smaller than itself."""
        base, marks = "", ""
        for row in _vlist(element):
            small = any("mtight" in classes_of(one) for one in row.iterdescendants("span"))
            text = self.inside(row).strip()
            if small:
                marks += f"{'^' if base else '_'}{grouped(text)}"
            else:
                base = text
        return f"{base}{marks} "

    def _rows(self, element: HtmlElement) -> list[str]:
        """The text of each row of boxes, the lowest first."""
        return [self.inside(row).strip() for row in _vlist(element)]


def _vlist(element: HtmlElement) -> Iterator[HtmlElement]:
    found = next((one for one in element.iterdescendants("span") if "vlist" in classes_of(one)), None)
    yield from () if found is None else found
