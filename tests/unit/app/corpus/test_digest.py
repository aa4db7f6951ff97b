"""A week beside the week before."""

from datetime import date, datetime, timedelta, timezone

from app.corpus.digest import build_digest, weeks_until, write_digest
from app.corpus.insights import Days
from app.schemas.insights import NeverCitedBody, WeekBody
from tests.unit.app.cli.test_insights import CLUSTER, DAY, NOTHING, RESOLVED, SECTION

ASKED = NOTHING.model_copy(
    update={
        "totals": NOTHING.totals.model_copy(update={"answered": 6, "refused": 2, "weak": 1, "up": 1, "down": 3}),
        "unanswered": NOTHING.unanswered.model_copy(
            update={
                "clusters": [
                    CLUSTER.model_copy(update={"question": "How do I [x](y) <b>?", "examples": ["Why *so*?"]}),
                    CLUSTER.model_copy(update={"question": "Old one?", "asked": 1, "refused": 1}),
                ]
            }
        ),
        "cited": [SECTION],
        "feedback": [SECTION, SECTION.model_copy(update={"up": 9})],
        "never_cited": NeverCitedBody(
            pages_total=9, pages_uncited=4, pages=[], pages_searched=0, sections_uncited=0, sections=[]
        ),
    }
)
BEFORE = NOTHING.model_copy(
    update={
        "unanswered": NOTHING.unanswered.model_copy(
            update={"clusters": [CLUSTER.model_copy(update={"question": "Other?", "examples": ["old ONE?"]})]}
        )
    }
)


def test_weeks_are_seven_days_and_meet() -> None:
    last, before = weeks_until(Days(date(2026, 1, 1), date(2026, 3, 1)))
    assert (last.since, last.until) == (date(2026, 2, 23), date(2026, 3, 1))
    assert (before.since, before.until) == (date(2026, 2, 16), date(2026, 2, 22))


def test_shares_gaps_and_what_was_not_liked() -> None:
    digest = build_digest(ASKED, BEFORE)
    assert (digest.this.answers, digest.this.answered_share, digest.this.refused_share) == (8, 0.75, 0.25)
    assert (digest.before.answers, digest.before.answered_share) == (0, None)
    assert [(gap.title, gap.is_new) for gap in digest.gaps] == [("How do I [x](y) <b>", True), ("Old one", False)]
    assert digest.gaps[0].questions == ["How do I [x](y) <b>?", "Why *so*?"]
    assert digest.disliked == [SECTION]
    assert (digest.pages_uncited, digest.pages_total) == (4, 9)


def test_it_is_read_as_markdown_and_readers_words_are_no_markup() -> None:
    text = write_digest(build_digest(ASKED, BEFORE))
    assert "| answered | 75% | – |" in text
    assert "### `How do I [x](y) <b>` (new)\n\nasked 4 times, 3 in vain:\n" in text
    assert "- `Why *so*?`" in text
    assert "- [`Ports › Opening`](<https://e.org/a>): cited by 7, 1 thumbs up, 5 down" in text
    assert "4 of 9 pages were not cited." in text


def test_what_names_people_or_ends_code_is_shown_as_it_is() -> None:
    cluster = CLUSTER.model_copy(update={"question": "@octo/team `x` https://evil.example &lt; ~~s~~", "examples": []})
    asked = NOTHING.model_copy(update={"unanswered": NOTHING.unanswered.model_copy(update={"clusters": [cluster]})})
    assert "- `@octo/team 'x' https://evil.example &lt; ~~s~~`" in write_digest(build_digest(asked, NOTHING))


def test_a_quiet_week_has_nothing_to_write() -> None:
    text = write_digest(build_digest(NOTHING, NOTHING))
    assert "Nothing was asked in vain." in text
    assert "Most cited" not in text


def test_what_changed_pages_resolved_this_week_is_told_and_no_older_one() -> None:
    older = RESOLVED.model_copy(update={"question": "Older?", "resolved_at": RESOLVED.resolved_at - timedelta(days=9)})
    digest = build_digest(NOTHING.model_copy(update={"resolved": [RESOLVED, older]}), NOTHING)
    assert digest.resolved == [RESOLVED]
    line = "- `What is [b]new[/b]?`: since 2026-01-05 answered by [`News › Now`](<https://e.org/n>)"
    assert line in write_digest(digest).splitlines()
    assert "Resolved" not in write_digest(build_digest(NOTHING, NOTHING))


def test_days_are_those_of_utc_in_whatever_zone_a_time_is_told() -> None:
    late = datetime(2026, 1, 6, 1, tzinfo=timezone(timedelta(hours=2)))  # the evening before in UTC
    told = NOTHING.model_copy(
        update={
            "resolved": [RESOLVED.model_copy(update={"resolved_at": late})],
            "since": late.date() - timedelta(days=7),
            "until": late.date() - timedelta(days=1),
        }
    )
    digest = build_digest(told, NOTHING)
    assert len(digest.resolved) == 1
    assert "since 2026-01-05 answered" in write_digest(digest)


def test_more_than_two_weeks_have_a_table_of_their_own() -> None:
    weeks = [
        WeekBody(since=DAY + timedelta(days=7 * number), answered=number, refused=1, resolved=2) for number in range(3)
    ]
    text = write_digest(build_digest(NOTHING.model_copy(update={"weeks": weeks}), NOTHING))
    assert "| 2026-01-19 | 3 | 67% | 33% | 0% | 2 |" in text.splitlines()
    few = write_digest(build_digest(NOTHING.model_copy(update={"weeks": weeks[:2]}), NOTHING))
    assert "Week by week" not in few
