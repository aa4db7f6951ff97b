"""`footnoted insights`: how a corpus is used, as tables, JSON or CSV."""

from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.operator import Operator
from app.schemas.insights import InsightsBody, SectionUseBody
from app.wires.csv import Table as CsvTable
from app.wires.csv import dump_table

_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; `csv` names the one table that is wanted."""

    corpus: str | None
    since: date | None
    until: date | None
    as_json: bool
    csv: CsvTable | None


async def show_insights(operator: Operator, options: Options, *, out: Console) -> None:
    """Prints them: as JSON, one table of them as CSV, or the beginnings of all for reading."""
    found = await operator.insights(options.corpus, since=options.since, until=options.until)
    if options.csv is not None:
        out.file.write(dump_table(found, options.csv))
    elif options.as_json:
        out.file.write(found.model_dump_json() + "\n")
    else:
        _print_insights(out, found)


def _print_insights(out: Console, found: InsightsBody) -> None:
    totals = found.totals
    asked = totals.answered + totals.partial + totals.refused + totals.interrupted
    out.print(Text(f"{found.corpus}, {found.since} to {found.until}", style="bold"))
    out.print(
        f"{asked} answers: {totals.answered} whole, {totals.partial} partial, {totals.refused} refused, "
        f"{totals.interrupted} left · {totals.weak} with a sentence that is not supported · "
        f"{totals.up} thumbs up, {totals.down} down",
        highlight=False,
    )
    _print_questions(out, found)
    _print_sections(out, "Most cited", found.cited)
    _print_sections(out, "Rated", found.feedback)
    never = found.never_cited
    out.print(
        f"Never cited: {never.pages_uncited} of {never.pages_total} pages, "
        f"and {never.sections_uncited} sections of the others",
        highlight=False,
    )
    urls = [page.url for page in never.pages] + [section.url for section in never.sections]
    for url in urls[:_SHOWN]:
        out.print(Text(f"  {url}", style="cyan"), soft_wrap=True)


def _print_questions(out: Console, found: InsightsBody) -> None:
    if not found.unanswered.clusters:
        return
    table = Table(title="Without a good answer", title_justify="left")
    for column in ("question", "asked", "refused", "spellings", "last asked"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for cluster in found.unanswered.clusters[:_SHOWN]:
        asked, last = str(cluster.asked), f"{cluster.last_asked:%Y-%m-%d}"
        table.add_row(
            Text(cluster.question), asked, f"{cluster.refused / cluster.asked:.0%}", str(cluster.questions), last
        )
    out.print(table)


def _print_sections(out: Console, title: str, sections: list[SectionUseBody]) -> None:
    if not sections:
        return
    table = Table(title=title, title_justify="left")
    for column in ("section", "answers", "unsupported", "up", "down"):
        table.add_column(column, justify="left" if column == "section" else "right")
    for section in sections[:_SHOWN]:
        place = " › ".join([section.title, *section.heading_path])
        counts = (section.answers, section.unsupported, section.up, section.down)
        table.add_row(Text(place), *map(str, counts))
    out.print(table)
