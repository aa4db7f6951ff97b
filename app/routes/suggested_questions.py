"""`/api/v1/suggested-questions`: the questions to begin with that an owner wrote; `suggestions` gives what is shown."""

from typing import Any

from fastapi import APIRouter

from app.dependencies import CorpusDep, OwnerDep, StateDep
from app.errors import FieldProblem, InvalidRequest
from app.schemas.problems import ProblemBody
from app.schemas.suggested_questions import SuggestedPageBody, SuggestedPagesBody, SuggestedQuestionsRequest
from pipelines.corpus import choose_corpus
from storage_config.records.suggested_questions import (
    MAX_PAGES,
    SuggestedQuestions,
    list_suggested_questions,
    save_suggested_questions,
)

router = APIRouter(tags=["curation"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 403, 422, 429, 503)}


@router.get("/suggested-questions", summary="List the questions to begin with that you wrote", responses=_PROBLEMS)
async def read_suggested_questions(state: StateDep, caller: OwnerDep, corpus: CorpusDep) -> SuggestedPagesBody:
    """What was written here, which can be changed, and what stands in the corpus file, which is read only."""
    database, spec = state.resources.database, state.resources.corpora[corpus].spec
    found = await database.run(lambda session: list_suggested_questions(session, corpus=corpus))
    in_file = [
        SuggestedPageBody(path=_shown(path.strip("/")), questions=list(questions), updated_at=None)
        for path, questions in sorted(spec.suggestions.items())
    ]
    return SuggestedPagesBody(corpus=corpus, items=[_body(one) for one in found], in_file=in_file)


@router.put("/suggested-questions", summary="Write the questions of a page", responses=_PROBLEMS)
async def write_suggested_questions(
    body: SuggestedQuestionsRequest, state: StateDep, caller: OwnerDep
) -> SuggestedPagesBody:
    """These questions take the place of those that the page had here; none forget the page.

    Each is tried before it is shown, and shown where an answer to it cites the page: at once in this process, in others
    a minute later at most.
    """
    corpus = choose_corpus(body.corpus, state.resources.corpora)
    path = state.resources.corpora[corpus].spec.path_of(body.path)
    if any(body.path.startswith(scheme) and path.startswith(scheme) for scheme in ("http:", "https:")):
        raise InvalidRequest(FieldProblem("path", "must be an address of this corpus, or a path behind its base url"))
    folded = [question.casefold() for question in body.questions]
    for number, question in enumerate(folded):
        if question in folded[:number]:
            raise InvalidRequest(FieldProblem(f"questions.{number}", "stands there twice"))

    if not await state.resources.database.run(
        lambda session: save_suggested_questions(session, corpus=corpus, path=path, questions=body.questions)
    ):
        raise InvalidRequest(FieldProblem("path", f"is of one page too many: {MAX_PAGES:,} may have questions"))
    state.use_cases.suggestions.forget(corpus)
    return await read_suggested_questions(state, caller, corpus)


def _body(one: SuggestedQuestions) -> SuggestedPageBody:
    return SuggestedPageBody(path=_shown(one.path), questions=one.questions, updated_at=one.updated_at)


def _shown(path: str) -> str:
    return path or "/"
