"""How right the answers are: `python -m tests.load.bench_golden [--sets textbook redux fastapi] [--kinds what_is ...]`.

Asks the golden sets, in this process, and prints figures by kind and all misses with --misses. Every question's answer,
cited urls, verdict and the passages that hold the answer go to a file of one JSON object a line (--rows). `lab` and
`definitions` are graded too, from the folder of cases beside the public data sets, and the sets of BLIND from packages
unpacked below FOOTNOTED_GOLDEN_PACKAGES. The first run embeds the pages.
"""

import argparse
import asyncio
import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.bootstrap import CorpusResources, Resources
from pipelines.evaluation.asking import ask_all
from pipelines.evaluation.figures import SHARES, Figures, figures_by_kind, figures_of, latencies_of
from pipelines.evaluation.golden import GoldenQuestion, read_golden
from pipelines.evaluation.grading import Graded, grade, unknown_urls
from pipelines.evaluation.rows import Row
from pipelines.evaluation.sections import PageSections
from tests.conftest import ROOT, shared_data_folder
from tests.load.golden_sites import open_sites
from tests.load.passage_index import read_lines

GOLDEN = Path(__file__).with_name("golden")
NEWCOMERS = {f"{site}_newcomer": site for site in ("textbook", "redux", "fastapi")}
BLIND = (
    "hatch", "copier", "fastify", "pino", "alembic", "starlette", "inline-snapshot", "npm",
    "structlog", "mako", "click", "rust-book", "debian-handbook", "gimp",
    "python-docs", "git-docs", "sqlite", "next", "undici", "flask", "scrapy",
    "black", "falcon", "drf", "borg", "typer", "jupyterhub", "taskiq", "gnucash", "apache",
    "gimp-de", "handbook-fr", "handbook-es", "handbook-ru", "handbook-zh", "reference-ja",
)  # fmt: skip
SETS = ("textbook", "redux", "fastapi", *NEWCOMERS, "crosslanguage", "lab", "definitions", *BLIND)
_SITE_OF = {"crosslanguage": "textbook", **NEWCOMERS}
_TREES = {"docs_redux": "redux", "docs_fastapi": "fastapi", "docs_physical_ai_textbook": "textbook"}


@dataclass(frozen=True, slots=True)
class SiteQuestions:
    """Questions for one site; a set may ask several."""

    site: str
    questions: Sequence[GoldenQuestion]


def read_set(name: str, folder: Path) -> list[SiteQuestions]:
    """The questions of a set by the sites that they are asked of."""
    cases = shared_data_folder().parent / "cases"
    if name == "lab":
        rows = read_lines(cases / "lab" / "questions.jsonl")
        return [SiteQuestions("lab", [_lab_question(number, row) for number, row in enumerate(rows, 1)])]
    if name == "definitions":
        rows = read_lines(cases / "definitions.jsonl")
        return [
            SiteQuestions(site, [_definition(number, row) for number, row in enumerate(rows, 1) if row["tree"] == tree])
            for tree, site in _TREES.items()
        ]
    return [SiteQuestions(_SITE_OF.get(name, name), read_golden(folder / f"{name}.jsonl"))]


def _lab_question(number: int, row: dict[str, Any]) -> GoldenQuestion:
    must = row.get("must", [])
    social = row.get("kind") in ("greeting", "meta")
    return GoldenQuestion(
        id=f"lab-{number:02d}",
        question=row["q"],
        kind=row.get("kind") or ("outside" if row.get("refused") else "lab"),
        history=tuple(row.get("history", [])),
        must=tuple([must] if isinstance(must, str) else must),
        must_not=tuple(row.get("not", [])),
        urls=tuple(url for url in [row.get("url", "")] if url),
        expect="social" if social else "refusal" if row.get("refused") else "answer",
    )


def _with_whole_urls(question: GoldenQuestion, sections: PageSections) -> GoldenQuestion:
    """The lab's urls are parts of urls: an anchor's beginning is enough."""
    urls = [f"{page}/#{heading.anchor}" for page, headings in sections.pages.items() for heading in headings]
    urls += [f"{page}/" for page in sections.pages]
    parts = [part.strip("/") for part in question.urls]
    return question.model_copy(update={"urls": tuple(url for url in urls if any(part in url for part in parts))})


def _definition(number: int, row: dict[str, Any]) -> GoldenQuestion:
    return GoldenQuestion(id=f"definition-{number:02d}", question=row["q"], kind=row["tree"], must=(row["any"],))


async def grade_set(resources: Resources, asked: Sequence[SiteQuestions], kinds: Sequence[str]) -> list[Graded]:
    """Every answer of a set with its grades."""
    graded: list[Graded] = []
    for one in asked:
        corpus = resources.corpora[one.site]
        questions = [question for question in one.questions if not kinds or question.kind in kinds]
        graded += await _grade_questions(resources, corpus, questions)
    return graded


async def _grade_questions(
    resources: Resources, corpus: CorpusResources, questions: Sequence[GoldenQuestion]
) -> list[Graded]:
    sections = await PageSections.load(resources.database, corpus=corpus.spec.name, base_url=corpus.spec.base_url)
    if corpus.spec.name == "lab":
        questions = [_with_whole_urls(question, sections) for question in questions]
    for identity, url in unknown_urls(questions, sections):
        print(f"  {identity}: no page or section {url}")
    return [grade(asked, sections) for asked in await ask_all(corpus.engine, questions)]


def described(one: Graded) -> dict[str, Any]:
    """What a developer looks at."""
    row = Row.of(one).model_dump(mode="json") | {"must": [list(part) for part in one.question.needed]}
    for passage, source in zip(row["passages"], one.asked.passages, strict=True):
        passage["text"] = source.text
    return row


def table(name: str, rows: Sequence[Row]) -> str:
    """The figures by kind as lines of fixed columns."""
    figures = [*figures_by_kind(rows).items(), (f"all of {name}", figures_of(rows))]
    head = f"{'':<22}{'n':>4}" + "".join(f"{share:>17}" for share in SHARES)
    return "\n".join([head, *(_line(kind, one) for kind, one in figures)])


def _line(kind: str, figures: Figures) -> str:
    shares = (getattr(figures, share) for share in SHARES)
    return f"{kind:<22}{figures.questions:>4}" + "".join(f"{share!s:>17}" for share in shares)


def misses(graded: Sequence[Graded]) -> Iterator[str]:
    """A line for each answer that did not do what was expected, or cited another section."""
    for one in graded:
        if not one.good or one.section_right is False:
            section = "" if one.section_right is not False else ", other section"
            held = "" if not one.question.needed else ", held by " + (", ".join(map(str, one.holding)) or "no passage")
            yield f"  {one.question.id} {one.verdict}{section}{held}: {one.question.question}"


async def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Asks the sets, prints as it goes, and returns all figures."""
    sets = {name: read_set(name, arguments.golden) for name in arguments.sets}
    sites = {one.site for asked in sets.values() for one in asked}
    results: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    async with open_sites(sorted(sites), embedding=arguments.embedding) as resources:
        for name, asked in sets.items():
            began = time.perf_counter()
            graded = await grade_set(resources, asked, arguments.kinds)
            plain = [Row.of(one) for one in graded]
            print(f"\n{table(name, plain)}")
            timings = latencies_of(plain)
            print(f"  {time.perf_counter() - began:.1f} s; milliseconds an answer: {timings.get('total')}")
            print("\n".join(misses(graded)) if arguments.misses else "", end="\n" if arguments.misses else "")
            rows += [{"set": name, **described(one)} for one in graded]
            kinds = {kind: figures.as_json() for kind, figures in figures_by_kind(plain).items()}
            results[name] = {"all": figures_of(plain).as_json(), "kinds": kinds}
    arguments.rows.parent.mkdir(parents=True, exist_ok=True)
    arguments.rows.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"\nevery answer: {arguments.rows}")
    return results


def main() -> None:
    """Prints tables; --json writes the figures too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", "--sites", nargs="+", choices=SETS, default=["textbook", "redux", "fastapi"])
    parser.add_argument("--kinds", nargs="+", default=[], help="only questions of these kinds")
    parser.add_argument("--golden", type=Path, default=GOLDEN, help="the folder of the golden sets")
    parser.add_argument("--rows", type=Path, default=ROOT / "build" / "golden_rows.jsonl", help="every answer")
    parser.add_argument("--json", type=Path, help="the figures as JSON")
    parser.add_argument("--misses", action="store_true", help="list what went wrong")
    parser.add_argument("--embedding", default="local/minilm")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # the trees include files that they came without
    results = asyncio.run(measure(arguments))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
