"""`footnoted ingest`: the plan or the run, for one corpus or all that the file declares."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.operator import Operator
from app.cli.outcomes import DONE, PAGES_FAILED, exit_code_of
from app.cli.terminal import print_left_out, print_report, show_progress
from app.errors import AppError
from app.schemas.ingestions import PlanBody
from pipelines.errors import PipelineError
from storage_config.errors import StorageError

_SHOWN_PAGES = 40


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    corpus: str | None
    allow_removals: bool
    as_json: bool


async def ingest(operator: Operator, options: Options, *, out: Console, err: Console) -> int:
    """Ingests; one report a corpus. The exit code that says how it went."""

    async def ingest_one(name: str) -> int:
        with show_progress(err, name) as on_progress:
            report = await operator.ingest(name, allow_removals=options.allow_removals, on_progress=on_progress)
        if options.as_json:
            _write_line(out, report.model_dump_json())
        else:
            print_report(out, report)
        return PAGES_FAILED if report.failed else DONE

    return await _each(operator.names(options.corpus), ingest_one, options, out=out, err=err)


async def show_plans(operator: Operator, options: Options, *, out: Console, err: Console) -> int:
    """Shows what an ingestion would do and cost; touches nothing. The exit code that says how it went."""

    async def show_one(name: str) -> int:
        plan = await operator.plan(name)
        if options.as_json:
            _write_line(out, plan.model_dump_json())
        else:
            _print_plan(out, plan)
        return PAGES_FAILED if plan.errors else DONE

    return await _each(operator.names(options.corpus), show_one, options, out=out, err=err)


async def _each(
    names: Sequence[str], work: Callable[[str], Awaitable[int]], options: Options, *, out: Console, err: Console
) -> int:
    """The worst of the exit codes. Of several corpora one that cannot be read or reached does not stop the others."""
    worst = DONE
    for name in names:
        try:
            worst = max(worst, await work(name))
        except (AppError, PipelineError, StorageError) as error:
            if len(names) == 1:
                raise
            said = str(error) if str(error).startswith(f"{name}:") else f"{name}: {error}"
            err.print(said, style="red", markup=False, highlight=False, soft_wrap=True)
            if options.as_json:
                _write_line(out, json.dumps({"corpus": name, "failure": {"message": str(error)}}))
            worst = max(worst, exit_code_of(error))
    return worst


def _write_line(out: Console, line: str) -> None:
    out.file.write(line + "\n")
    out.file.flush()


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
