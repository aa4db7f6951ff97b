"""`footnoted insights` on a terminal."""

import io
from datetime import UTC, date, datetime

from rich.console import Console

from app.cli.insights import print_insights
from app.schemas.insights import (
    CuratedBody,
    CuratedUseBody,
    DayBody,
    InsightsBody,
    NeverCitedBody,
    PagePlaceBody,
    QuestionClusterBody,
    ResolvedQuestionBody,
    SectionUseBody,
    TotalsBody,
    UnansweredBody,
)

DAY = date(2026, 1, 5)
NOTHING = InsightsBody(
    corpus="docs",
    since=DAY,
    until=DAY,
    totals=TotalsBody(answered=0, partial=0, refused=0, interrupted=0, weak=0, up=0, down=0, reasons={}),
    unanswered=UnansweredBody(found=0, grouped=0, clusters=[]),
    resolved=[],
    curated=CuratedBody(total=0, unused=0, questions=[]),
    cited=[],
    never_cited=NeverCitedBody(
        pages_total=0, pages_uncited=0, pages=[], pages_searched=0, sections_uncited=0, sections=[]
    ),
    feedback=[],
    days=[DayBody(day=DAY)],
    weeks=[],
)
RESOLVED = ResolvedQuestionBody(
    question="What is [b]new[/b]?",
    last_asked=datetime(2026, 1, 3, 12, tzinfo=UTC),
    resolved_at=datetime(2026, 1, 5, 12, tzinfo=UTC),
    url="https://e.org/n",
    title="News",
    heading_path=["Now"],
)
CURATED = CuratedBody(
    total=2,
    unused=1,
    questions=[
        CuratedUseBody(question="Is it free?", url="https://e.org/f", title="F", answers=3, last_answered=None),
        CuratedUseBody(question="Is it old?", url="https://e.org/f", title="F", answers=0, last_answered=None),
    ],
)
CLUSTER = QuestionClusterBody(
    question="Why [bold]so[/bold]?",
    questions=2,
    asked=4,
    refused=3,
    last_asked=datetime(2026, 1, 5, 12, tzinfo=UTC),
    examples=[],
)
SECTION = SectionUseBody(
    url="https://e.org/a", title="Ports", heading_path=["Opening"], answers=7, unsupported=2, up=1, down=5
)


def _shown(found: InsightsBody) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_insights(console, found)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_nothing_was_asked() -> None:
    shown = _shown(NOTHING)
    assert "docs, 2026-01-05 to 2026-01-05" in shown
    assert "0 answers" in shown
    assert "Most cited" not in shown


def test_tables_for_reading() -> None:
    never = NOTHING.never_cited.model_copy(
        update={
            "pages_total": 30,
            "pages_uncited": 20,
            "pages": [PagePlaceBody(url=f"https://e.org/{number}", title="T") for number in range(20)],
        }
    )
    unanswered = UnansweredBody(found=2, grouped=2, clusters=[CLUSTER])
    shown = _shown(
        NOTHING.model_copy(
            update={"never_cited": never, "unanswered": unanswered, "cited": [SECTION], "feedback": [SECTION]}
        )
    )
    assert "Why [bold]so[/bold]?" in shown  # a reader's words are no markup
    assert "75%" in shown
    assert shown.count("Ports › Opening") == 2
    assert "20 of 30 pages" in shown
    assert "https://e.org/14" in shown
    assert "https://e.org/15" not in shown


def test_what_was_resolved_and_what_the_owner_wrote_is_listed() -> None:
    text = _shown(NOTHING.model_copy(update={"resolved": [RESOLVED], "curated": CURATED}))
    assert "  What is [b]new[/b]? (2026-01-05, News › Now)" in text
    assert "Answers of your own: 2 questions, 1 never used" in text
    assert text.index("3  Is it free?") < text.index("0  Is it old?")
    assert "of your own" not in _shown(NOTHING)
