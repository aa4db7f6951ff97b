"""The two kinds of bodies and the text that they may carry."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

# A ceiling for every text field; the settings hold the (lower) bounds of questions.
MAX_TEXT = 100_000
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def without_nul(text: str) -> str:
    """`text` as it is. Raises ValueError where it holds NUL: Postgres keeps none, and nobody needs one."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(without_nul)]
CorpusName = Annotated[str, Field(min_length=1, max_length=63)]


def _iso(day: object) -> object:
    # Else a number of seconds since 1970 is a date, too.
    if isinstance(day, str) and not _ISO_DAY.fullmatch(day):
        raise ValueError("must be a date as YYYY-MM-DD")
    return day


Day = Annotated[date, BeforeValidator(_iso)]


class StrictBody(BaseModel):
    """Ours: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LenientBody(BaseModel):
    """Another protocol's: its other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
