"""What leaves of a cleaned answer: pieces of text, written so that no two make a link, a tag or code together."""

import re
from typing import Literal, NamedTuple

PieceKind = Literal["text", "inline_code", "marker", "fence", "code"]


class Piece(NamedTuple):
    """A run of the cleaned answer. `ids` are the sources cited here: by a marker, or by a link to their url."""

    text: str
    kind: PieceKind = "text"
    ids: tuple[str, ...] = ()


_LETTER = re.compile(r"[^\W\d_]")
# A url whose head was emitted before something was taken out of it.
_SPLIT_URL = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:h|ht|htt|https?|https?:|https?:/|f|ft|ftp|ftp:|ftp:/|w|ww|www)$", re.IGNORECASE
)


class MarkupWriter:
    """Collects pieces. `tail` are the last characters that left; `joint` says that something was taken out since."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self.tail = "\n"
        self.joint = False
        self._line_has_letters = False
        self._bracket_inside_line = False  # the last `[` cannot begin a link reference definition

    def take_pieces(self) -> list[Piece]:
        """The pieces since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def write(self, text: str, kind: PieceKind = "text", ids: tuple[str, ...] = ()) -> None:
        """Lets text out, after a space where it would otherwise join what stands before it."""
        if not text:
            return
        if self._needs_space(text[0], kind):
            text = " " + text
        self.joint = False
        self._watch_brackets(text)
        self.tail = (self.tail + text)[-12:]
        self._pieces.append(Piece(text, kind, ids))

    def _needs_space(self, first: str, kind: PieceKind) -> bool:
        if kind in ("code", "fence"):
            return False
        last = self.tail[-1]
        if last == "]":
            return first == "(" or (first == ":" and not self._bracket_inside_line)
        if first == "`" and kind == "inline_code":
            return last in "`\\"
        if last == "<":
            return first.isalpha() or first in "/!?"
        if first == "~":  # what was taken out before it could leave three at a line's start
            return self.tail.endswith("~~")
        return self.joint and first in "tpswTPSW:/." and _SPLIT_URL.search(self.tail) is not None

    def _watch_brackets(self, text: str) -> None:
        line = text.rfind("\n") + 1
        bracket = text.rfind("[")
        if line:
            self._line_has_letters = self._bracket_inside_line = False
        if bracket >= line:
            self._bracket_inside_line = self._line_has_letters or _LETTER.search(text, line, bracket) is not None
        if not self._line_has_letters:
            self._line_has_letters = _LETTER.search(text, line) is not None
