"""`footnoted status`: what is kept, against the limits."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from app.cli.options import ConfigOption, JsonOption, out
from app.cli.running import operate, settings_of
from storage_config.editions import Edition

if TYPE_CHECKING:
    from app.schemas.status import CorpusStatusBody, StatusBody, StorageUsageBody

_SHOWN_ERRORS = 5
_SHOWN_ABANDONED = 3
_LEFT_BEHIND = "footnoted status --left-behind"


def status(
    context: typer.Context,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    left_behind: Annotated[
        bool,
        typer.Option(
            "--left-behind", help="Only databases whose data folder is gone, as the commands that remove them."
        ),
    ] = False,
) -> None:
    """Show what is kept, against the limits of the stores, and how the last ingestions went."""
    if left_behind:
        _print_removals()
        return
    found = operate(context, settings_of(context, config), lambda backend: backend.status())
    if as_json:
        out.file.write(found.model_dump_json() + "\n")
    else:
        _print_status(found)
        _print_abandoned()


def _print_status(status: "StatusBody") -> None:
    for name, usage in (("Qdrant", status.qdrant), ("Postgres", status.postgres)):
        out.print(f"[bold]{name}[/bold]: {_used(usage)}", highlight=False)
    for corpus in status.corpora:
        _print_corpus(corpus)


def _print_abandoned() -> None:
    """Databases that root's embedded Postgres kept outside of data folders that are no more."""
    from storage_config.postgres.home import list_abandoned

    found = list_abandoned()
    lines = [
        f"left behind: {home} is the database of {_shown(owner)}, which is gone. If it was not moved: rm -r {home}"
        for home, owner in found
    ]
    if len(found) > _SHOWN_ABANDONED:
        lines = [
            f"left behind: {len(found)} databases in {found[0][0].parent} whose data folders are gone. "
            f"To see them: {_LEFT_BEHIND}. If none was moved, to remove all: {_LEFT_BEHIND} | sh"
        ]
    for line in lines:
        out.print(Text(line), soft_wrap=True)


def _print_removals() -> None:
    """Lines for a shell: what a data folder was called stays in their comments."""
    from storage_config.postgres.home import list_abandoned

    for home, owner in list_abandoned():
        out.file.write(f"rm -r {shlex.quote(str(home))}  # the database of {_shown(owner)}, which is gone\n")


def _shown(folder: Path) -> str:
    """Its name may be no text, and may have line breaks."""
    text = os.fsencode(folder).decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _print_corpus(corpus: "CorpusStatusBody") -> None:
    """Lines rather than a table: a narrow terminal cuts names and dates in its columns."""
    counts = corpus.documents
    pages = f"{_indexed(corpus)} pages indexed, {counts.pending} pending, {counts.failed} failed"
    kept = f"{corpus.points} points, {megabytes(corpus.bytes)}, in {corpus.collection or 'no collection yet'}"
    last = f"last run: {_last_run(corpus)}" if corpus.last_run else "never ingested: footnoted ingest"
    out.print(Text(corpus.corpus, style="bold"))
    for line in (pages, kept, last, *_errors(corpus)):
        out.print(Text(f"  {line}"), soft_wrap=True)


def _errors(corpus: "CorpusStatusBody") -> list[str]:
    """What the last run could not read: pages, and whole sources."""
    report = corpus.last_run.report if corpus.last_run else None
    errors = report.errors if report else []
    more = [f"… and {len(errors) - _SHOWN_ERRORS} more"] if len(errors) > _SHOWN_ERRORS else []
    return [*(f"failed: {error.path}: {error.message}" for error in errors[:_SHOWN_ERRORS]), *more]


def _indexed(corpus: "CorpusStatusBody") -> str:
    """All, and how many of them are of which version and locale beside the default ones."""
    editions = ", ".join(f"{one.indexed} of {Edition(one.version, one.locale).name}" for one in corpus.editions)
    return f"{corpus.documents.indexed}" + (f" ({editions})" if editions else "")


def _used(usage: "StorageUsageBody") -> str:
    about = "about " if usage.estimated else ""
    return (
        f"{about}{megabytes(usage.bytes)} of {megabytes(usage.limit_bytes)} "
        f"({usage.bytes / usage.limit_bytes:.1%}; the limit is a setting)"
    )


def _last_run(corpus: "CorpusStatusBody") -> str:
    from app.cli.terminal import left_out_text

    run = corpus.last_run
    if run is None:
        return "never"
    when = run.finished_at or run.started_at
    why = f": {run.failure.message}" if run.failure and run.failure.message else ""
    left_out = f" (left out: {left_out_text(run.report.left_out)})" if run.report and run.report.left_out else ""
    return f"{run.status} {when:%Y-%m-%d %H:%M} UTC{why}{left_out}"


def megabytes(count: int) -> str:
    """Bytes in MB of a million, as providers count them."""
    return f"{count / 1e6:,.1f} MB"
