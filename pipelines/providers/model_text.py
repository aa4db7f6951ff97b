"""What a model says, cleaned once where it enters, so that nothing behind it meets what is no text.

Content comes as a text, as a list of parts, or as nothing. Tokenisers cut code points: the two halves of an emoji may
come in two deltas, or one of them never. Some models think aloud at the head of their answer, between `<think>` tags,
where their provider does not part the thoughts from it.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

# Postgres and UTF-8 carry none of these.
_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_FIRST_HALF = re.compile("[\ud800-\udbff]$")
_OPENING = re.compile(r"\s*<(think(?:ing)?)>", re.IGNORECASE)
# What may still become an opening tag.
_MAY_OPEN = re.compile(r"\s*(?:<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?)?", re.IGNORECASE)
# White space before an answer is held back, as what follows it may be a tag, but not without end.
_MAX_HELD = 200
_TEXT_PARTS = ("text", "output_text")


class ModelText:
    """The answer's text out of its deltas, equal for every way of cutting them. `received` counts all characters."""

    def __init__(self) -> None:
        self.received = 0
        self._half = ""  # the first half of a code point, at a delta's end
        self._held = ""  # what may still become a tag
        self._state: Literal["opening", "thinking", "speaking"] = "opening"
        self._closing = ""

    def feed(self, content: Any) -> str:
        """What of a delta's content is the answer's. Raises TypeError for what is neither text, parts nor nothing."""
        text = joined_parts(content)
        self.received += len(text)
        if self._half or not text.isascii() or "\0" in text:
            text = self._whole(text)
        return text if self._state == "speaking" else self._spoken(text)

    def finish(self) -> str:
        """The rest, when nothing more comes: thoughts that never ended are no answer."""
        rest = "" if self._state == "thinking" else self._held
        rest += clean_text(self._half) if self._state != "thinking" else ""
        self._held = self._half = ""
        return rest

    def _whole(self, text: str) -> str:
        text = self._half + text
        half = _FIRST_HALF.search(text)
        self._half = half.group() if half else ""
        return clean_text(text[: half.start()] if half else text)

    def _spoken(self, text: str) -> str:
        held = self._held + text
        while True:
            if self._state == "thinking":
                end = held.lower().find(self._closing)
                if end < 0:
                    self._held = held[-len(self._closing) + 1 :]
                    return ""
                held, self._state = held[end + len(self._closing) :].lstrip(), "opening"
            elif opened := _OPENING.match(held):
                self._closing, self._state = f"</{opened.group(1).lower()}>", "thinking"
                held = held[opened.end() :]
            elif len(held) <= _MAX_HELD and _MAY_OPEN.fullmatch(held):
                self._held = held
                return ""
            else:
                self._held, self._state = "", "speaking"
                return held.lstrip() if self._closing else held


def joined_parts(content: Any) -> str:
    """The text of a message's content: itself, its parts of text joined, or nothing. Raises TypeError for the rest."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if not isinstance(content, list):
        raise TypeError("content is neither a text nor a list of parts")
    return "".join(part if isinstance(part, str) else _text_of(part) for part in content)


def _text_of(part: Any) -> str:
    if not isinstance(part, Mapping):
        raise TypeError("a part of the content is no object")
    text = part.get("text") if part.get("type", "text") in _TEXT_PARTS else None
    if text is None:
        return ""
    if not isinstance(text, str):
        raise TypeError("the text of a part is no text")
    return text


def clean_text(text: str) -> str:
    """`text` without NUL; halves that make a code point joined, those that make none replaced by U+FFFD."""
    if _UNCLEAN.search(text) is None:
        return text
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
