"""An evaluation: a golden set asked of a corpus, every answer graded, and the result as it is kept in a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import GoldenSetError
from pipelines.evaluation.asking import Asked, AskedEngine, ask_all
from pipelines.evaluation.citations import measure_citations
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.evaluation.grading import Graded, grade, unknown_urls
from pipelines.evaluation.rows import Row
from pipelines.evaluation.sections import PageSections
from pipelines.grounding.verifier import Verifier

MAX_RESULT_BYTES = 200_000_000
MeasureRanking = Callable[[Sequence[Asked], PageSections], dict[str, Mapping[str, float]]]


class Evaluation(BaseModel):
    """What a run found. `fingerprint` names what cut and embedded the pages; `notes` are for the reader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    golden: str
    corpus: str
    fingerprint: str
    made_at: datetime
    notes: tuple[str, ...] = ()
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated: a corpus's engine, with the verifier and the headings of its pages."""

    corpus: str
    fingerprint: str
    engine: AskedEngine
    verifier: Verifier
    sections: PageSections


async def evaluate(
    subject: Subject,
    questions: Sequence[GoldenQuestion],
    *,
    golden: str,
    measure_ranking: MeasureRanking | None,
    at_once: int = 1,
    on_asked: Callable[[Asked], None] = lambda asked: None,
) -> Evaluation:
    """Asks all questions and grades the answers. `measure_ranking` is None where its library is not installed.

    Raises what `ask_all` raises.
    """
    asked = await ask_all(subject.engine, questions, at_once=at_once, on_asked=on_asked)
    ranking = measure_ranking(asked, subject.sections) if measure_ranking else {}
    rows = []
    for one in asked:
        graded = grade(one, subject.sections)
        rows.append(Row.of(graded, {**ranking.get(one.question.id, {}), **await _citations(graded, subject)}))
    return Evaluation(
        golden=golden,
        corpus=subject.corpus,
        fingerprint=subject.fingerprint,
        made_at=datetime.now(UTC),
        notes=tuple(_notes(questions, subject.sections, has_ranking=measure_ranking is not None)),
        rows=tuple(rows),
    )


def has_ranking_library() -> bool:
    """Whether the extra that computes the measures of ranking is installed."""
    return find_spec("ir_measures") is not None


def read_evaluation(path: Path) -> Evaluation:
    """A kept result. Raises GoldenSetError where the file is none."""
    try:
        if path.stat().st_size > MAX_RESULT_BYTES:
            raise GoldenSetError(f"{path}: is larger than {MAX_RESULT_BYTES // 1_000_000} MB")
        return Evaluation.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GoldenSetError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise GoldenSetError(f"{path}: is no result of `footnoted eval --json`: {place}: {first['msg']}") from None


async def _citations(graded: Graded, subject: Subject) -> Mapping[str, float]:
    answer = graded.asked.answer
    if answer is None or answer.status not in ("answered", "partial"):
        return {}
    return await measure_citations(answer, graded.question.question, subject.verifier)


def _notes(questions: Sequence[GoldenQuestion], sections: PageSections, *, has_ranking: bool) -> list[str]:
    notes = [f"{identity}: no page or section of the corpus has the url {url}"
             for identity, url in unknown_urls(questions, sections)]  # fmt: skip
    if drafts := sum(question.draft for question in questions):
        notes.append(f"{drafts} of {len(questions)} questions are drafts that nobody looked at: see the key draft")
    if not has_ranking:
        notes.append("measures of ranking are left out: they need the extra footnoted[eval] (docs/evaluation.md)")
    return notes
