"""What the command line shows: answers with footnotes, progress, tables. Everything goes through one console each."""

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from app.schemas.answers import AnswerBody, CitationBody, SourceBody
from app.schemas.ingestions import PlanBody, ReportBody
from pipelines.ingestion.progress import IngestionProgress, OnProgress

_NAMED = 12  # pages that a report names; all are counted
VERDICTS = {
    "supported": ("✓", "green"),
    "partial": ("~", "yellow"),
    "unsupported": ("✗", "red"),
    "not_checkable": ("", ""),
    "not_evaluated": ("?", "dim"),
}
_QUOTE_CHARS = 240
LINE_SECONDS = 10.0
_SHOWN_PER_SECOND = 10
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_OWN_LINE = re.compile(r"\s*($|[-*+>|#]|\d+[.)]\s)")
_ENDS_LINE = re.compile(r"^\s*($|\||#|(`{3,}|~{3,}))|  $|\\$")


def print_answer(console: Console, answer: AnswerBody) -> None:
    """The answer with a mark behind each claim, then its footnotes with quotes; on a refusal the closest sections."""
    console.print()
    console.print(_marked_text(answer))
    if answer.sources:
        console.print()
    for source in answer.sources:
        _print_footnote(
            console, source, [c for claim in answer.claims for c in claim.citations if c.source == source.id]
        )
    for closest in answer.closest:
        console.print(Text(f"  → {_place(closest.title, closest.heading_path)}", style="bold"))
        console.print(Text(f"    {closest.url}", style="cyan"), soft_wrap=True)
    if answer.contact:
        console.print(Text(f"  Ask on: {answer.contact}", style="cyan"), soft_wrap=True)
    console.print()
    console.print(Text(_verdict_line(answer), style="dim"))


def print_passages(console: Console, sources: Iterable[SourceBody]) -> None:
    """The passages that an answer cites, each whole below its place."""
    for source in sources:
        _print_footnote(console, source, [])
        console.print(Padding(Text(unwrapped(source.text)), (0, 0, 1, 4)))


def _marked_text(answer: AnswerBody) -> Text:
    text, at, shown = Text(), 0, unwrapped(answer.text)
    for claim in sorted(answer.claims, key=lambda claim: claim.end):
        end = _after_fence(answer.text, claim.end)
        text.append(shown[at:end])
        mark, style = VERDICTS[claim.status]
        text.append(f" {mark}" if mark else "", style=style)
        at = end
    text.append(shown[at:])
    return text


def unwrapped(text: str) -> str:
    """`text` with a space for each newline that only wraps a paragraph of the page; as long as before.

    Lines of code, lists, tables and headings stay lines.
    """
    lines = text.split("\n")
    joined, in_fence = lines[0], bool(_FENCE.match(lines[0]))
    for before, line in pairwise(lines):
        if fence := _FENCE.match(line):
            in_fence = not in_fence
        is_wrap = not (fence or in_fence or _OWN_LINE.match(line) or _ENDS_LINE.search(before))
        joined += (" " if is_wrap else "\n") + line
    return joined


def _after_fence(text: str, end: int) -> int:
    """Behind the fence that closes a block of code, so that a mark never gets into what is copied."""
    fence = re.match(r"\s*\n[ \t]*(`{3,}|~{3,})", text[end:])
    return end + fence.end() if fence else end


def _print_footnote(console: Console, source: SourceBody, citations: list[CitationBody]) -> None:
    head = Text(f"[{source.id}] ", style="bold")
    head.append(_place(source.title, source.heading_path), style="bold")
    if source.quality != "unknown":
        head.append(f"  {source.quality.replace('_', ' ')}", style="dim")
    console.print(head)
    console.print(Text(f"    {source.url}", style="cyan"), soft_wrap=True)
    for quote in dict.fromkeys(citation.quote for citation in citations):
        shown = unwrapped(quote if len(quote) <= _QUOTE_CHARS else quote[: _QUOTE_CHARS - 1] + "…")
        console.print(Padding(Text(f"“{shown}”", style="italic"), (0, 0, 0, 4)))
    if source.reference:
        console.print(Padding(Text(source.reference, style="dim"), (0, 0, 0, 4)))


def _place(title: str, heading_path: list[str]) -> str:
    return " › ".join([title, *heading_path])


def _verdict_line(answer: AnswerBody) -> str:
    counted = [claim for claim in answer.claims if claim.status != "not_checkable"]
    supported = sum(claim.status == "supported" for claim in counted)
    parts = ["refused" if answer.status == "refused" else f"{answer.status} by {answer.model}"]
    if counted:
        parts.append(f"{supported} of {len(counted)} claims supported by their sources")
    # A project's pages about itself have no peers who could review them.
    has_peers = any(source.quality not in ("unknown", "official") for source in answer.sources)
    parts += [flag.replace("_", " ") for flag in answer.flags if has_peers or flag != "not_peer_reviewed"]
    parts.append(f"{answer.timings.get('retrieval_ms', 0):.0f} ms retrieval")
    return " · ".join(parts)


@contextmanager
def show_text(console: Console, on_first: Callable[[], None] = lambda: None) -> Iterator[Callable[[str], None]]:
    """Shows the yielded callback's text as it grows, its last lines where it outgrows the terminal, and clears it.

    `on_first` is called before the first text. What is no terminal gets nothing.
    """
    if not console.is_terminal:
        yield lambda text: None
        return
    said = ""

    def last_lines() -> Text:
        lines = Text(unwrapped(said)).wrap(console, console.width)
        return Text("\n").join(lines[-(console.height - 2) :])

    # The whole text is wrapped anew each time: as often as an eye follows, not for each word.
    with Live(console=console, transient=True, refresh_per_second=_SHOWN_PER_SECOND, get_renderable=last_lines):

        def grow(text: str) -> None:
            nonlocal said
            if not said:
                on_first()
            said += text

        yield grow


class ProgressLines:
    """Says how far an ingestion is, for logs: at its start, then at each tenth of its pages, or when it takes long."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._said_at = 0.0
        self._next_page = 0

    def __call__(self, done: IngestionProgress) -> None:
        """A line, if it is time for one; none where there is nothing to do."""
        is_due = done.pages_done >= self._next_page or self._clock() - self._said_at >= LINE_SECONDS
        if not done.pages_total or not is_due:
            return
        self._said_at = self._clock()
        tenth = done.pages_done + math.ceil(done.pages_total / 10)
        self._next_page = max(done.pages_done + 1, min(tenth, done.pages_total))
        self._console.print(
            f"{done.corpus}: {done.pages_done} of {done.pages_total} pages, {done.nodes_embedded} chunks embedded",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


@contextmanager
def show_progress(console: Console, corpus: str) -> Iterator[OnProgress]:
    """A progress bar with counts, rate and time left, fed by the yielded callback; without a terminal, lines."""
    if not console.is_terminal:
        yield ProgressLines(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages · {task.fields[nodes]} chunks · {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task: TaskID | None = None

        def update(done: IngestionProgress) -> None:
            nonlocal task
            if task is None:
                task = progress.add_task(corpus, total=done.pages_total, nodes=0, rate=0.0)
            elapsed = progress.tasks[0].elapsed or 0.0
            rate = done.nodes_embedded / elapsed if elapsed else 0.0
            progress.update(task, completed=done.pages_done, nodes=done.nodes_embedded, rate=rate)

        yield update


def print_report(console: Console, report: ReportBody) -> None:
    """What an ingestion did, and what failed by name."""
    counts = " · ".join(
        f"{count} {name}"
        for name, count in (
            ("added", report.added),
            ("changed", report.changed),
            ("unchanged", report.unchanged),
            ("removed", report.removed),
            ("failed", report.failed),
        )
    )
    console.print(
        f"[bold]{report.corpus}[/bold]: {counts} · {report.nodes_total} chunks, "
        f"{report.nodes_embedded} embedded, {report.seconds:.1f} s"
    )
    if report.nodes_embedded and not report.added + report.changed + report.unchanged and report.failed:
        console.print("The new index is not complete: readers keep the old one. Run it again.")
    for error in report.errors:
        console.print(Text(f"  {error.path}: {error.message}", style="red"), soft_wrap=True)
    print_left_out(console, report)


def print_left_out(console: Console, body: ReportBody | PlanBody) -> None:
    """Pages of the source that are not indexed, by reason and name, and what was lost in those that are."""
    if body.left_out:
        console.print(f"left out: {left_out_text(body.left_out)}")
    for page in body.left_out_pages[:_NAMED]:
        console.print(Text(f"  {page.path}: {page.reason}", style="dim"), soft_wrap=True)
    for warning in body.warnings[:_NAMED]:
        console.print(Text(f"  {warning.path}: {warning.message}", style="yellow"), soft_wrap=True)
    more = max(sum(body.left_out.values()) - _NAMED, 0) + max(len(body.warnings) - _NAMED, 0)
    if more:
        console.print(f"  … {more} more; --json names them", style="dim")


def left_out_text(counts: Mapping[str, int]) -> str:
    """`3 draft, 1 empty`."""
    return ", ".join(f"{count} {reason}" for reason, count in counts.items())
