"""How a corpus is used, for its owner. Nobody's id is in it."""

from datetime import date, datetime

from pydantic import Field

from app.schemas.bodies import StrictBody
from storage_config.vocabulary import FeedbackReason


class QuestionClusterBody(StrictBody):
    """Questions of one meaning that found no good answer. `question` is the most central of them.

    `questions` are different spellings; `asked` is how often any of them was, `refused` how often in vain.
    """

    question: str
    questions: int
    asked: int
    refused: int
    last_asked: datetime
    examples: list[str]


class UnansweredBody(StrictBody):
    """Questions that were refused or are weakly supported. `found` are all there are, `grouped` the most asked ones."""

    found: int
    grouped: int
    clusters: list[QuestionClusterBody]


class ResolvedQuestionBody(StrictBody):
    """A question that found no good answer until pages changed; since `resolved_at` that section answers it."""

    question: str
    last_asked: datetime
    resolved_at: datetime
    url: str
    title: str
    heading_path: list[str]


class CuratedUseBody(StrictBody):
    """A question that the owner wrote an answer for, and how many answers of the period cited that."""

    question: str
    url: str
    title: str
    answers: int
    last_answered: datetime | None


class CuratedBody(StrictBody):
    """The owner's own answers: how many questions have one, how many of these answered nothing, and the first 500."""

    total: int
    unused: int
    questions: list[CuratedUseBody] = Field(description="Most used first.")


class SectionUseBody(StrictBody):
    """A section and how many answers cited it.

    `unsupported` of them have a sentence that cites it and is not carried by it; `up` and `down` are their ratings.
    """

    url: str
    title: str
    heading_path: list[str]
    answers: int
    unsupported: int
    up: int
    down: int


class SectionPlaceBody(StrictBody):
    """A section, or with an empty `heading_path` what a page begins with."""

    url: str
    title: str
    heading_path: list[str]


class PagePlaceBody(StrictBody):
    """A page."""

    url: str
    title: str


class NeverCitedBody(StrictBody):
    """What of the active index no answer cited: whole pages, and sections of the pages that were cited.

    The lists hold the first 200 each; the numbers count all. `pages_searched` cited pages were searched for sections.
    """

    pages_total: int
    pages_uncited: int
    pages: list[PagePlaceBody]
    pages_searched: int
    sections_uncited: int
    sections: list[SectionPlaceBody]


class AnswerCountsBody(StrictBody):
    """Answers by their status, those with a sentence that is not supported (`weak`), and ratings."""

    answered: int = 0
    partial: int = 0
    refused: int = 0
    interrupted: int = 0
    weak: int = 0
    up: int = 0
    down: int = 0


class DayBody(AnswerCountsBody):
    """The counts of a day (UTC)."""

    day: date


class WeekBody(AnswerCountsBody):
    """The counts of the seven days from `since` on, and questions that changed pages resolved in them."""

    since: date
    resolved: int = 0


class TotalsBody(StrictBody):
    """The sums of the days, and the reasons that came with ratings."""

    answered: int
    partial: int
    refused: int
    interrupted: int
    weak: int
    up: int
    down: int
    reasons: dict[FeedbackReason, int]


class InsightsBody(StrictBody):
    """Everything about one corpus from `since` to `until`, both included (UTC)."""

    corpus: str
    since: date
    until: date
    totals: TotalsBody
    unanswered: UnansweredBody
    resolved: list[ResolvedQuestionBody] = Field(description="Answered since pages changed, the newest first.")
    curated: CuratedBody
    cited: list[SectionUseBody] = Field(description="Most cited first, at most 200.")
    never_cited: NeverCitedBody
    feedback: list[SectionUseBody] = Field(description="Sections of rated answers, most thumbs down first.")
    days: list[DayBody]
    weeks: list[WeekBody] = Field(description="The 26 weeks to `until`, whatever `since` is, from the first one used.")


class PeriodBody(StrictBody):
    """Answers of some days; shares are of all of them, null where there was none."""

    since: date
    until: date
    answers: int
    answered_share: float | None
    refused_share: float | None
    weak_share: float | None
    up: int
    down: int


class GapBody(StrictBody):
    """A section that the pages lack: a title to begin with, and the questions that it would answer."""

    title: str
    questions: list[str]
    asked: int
    refused: int
    is_new: bool


class DigestBody(StrictBody):
    """A week beside the week before."""

    corpus: str
    this: PeriodBody
    before: PeriodBody
    gaps: list[GapBody] = Field(description="Most asked first, at most 10.")
    resolved: list[ResolvedQuestionBody] = Field(description="Resolved this week, the newest first, at most 10.")
    weeks: list[WeekBody]
    disliked: list[SectionUseBody]
    most_cited: list[SectionUseBody]
    pages_uncited: int
    pages_total: int
