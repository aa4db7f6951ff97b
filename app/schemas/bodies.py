"""The two kinds of bodies and the text that they may carry."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from storage_config.records.storable import storable_text
from storage_config.vocabulary import LanguageCode, Level

# A ceiling for every text field; the settings hold the (lower) bounds of questions.
MAX_TEXT = 100_000
MAX_KEYS = 64
# What stands between the texts of one message, by the member that holds them.
_DIVIDERS = {"parts": "", "content": "\n"}
_MAX_SOURCES, _MAX_URL = 50, 2_000
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def without_nul(text: str) -> str:
    """`text` as it is. Raises ValueError where it holds NUL: Postgres keeps none, and nobody needs one."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def mend_past(messages: Any) -> Any:
    """A body's messages with those before the last question made readable, whatever they hold.

    A client sends its whole past with each question: what an old message holds (half an emoji where an answer was cut,
    NUL, a part of another shape, a text without end) can no longer be mended by its reader, so it never ends the
    conversation. The question itself is left as it came, and refused where it is wrong.
    """
    if not isinstance(messages, list):
        return messages
    asked = [n for n, message in enumerate(messages) if isinstance(message, dict) and message.get("role") == "user"]
    last = asked[-1] if asked else len(messages)
    return [_mended(one) if n != last and isinstance(one, dict) else one for n, one in enumerate(messages)]


def _mended(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, **{name: _mended_part(name, message[name]) for name in _DIVIDERS if name in message}}


def _mended_part(name: str, said: Any) -> Any:
    if isinstance(said, str):
        return storable_text(said[:MAX_TEXT])
    text = _DIVIDERS[name].join(_texts(said))
    return [{"type": "text", "text": storable_text(text[:MAX_TEXT])}, *_sources(said)]


def _texts(parts: Any) -> list[str]:
    """Of the parts that are text: of others only sources are read."""
    said = [part.get("text") for part in parts if _is_text(part)] if isinstance(parts, list) else []
    return [text for text in said if isinstance(text, str)]


def _sources(parts: Any) -> list[dict[str, str]]:
    """The addresses of what an answer was made from, as an AI SDK client sends them back."""
    cited = [part for part in parts if _is_source(part)] if isinstance(parts, list) else []
    return [{"type": "source-url", "url": storable_text(part["url"])} for part in cited[:_MAX_SOURCES]]


def _is_source(part: Any) -> bool:
    url = part.get("url") if isinstance(part, dict) and part.get("type") == "source-url" else None
    return isinstance(url, str) and 0 < len(url) <= _MAX_URL


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


def one_line(text: str) -> str:
    """`text` with single spaces. Raises ValueError where it holds no letter and no digit, or NUL."""
    line = " ".join(without_nul(text).split())
    if not any(sign.isalnum() for sign in line):
        raise ValueError("must say something")
    return line


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(without_nul)]
CorpusName = Annotated[str, Field(min_length=1, max_length=63)]
Language = Annotated[
    LanguageCode | None,
    Field(description="What a model answers in, and what fixed words are said in; else the question's own language."),
]
ReaderLevel = Annotated[Level | None, Field(description="How much the reader knows, for a model that answers.")]


def _iso(day: object) -> object:
    # Else a number of seconds since 1970 is a date, too.
    if isinstance(day, str) and not _ISO_DAY.fullmatch(day):
        raise ValueError("must be a date as YYYY-MM-DD")
    return day


Day = Annotated[date, BeforeValidator(_iso)]


class StrictBody(BaseModel):
    """Ours: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StrictRequest(StrictBody):
    """Ours, from a client: so many keys that they cannot all be known are one error, not one each."""

    @model_validator(mode="before")
    @classmethod
    def _has_few_keys(cls, body: Any) -> Any:
        if isinstance(body, dict) and len(body) > MAX_KEYS:
            raise ValueError(f"must have at most {MAX_KEYS} keys")
        return body


class LenientBody(BaseModel):
    """Another protocol's: its other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
