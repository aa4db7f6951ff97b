"""`footnoted ingest`: the plan or the run, once or after every change, for one corpus or all that the file declares."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.backend import CommandBackend, open_backend
from app.cli.building import build_pages, builds_of
from app.cli.options import ConfigOption, CorpusOption, Engine, JsonOption, err, out
from app.cli.outcomes import DONE, PAGES_FAILED, exit_code_of
from app.cli.running import ended, operate, run, settings_of, warn_of_placeholders
from app.errors import AppError
from pipelines.corpus import HtmlSource, choose_corpora, read_corpora
from pipelines.errors import PipelineError
from storage_config.editions import Edition
from storage_config.errors import ConfigurationError, StorageError
from storage_config.settings import Settings

if TYPE_CHECKING:
    from app.schemas.ingestions import PlanBody
    from pipelines.ingestion.progress import IngestionProgress, OnProgress

_SHOWN_PAGES = 40
_PATIENCE_SECONDS = 3.0
Before = Callable[[str], Awaitable[None]]  # what is done with a corpus, by its name, before its pages are read


def ingest(
    context: typer.Context,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be done and what it costs.")] = False,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Remove pages even where more than 30 % would go.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file of the pages changes.")] = False,
    build: Annotated[
        bool, typer.Option("--build", help="First run the build commands that the corpus file declares.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="With --plan: as markdown, for a comment under a change of the pages.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Where the work is done: here, or on an existing Ray cluster.")
    ] = "local",
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date with the pages: only what changed is embedded."""
    if as_markdown and (as_json or not plan):
        raise ended(ConfigurationError("--markdown is how --plan may be shown, in the place of --json."))
    settings = settings_of(context, config)
    warn_of_placeholders(settings, corpus)
    if engine != "local" and (plan or watch):
        raise ended(ConfigurationError("--engine ray: --plan and --watch work here: leave one of the two out."))
    before = _builder(settings, corpus, watch=watch) if build else _nothing
    if not build:
        _tell_of_unbuilt(settings, corpus)

    kept = Kept()

    async def ingest_chosen(backend: CommandBackend) -> int:
        done = await ingest_pages(backend, corpus, before, allow_removals=allow_removals, as_json=as_json, kept=kept)
        if not watch:  # whoever writes waits for the next save, and asks for nothing else
            await ask_again(backend, kept)
        return done

    if watch:
        watch_pages(settings, corpus, ingest_chosen, kept)
        return
    shown = _print_plan_json if as_json else _print_plan_markdown if as_markdown else _print_plan
    work = (lambda backend: show_plans(backend, corpus, before, shown, as_json=as_json)) if plan else ingest_chosen
    raise typer.Exit(operate(context, settings, work, interrupted=kept.in_words, engine=engine))


class Kept:
    """Whether an interrupted ingestion leaves something that the next one need not do again."""

    def __init__(self) -> None:
        self._some = False
        self._is_done = False
        self.changed: list[str] = []  # corpora whose pages did

    def watching(self, on_progress: "OnProgress") -> "OnProgress":
        """`on_progress`, seen on its way."""

        def note(progress: "IngestionProgress") -> None:
            self._some = self._some or progress.nodes_embedded > 0
            on_progress(progress)

        return note

    def note_done(self) -> None:
        """All pages are ingested: what comes still may be left."""
        self._is_done = True

    def in_words(self) -> str:
        """What to say to who interrupted it."""
        if self._is_done:
            return "Interrupted. The pages are ingested; the questions that are left are asked after the next change."
        if self._some:
            return "Interrupted. What was embedded so far is kept: run it again to go on."
        return "Interrupted before anything was embedded."


def _tell_of_unbuilt(settings: Settings, corpus: str | None) -> None:
    """Says how the pages of a corpus are built whose folder is not there yet, before its ingestion fails for that."""
    for name, spec in read_corpora(settings.config, need_folders=False).items():
        folders = [spec.folder / source.path for source in spec.sources if isinstance(source, HtmlSource)]
        if corpus in (None, name) and builds_of(spec) and not all(folder.is_dir() for folder in folders):
            said = f"{name}: not built yet; `footnoted ingest --build` runs the build that the corpus file declares."
            err.print(said, markup=False, highlight=False, soft_wrap=True)


async def _nothing(name: str) -> None:
    """What is done before a corpus whose pages are there."""


def _builder(settings: Settings, corpus: str | None, *, watch: bool) -> Before:
    """Builds the pages of a corpus, by its name. Refuses what would build nothing."""
    if watch:
        raise ended(ConfigurationError("--build: --watch sees the pages of a build, not what it is made from."))
    specs = read_corpora(settings.config, need_folders=False)
    chosen = [name for name in specs if corpus in (None, name)]
    if not any(builds_of(specs[name]) for name in chosen):
        raise ended(ConfigurationError('--build: no chosen corpus declares a build: a source of kind "html" may.'))
    return lambda name: build_pages(specs[name], settings, err)


async def ingest_pages(
    backend: CommandBackend, corpus: str | None, before: Before, *, allow_removals: bool, as_json: bool, kept: Kept
) -> int:
    """Ingests; one report a corpus. The exit code that says how it went."""
    from app.cli.terminal import print_report, show_progress

    async def ingest_one(name: str) -> int:
        await before(name)
        with show_progress(err, name) as on_progress:
            watched = kept.watching(on_progress)
            with _saying_it_reads(name) as end_of_reading:

                def planned(done: "IngestionProgress") -> None:
                    end_of_reading()
                    watched(done)

                report = await backend.ingest(name, allow_removals=allow_removals, on_progress=planned)
        if as_json:
            _write_line(report.model_dump_json())
        else:
            print_report(out, report)
        if report.added or report.changed or report.removed:
            kept.changed.append(name)
        return PAGES_FAILED if report.failed else DONE

    return await _each(backend.corpus_names(corpus), ingest_one, as_json=as_json)


@contextmanager
def _saying_it_reads(name: str) -> Iterator[Callable[[], None]]:
    """Says after a while that the pages are read, which takes long of a large tree; what it gives ends that."""

    def say() -> None:
        err.print(f"{name}: reading the pages, to see what is new", markup=False, highlight=False, soft_wrap=True)

    timer = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, say)
    try:
        yield timer.cancel
    finally:
        timer.cancel()


async def ask_again(backend: CommandBackend, kept: Kept) -> None:
    """Asks questions without a good answer again where pages changed; what fails there is logged and fails nothing."""
    kept.note_done()

    def tell(questions: int) -> None:
        err.print(f"Asking {questions} questions without a good answer again (Ctrl+C leaves that)", highlight=False)

    for name in kept.changed:
        await backend.ask_again(name, on_asking=tell)


async def show_plans(
    backend: CommandBackend, corpus: str | None, before: Before, show: Callable[["PlanBody"], None], *, as_json: bool
) -> int:
    """Shows what an ingestion would do and cost; touches nothing. The exit code that says how it went."""

    async def show_one(name: str) -> int:
        await before(name)
        with _saying_it_reads(name):
            plan = await backend.plan(name)
        show(plan)
        return PAGES_FAILED if plan.errors else DONE

    return await _each(backend.corpus_names(corpus), show_one, as_json=as_json)


def watch_pages(
    settings: Settings, corpus: str | None, ingest: Callable[[CommandBackend], Awaitable[int]], kept: Kept
) -> None:
    """Each run opens the storage, or finds the server that has it, anew: servers come and go meanwhile."""
    from app.cli.watch import watch, watched_folders

    async def ingest_once() -> None:
        async with open_backend(settings, command="footnoted ingest --watch") as backend:
            await ingest(backend)

    async def keep_watching() -> None:
        specs = read_corpora(settings.config, need_folders=True)
        folders = watched_folders(specs[name] for name in choose_corpora(corpus, specs))
        await watch(ingest_once, folders, data_folder=settings.data_folder, err=err)

    run(keep_watching(), interrupted=kept.in_words)


async def _each(names: Sequence[str], work: Callable[[str], Awaitable[int]], *, as_json: bool) -> int:
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
            if as_json:
                _write_line(json.dumps({"corpus": name, "failure": {"message": str(error)}}))
            worst = max(worst, exit_code_of(error))
    return worst


def _write_line(line: str) -> None:
    out.file.write(line + "\n")
    out.file.flush()


def _print_plan_json(plan: "PlanBody") -> None:
    _write_line(plan.model_dump_json())


def _print_plan_markdown(plan: "PlanBody") -> None:
    from app.cli.plan_markdown import plan_markdown

    _write_line(plan_markdown(plan))


def _print_plan(plan: "PlanBody") -> None:
    from app.cli.terminal import print_left_out

    is_first = plan.rebuild and plan.unchanged == 0 and all(page.action == "added" for page in plan.pages)
    title = "nothing is indexed yet" if is_first else f"{plan.unchanged} pages unchanged"
    table = Table(title=f"{plan.corpus}: {title}", title_justify="left")
    for column in ("page", "is", "chunks", "to embed"):
        table.add_column(column, justify="left" if column in ("page", "is") else "right")
    for page in plan.pages[:_SHOWN_PAGES]:
        edition = Edition(page.version, page.locale).name
        name = Text.assemble(page.uri, (f" ({edition})" if edition else "", "dim"))
        table.add_row(name, page.action.replace("_", " "), str(page.nodes), str(page.nodes_to_embed))
    if len(plan.pages) > _SHOWN_PAGES:
        table.add_row(f"… {len(plan.pages) - _SHOWN_PAGES} more", "", "", "")
    table.add_section()
    table.add_row(f"{len(plan.pages)} pages", "", str(plan.nodes), str(plan.nodes_to_embed))
    out.print(table)
    if plan.rebuild and not is_first:
        out.print(f"The vectors are built anew, as {plan.collection}; readers switch to it when it is complete.")
    for error in plan.errors:
        out.print(f"  {error.path}: {error.message}", style="red", markup=False)
    print_left_out(out, plan)
