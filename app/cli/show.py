"""`footnoted show`: a page as the product sees it, read from its source as an ingestion reads it, without any index."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urldefrag

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.running import run, settings_of
from app.errors import FieldProblem, InvalidRequest
from pipelines.corpus import choose_corpora, read_corpora
from pipelines.errors import PipelineError
from storage_config.settings import Settings
from storage_config.vocabulary import LeftOutReason

if TYPE_CHECKING:
    from pipelines.ingestion.page_view import PageView

_ARGUMENT = "URL_OR_PATH"
_WHY_LEFT_OUT: dict[LeftOutReason, str] = {
    "draft": "its generator publishes no draft",
    "unlisted": "it says that only who has its address should find it",
    "partial": "its generator makes no page of such a file: it is a part of other pages",
    "noindex": "it asks not to be found by searches",
    "redirect": "it only leads to another page",
    "duplicate": "it names another page of the source as its canonical one",
    "empty": "it has no text; what scripts write in a browser is not read",
    "edition": "it is of a version or language of the site that the corpus does not name",
}


def show(
    context: typer.Context,
    page: Annotated[str, typer.Argument(metavar=_ARGUMENT, help="A page's address, or its file's path.")],
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a page as the product sees it: sections, anchors, chunks, what can be quoted; or why it is left out."""
    settings = settings_of(context, config)
    with err.status("Reading the pages"):
        found = run(read_page(settings, page, corpus=corpus))
    if as_json:
        from app.wires.encoding import dump_json

        out.file.write(dump_json(found).decode() + "\n")
    else:
        print_page(out, found)


async def read_page(settings: Settings, wanted: str, *, corpus: str | None) -> "PageView":
    """The page of that address or file, of the first corpus that has it; `#anchor` narrows it to that section.

    Raises InvalidRequest, naming the closest pages, where no corpus has it; UnknownCorpus; and what the source raises
    where only one corpus is looked into.
    """
    from pipelines.ingestion.page_view import find_page
    from pipelines.readers.page_process import PageLimits, PageProcess

    specs = read_corpora(settings.config, need_folders=False)
    names, known, failures = choose_corpora(corpus, specs), set[str](), list[str]()
    with closing(PageProcess(PageLimits.from_settings(settings))) as process:
        for name in names:
            try:
                chars = settings.max_page_chars
                found = await find_page(specs[name], wanted, max_page_chars=chars, process=process)
            except PipelineError as error:
                if len(names) == 1:
                    raise
                failures.append(str(error))
            else:
                if not isinstance(found, set):
                    return _narrowed(found, unquote(urldefrag(wanted).fragment))
                known |= found
    raise _unknown(wanted, names, known, failures)


def _unknown(wanted: str, corpora: Sequence[str], known: set[str], failures: Sequence[str]) -> InvalidRequest:
    from app.corpus.library import find_closest

    said = f"no page {wanted!r} in {', '.join(corpora)}; allowed: a page's address, or its file below source.path"
    closest = find_closest(urldefrag(wanted).url.partition("?")[0].rstrip("/"), known)
    said += f". The closest: {', '.join(closest)}" if closest else ""
    return InvalidRequest(FieldProblem(_ARGUMENT, ". Not read: ".join([said, *failures])))


def _narrowed(page: "PageView", anchor: str) -> "PageView":
    """Only the sections of that anchor. Raises InvalidRequest where a page that was read has none."""
    if not anchor or page.url is None:
        return page
    sections = tuple(section for section in page.sections if section.anchor == anchor)
    if not sections:
        from app.corpus.library import find_closest

        closest = find_closest(anchor, {section.anchor for section in page.sections if section.anchor})
        there = f"the closest: #{', #'.join(closest)}" if closest else "the page has none"
        raise InvalidRequest(FieldProblem(_ARGUMENT, f"{page.uri} has no section #{anchor}; {there}"))

    def is_inside(start: int) -> bool:
        return any(section.start <= start < section.end for section in sections)

    chunks = tuple(chunk for chunk in page.chunks if is_inside(chunk.start))
    answers = tuple(answer for answer in page.answers if is_inside(answer.start))
    units = tuple(unit for unit in page.units if is_inside(unit.start))
    return replace(page, sections=sections, chunks=chunks, units=units, answers=answers)


def print_page(console: Console, page: "PageView") -> None:
    """The page for reading: what it is, then its sections, its chunks and what can be quoted of it."""
    console.print(Text(page.title or page.uri, style="bold"))
    for name in ("corpus", "uri", "url", "version", "locale", "quality"):
        value = getattr(page, name)
        if value:
            console.print(Text(f"{'path' if name == 'uri' else name}: {value}"), soft_wrap=True)
    if page.left_out is not None:
        console.print(Text(f"left out: {page.left_out}: {_WHY_LEFT_OUT[page.left_out]}", style="yellow"))
    if page.error is not None:
        console.print(Text(page.error, style="red"), soft_wrap=True)
    for warning in page.warnings:
        console.print(Text(warning, style="yellow"), soft_wrap=True)
    if page.url is None:
        return
    console.print()
    console.print(_table_of_sections(page))
    console.print(_table_of_chunks(page))
    if page.answers:
        console.print(_table_of_answers(page))
    _print_units(console, page)


def _table_of_sections(page: "PageView") -> Table:
    table = Table(title=f"{len(page.sections)} sections", title_justify="left")
    table.add_column("section")
    table.add_column("anchor")
    table.add_column("characters", justify="right")
    for section in page.sections:
        anchor = Text(f"#{section.anchor}" if section.anchor else "none: the page's address")
        table.add_row(Text(_path(section.heading_path)), anchor, str(section.chars))
    return table


def _table_of_chunks(page: "PageView") -> Table:
    table = Table(title=f"{len(page.chunks)} chunks", title_justify="left")
    table.add_column("section")
    for column in ("from", "to", "tokens"):
        table.add_column(column, justify="right")
    for chunk in page.chunks:
        table.add_row(Text(_path(chunk.heading_path)), str(chunk.start), str(chunk.end), str(chunk.tokens))
    return table


def _table_of_answers(page: "PageView") -> Table:
    table = Table(title=f"{len(page.answers)} questions with an answer of their own", title_justify="left")
    table.add_column("question")
    table.add_column("answered at")
    for column in ("from", "to"):
        table.add_column(column, justify="right")
    for answer in page.answers:
        place = answer.url.partition("#")[2]
        table.add_row(Text(answer.question), f"#{place}" if place else "the page", str(answer.start), str(answer.end))
    return table


def _path(headings: Sequence[str]) -> str:
    return " › ".join(headings) or "(before the first heading)"


def _print_units(console: Console, page: "PageView") -> None:
    quoted = sum(unit.quoted for unit in page.units)
    console.print(Text(f"{len(page.units)} parts, {quoted} of them quoted by answers without a model", style="bold"))
    for unit in page.units:
        mark = Text("“" if unit.quoted else "–", style="green" if unit.quoted else "dim")
        mark.append(f" {unit.kind}, {unit.start} to {unit.end}", style="dim")
        console.print(mark)
        console.print(Padding(Text(unit.text, style="" if unit.quoted else "dim"), (0, 0, 0, 4)))
