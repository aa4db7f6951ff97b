"""`footnoted insights`: how a corpus is used, as tables, JSON or CSV."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.options import ConfigOption, CorpusOption, JsonOption, out
from app.cli.running import operate, settings_of
from storage_config.vocabulary import InsightsTable

if TYPE_CHECKING:
    from datetime import date

    from app.cli.backend import CommandBackend
    from app.schemas.insights import InsightsBody, SectionUseBody
    from storage_config.settings import Settings

_DAY = ["%Y-%m-%d"]
_SHOWN = 15


def insights(
    context: typer.Context,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="The first day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="The last day, included; default today.")] = None,
    as_json: JsonOption = False,
    digest: Annotated[
        bool, typer.Option("--digest", help="A week beside the week before, as markdown (with --json: JSON).")
    ] = False,
    csv: Annotated[InsightsTable | None, typer.Option("--csv", help="One table as CSV on stdout.")] = None,
) -> None:
    """Show what found no good answer, what is cited and what never, and what readers thought of it."""
    first, last = since and since.date(), until and until.date()
    settings = settings_of(context, config)
    if digest:
        out.file.write(_read_digest(context, settings, corpus, last, as_json=as_json))
        return
    found = operate(context, settings, lambda backend: backend.insights(corpus, since=first, until=last))
    if csv is not None:
        from app.wires.csv import dump_table

        out.file.write(dump_table(found, csv))
    elif as_json:
        out.file.write(found.model_dump_json() + "\n")
    else:
        print_insights(out, found)


def _read_digest(
    context: typer.Context, settings: "Settings", corpus: str | None, until: "date | None", *, as_json: bool
) -> str:
    from app.corpus.digest import build_digest, weeks_until, write_digest
    from app.corpus.insights import read_days

    async def read_weeks(backend: "CommandBackend") -> "list[InsightsBody]":
        return [await backend.insights(corpus, since=week.since, until=week.until) for week in weeks]

    weeks = weeks_until(read_days(None, until))
    this, before = operate(context, settings, read_weeks)
    made = build_digest(this, before)
    return made.model_dump_json() + "\n" if as_json else write_digest(made)


def print_insights(console: Console, found: "InsightsBody") -> None:
    """The beginnings of all tables, for reading."""
    totals = found.totals
    asked = totals.answered + totals.partial + totals.refused + totals.interrupted
    console.print(Text(f"{found.corpus}, {found.since} to {found.until}", style="bold"))
    console.print(
        f"{asked} answers: {totals.answered} whole, {totals.partial} partial, {totals.refused} refused, "
        f"{totals.interrupted} left · {totals.weak} with a sentence that is not supported · "
        f"{totals.up} thumbs up, {totals.down} down",
        highlight=False,
    )
    _print_questions(console, found)
    _print_resolved(console, found)
    _print_curated(console, found)
    _print_sections(console, "Most cited", found.cited)
    _print_sections(console, "Rated", found.feedback)
    never = found.never_cited
    console.print(
        f"Never cited: {never.pages_uncited} of {never.pages_total} pages, "
        f"and {never.sections_uncited} sections of the others",
        highlight=False,
    )
    urls = [page.url for page in never.pages] + [section.url for section in never.sections]
    for url in urls[:_SHOWN]:
        console.print(Text(f"  {url}", style="cyan"), soft_wrap=True)


def _print_questions(console: Console, found: "InsightsBody") -> None:
    if not found.unanswered.clusters:
        return
    table = Table(title="Without a good answer", title_justify="left")
    for column in ("question", "asked", "refused", "spellings", "last asked"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for cluster in found.unanswered.clusters[:_SHOWN]:
        asked, last = str(cluster.asked), f"{cluster.last_asked.astimezone(UTC):%Y-%m-%d}"
        table.add_row(
            Text(cluster.question), asked, f"{cluster.refused / cluster.asked:.0%}", str(cluster.questions), last
        )
    console.print(table)


def _print_resolved(console: Console, found: "InsightsBody") -> None:
    if not found.resolved:
        return
    console.print(Text("Answered since pages changed"))
    for one in found.resolved[:_SHOWN]:
        place = " › ".join([one.title, *one.heading_path])
        console.print(Text(f"  {one.question} ({one.resolved_at.astimezone(UTC):%Y-%m-%d}, {place})"), soft_wrap=True)


def _print_curated(console: Console, found: "InsightsBody") -> None:
    curated = found.curated
    if not curated.total:
        return
    console.print(f"Answers of your own: {curated.total} questions, {curated.unused} never used", highlight=False)
    for one in curated.questions[:_SHOWN]:
        console.print(Text(f"  {one.answers}  {one.question}"), soft_wrap=True)


def _print_sections(console: Console, title: str, sections: "list[SectionUseBody]") -> None:
    if not sections:
        return
    table = Table(title=title, title_justify="left")
    for column in ("section", "answers", "unsupported", "up", "down"):
        table.add_column(column, justify="left" if column == "section" else "right")
    for section in sections[:_SHOWN]:
        place = " › ".join([section.title, *section.heading_path])
        counts = (section.answers, section.unsupported, section.up, section.down)
        table.add_row(Text(place), *map(str, counts))
    console.print(table)
