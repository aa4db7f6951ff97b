"""`footnoted ingest`: the plan or the run, for one corpus or all that the file declares."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.operator import Operator
from app.cli.terminal import print_left_out, print_report, show_progress
from app.schemas.ingestions import PlanBody

_SHOWN_PAGES = 40


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    corpus: str | None
    allow_removals: bool
    as_json: bool


async def ingest(operator: Operator, options: Options, *, out: Console, err: Console) -> bool:
    """Ingests; one report a corpus. True when some page failed."""
    failed = False
    for name in operator.names(options.corpus):
        with show_progress(err, name) as on_progress:
            report = await operator.ingest(name, allow_removals=options.allow_removals, on_progress=on_progress)
        if options.as_json:
            out.file.write(report.model_dump_json() + "\n")
            out.file.flush()
        else:
            print_report(out, report)
        failed = failed or report.failed > 0
    return failed


async def show_plans(operator: Operator, options: Options, *, out: Console, err: Console) -> bool:
    """Shows what an ingestion would do and cost; touches nothing. True when some page cannot be read."""
    failed = False
    for name in operator.names(options.corpus):
        plan = await operator.plan(name)
        if options.as_json:
            out.file.write(plan.model_dump_json() + "\n")
        else:
            _print_plan(out, plan)
        failed = failed or bool(plan.errors)
    return failed


def _print_plan(out: Console, plan: PlanBody) -> None:
    table = Table(title=f"{plan.corpus}: {plan.unchanged} pages unchanged", title_justify="left")
    for column in ("page", "is", "chunks", "to embed"):
        table.add_column(column, justify="left" if column in ("page", "is") else "right")
    for page in plan.pages[:_SHOWN_PAGES]:
        table.add_row(Text(page.uri), page.action.replace("_", " "), str(page.nodes), str(page.nodes_to_embed))
    if len(plan.pages) > _SHOWN_PAGES:
        table.add_row(f"… {len(plan.pages) - _SHOWN_PAGES} more", "", "", "")
    table.add_section()
    table.add_row(f"{len(plan.pages)} pages", "", str(plan.nodes), str(plan.nodes_to_embed))
    out.print(table)
    if plan.rebuild:
        out.print(f"The vectors are built anew, as {plan.collection}; readers switch to it when it is complete.")
    for error in plan.errors:
        out.print(f"  {error.path}: {error.message}", style="red", markup=False)
    print_left_out(out, plan)
