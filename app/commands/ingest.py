"""`footnoted ingest`: the plan or the run, for one corpus or all that the file declares."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.commands.terminal import print_report, show_progress
from pipelines.bootstrap import CorpusResources, Resources, open_resources
from pipelines.ingestion.plan import IngestionPlan, PlanCost
from storage_config.settings import Settings

_SHOWN_PAGES = 40


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    corpus: str | None
    allow_removals: bool
    as_json: bool


async def ingest(settings: Settings, options: Options, *, out: Console, err: Console) -> bool:
    """Ingests; one report a corpus. True when some page failed."""
    failed = False
    async with open_resources(settings) as resources:
        for corpus in _chosen(resources, options.corpus):
            with show_progress(err, corpus.spec.name) as on_progress:
                report = await corpus.ingestion.ingest(allow_removals=options.allow_removals, on_progress=on_progress)
            if options.as_json:
                out.file.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
                out.file.flush()
            else:
                print_report(out, report)
            failed = failed or report.failed > 0
    return failed


async def show_plans(settings: Settings, options: Options, *, out: Console, err: Console) -> bool:
    """Shows what an ingestion would do and cost; touches nothing. True when some page cannot be read."""
    failed = False
    async with open_resources(settings) as resources:
        for corpus in _chosen(resources, options.corpus):
            plan = await corpus.ingestion.plan()
            cost = await corpus.ingestion.cost(plan)
            if options.as_json:
                out.file.write(json.dumps(_as_json(plan, cost), ensure_ascii=False) + "\n")
            else:
                _print_plan(out, plan, cost)
            failed = failed or bool(cost.failures)
    return failed


def _chosen(resources: Resources, name: str | None) -> Sequence[CorpusResources]:
    return [resources.corpus(name)] if name is not None else list(resources.corpora.values())


def _as_json(plan: IngestionPlan, cost: PlanCost) -> dict[str, object]:
    return {
        "corpus": plan.corpus,
        "collection": plan.collection,
        "rebuild": plan.rebuild,
        "added": plan.count("added"),
        "changed": plan.count("changed"),
        "pipeline_changed": plan.count("pipeline_changed"),
        "unchanged": plan.unchanged,
        "removed": plan.count("removed"),
        "nodes": cost.nodes,
        "nodes_to_embed": cost.nodes_to_embed,
        "pages": [asdict(page) for page in cost.pages],
        "errors": [asdict(failure) for failure in cost.failures],
    }


def _print_plan(out: Console, plan: IngestionPlan, cost: PlanCost) -> None:
    table = Table(title=f"{plan.corpus}: {plan.unchanged} pages unchanged", title_justify="left")
    for column in ("page", "is", "chunks", "to embed"):
        table.add_column(column, justify="left" if column in ("page", "is") else "right")
    for page in cost.pages[:_SHOWN_PAGES]:
        table.add_row(Text(page.uri), page.action.replace("_", " "), str(page.nodes), str(page.nodes_to_embed))
    if len(cost.pages) > _SHOWN_PAGES:
        table.add_row(f"… {len(cost.pages) - _SHOWN_PAGES} more", "", "", "")
    table.add_section()
    table.add_row(f"{len(cost.pages)} pages", "", str(cost.nodes), str(cost.nodes_to_embed))
    out.print(table)
    if plan.rebuild:
        out.print(f"The vectors are built anew, as {plan.collection}; readers switch to it when it is complete.")
    for failure in cost.failures:
        out.print(f"  {failure.path}: {failure.message}", style="red", markup=False)
