"""The figures of golden sets, over time."""

from datetime import datetime

from app.schemas.bodies import StrictBody


class FigureShareBody(StrictBody):
    """`hits` of `of`; nothing was asked for where `of` is 0."""

    hits: int
    of: int


class FigureMeanBody(StrictBody):
    """The mean of what was measured of so many answers."""

    value: float
    of: int


class EvaluationBody(StrictBody):
    """One run of a golden set; docs/evaluation.md says what each figure is of.

    `fingerprint` names what cut and embedded the pages.
    """

    golden: str
    fingerprint: str
    made_at: datetime
    questions: int
    shares: dict[str, FigureShareBody]
    means: dict[str, FigureMeanBody]


class EvaluationsBody(StrictBody):
    """The newest runs over a corpus, the newest first."""

    corpus: str
    items: list[EvaluationBody]
