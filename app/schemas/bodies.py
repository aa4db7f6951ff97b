"""The two kinds of bodies and the text that they may carry."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# A ceiling for every text field; the settings hold the (lower) bounds of questions.
MAX_TEXT = 100_000


def without_nul(text: str) -> str:
    """`text` as it is. Raises ValueError where it holds NUL: Postgres keeps none, and nobody needs one."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(without_nul)]
CorpusName = Annotated[str, Field(min_length=1, max_length=63)]


class StrictBody(BaseModel):
    """Ours: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LenientBody(BaseModel):
    """Another protocol's: its other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
