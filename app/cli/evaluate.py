"""`footnoted eval`: a golden set asked of a corpus, its figures against a baseline, a report; or a draft of a set."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.outcomes import DONE, UNAVAILABLE, WORSE, WRONG_USE
from app.cli.running import run, settings_of
from storage_config.settings import Settings

if TYPE_CHECKING:
    from pipelines.evaluation.evaluation import Evaluation
    from pipelines.evaluation.figures import Figures
    from pipelines.evaluation.gate import BaselineComparison
    from pipelines.evaluation.rows import Row

_SHOWN_CASES, _SHOWN_NOTES = 15, 10
_COLUMNS = {
    "right": "right", "section_right": "section", "in_passages": "found", "lost": "lost",
    "wrongly_refused": "refused wrongly", "refused": "refused", "handled": "handled",
}  # fmt: skip


def evaluate(
    context: typer.Context,
    golden: Annotated[
        Path | None, typer.Argument(help="The golden set, one question a line: docs/evaluation.md.")
    ] = None,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="What --json said before, to compare with.")
    ] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 7 where a figure got worse.")] = False,
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0, max=1, help="How much worse a figure may be, of 1.")
    ] = 0.01,
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report there.")] = None,
    as_json: JsonOption = False,
    at_once: Annotated[int, typer.Option("--at-once", min=1, max=64, help="Questions asked at a time.")] = 1,
    make: Annotated[bool, typer.Option("--make", help="Write a draft of GOLDEN (stdout without one) instead.")] = False,
    questions: Annotated[int, typer.Option("--questions", min=1, max=1_000, help="How many --make drafts.")] = 60,
) -> None:
    """Ask a golden set and grade the answers; only the figures are kept, for the owner's page.

    With --make draft one from the headings of the pages, or by the corpus's LLM where it has one.
    """
    settings = settings_of(context, config)
    if make:
        _make(settings, golden, corpus=corpus, count=questions)
        return
    if golden is None or (gate and baseline is None):
        raise _wrong(
            "GOLDEN: is missing: name a file of questions, or draft one with --make"
            if golden is None
            else "--gate: needs a --baseline"
        )
    result, compared = run(_evaluated(settings, golden, baseline, corpus=corpus, at_once=at_once))
    if report is not None:
        _write_report(report, result, compared)
    if as_json:
        out.file.write(result.model_dump_json() + "\n")
    else:
        _print_evaluation(result)
    worse = _print_comparison(compared, tolerance) if compared is not None else []
    failed = [row.id for row in result.rows if row.verdict == "failed"]
    if failed:
        some = ", ".join(failed[:5])
        err.print(f"A vendor failed {len(failed)} of {len(result.rows)} questions: {some}", style="red")
        raise typer.Exit(UNAVAILABLE)
    raise typer.Exit(WORSE if gate and worse else DONE)


async def _evaluated(
    settings: Settings, golden: Path, baseline: Path | None, *, corpus: str | None, at_once: int
) -> "tuple[Evaluation, BaselineComparison | None]":
    from app.cli.local_evaluation import run_evaluation
    from pipelines.evaluation.evaluation import read_evaluation
    from pipelines.evaluation.gate import compare
    from pipelines.evaluation.golden import read_golden

    questions = read_golden(golden)  # both files are read before anything is opened or asked
    before = read_evaluation(baseline) if baseline else None
    with err.status(f"0 of {len(questions)} questions") as line:

        def on_asked(done: int) -> None:
            line.update(f"{done} of {len(questions)} questions")

        result = await run_evaluation(
            settings, questions, golden=golden.name, corpus=corpus, at_once=at_once, on_asked=on_asked
        )
    return result, compare(before, result) if before else None


def _make(settings: Settings, path: Path | None, *, corpus: str | None, count: int) -> None:
    from app.cli.local_evaluation import make_drafts
    from pipelines.evaluation.golden import dump_questions

    if path is not None and path.exists():
        raise _wrong(f"GOLDEN: {path} is there already: name another file")
    drafts = run(make_drafts(settings, corpus=corpus, count=count))
    text = dump_questions(drafts.questions)
    if path is None:
        out.file.write(text)
    else:
        _write(path, text)
    for url in drafts.left_out[:_SHOWN_NOTES]:
        err.print(f"left out, the LLM wrote no question: {url}", markup=False, highlight=False)
    err.print(
        f"{len(drafts.questions)} drafts. Read each, correct it, add what must stand in the answer, and questions that "
        'the pages do not answer ("expect": "refusal"); then take "draft" away.'
    )


def _write_report(path: Path, result: "Evaluation", compared: "BaselineComparison | None") -> None:
    from pipelines.evaluation.report import write_report

    _write(path, write_report(result, compared))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _wrong(f"{path}: {error.strerror}") from None


def _wrong(message: str) -> typer.Exit:
    err.print(message, style="red", markup=False, highlight=False)
    return typer.Exit(WRONG_USE)


def _print_evaluation(result: "Evaluation") -> None:
    from pipelines.evaluation.figures import figures_by_kind, figures_of, latencies_of
    from pipelines.evaluation.report import worst_of

    figures = figures_of(result.rows)
    table = Table(title=f"{result.golden} on {result.corpus}", title_justify="left")
    for column in ("kind", "n", *_COLUMNS.values()):
        table.add_column(column, justify="left" if column == "kind" else "right", no_wrap=column == "kind")
    for kind, one in figures_by_kind(result.rows).items():
        table.add_row(Text(kind), *_cells(one))
    table.add_section()
    table.add_row("all", *_cells(figures))
    out.print(table)
    means = [f"{name.replace('_', ' ')} {mean}" for name, mean in figures.means.items()]
    latencies = latencies_of(result.rows)
    times = [f"{stage} {one.median_ms:.0f} ms (p95 {one.p95_ms:.0f})" for stage, one in latencies.items()]
    for line in filter(None, (means, times)):
        out.print(Text(" · ".join(line)), highlight=False)
    _print_cases(worst_of(result.rows))
    for note in result.notes[:_SHOWN_NOTES]:
        err.print(note, style="yellow", markup=False, highlight=False)


def _cells(one: "Figures") -> list[str]:
    values = [one.value(name) for name in _COLUMNS]
    return [str(one.questions), *("-" if value is None else f"{100 * value:.0f} %" for value in values)]


def _print_cases(worst: "Sequence[Row]") -> None:
    for row in worst[:_SHOWN_CASES]:
        out.print(Text.assemble((f"{row.verdict.replace('_', ' ')}  ", "red"), (f"{row.id}  ", "dim"), row.question))
    if len(worst) > _SHOWN_CASES:
        out.print(Text(f"and {len(worst) - _SHOWN_CASES} more: see --report", style="dim"))


def _print_comparison(compared: "BaselineComparison", tolerance: float) -> "list[str]":
    """Says what changed, on stderr so that --json stays alone; the names of figures that are worse."""
    if compared.shared == 0:
        raise _wrong("--baseline: holds none of these questions")
    worse = {change.name for change in compared.worse(tolerance)}
    err.print(f"Against the baseline, over {compared.shared} questions of both:", highlight=False)
    if not compared.broken and all(abs(change.gain) <= 1e-9 for change in compared.changes):
        err.print("  nothing changed", highlight=False)
    for change in compared.changes:
        if abs(change.gain) > 1e-9:
            style = "red" if change.name in worse else "green" if change.gain > 0 else ""
            line = f"  {change.name.replace('_', ' ')}: {change.before:.3f} → {change.after:.3f}"
            err.print(line + (" worse" if change.name in worse else ""), style=style, highlight=False)
    for before, after in compared.broken[:_SHOWN_CASES]:
        err.print(f"  {after.id}: {before.verdict} → {after.verdict}", style="red", markup=False, highlight=False)
    return sorted(worse)
