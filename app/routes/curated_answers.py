"""`/api/v1/curated-answers`: the answers that an owner wrote, and those that an owner writes here."""

from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter

from app.dependencies import AppState, CorpusDep, OwnerDep, StateDep
from app.schemas.curated_answers import (
    CuratedAnswerBody,
    CuratedAnswerRequest,
    CuratedAnswersBody,
    NewCuratedAnswerRequest,
    WrittenAnswerBody,
)
from app.schemas.problems import ProblemBody
from pipelines.corpus import choose_corpus
from pipelines.errors import AnswerGone
from pipelines.types import OwnAnswer
from storage_config.postgres.database import Session
from storage_config.records.corpora import list_corpora
from storage_config.records.curated_answers import WrittenQuestion, list_written_questions
from storage_config.records.documents import OWN_ANSWERS, get_document

if TYPE_CHECKING:
    from pipelines.ingestion.own_answers import KeptAnswer

router = APIRouter(tags=["curation"])
MAX_IN_PAGES = 500


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ProblemBody} for status in (401, 403, 422, 429, 503, *statuses)}


@router.get("/curated-answers", summary="List the answers that you wrote", responses=_problems())
async def read_curated_answers(state: StateDep, caller: OwnerDep, corpus: CorpusDep) -> CuratedAnswersBody:
    """What was written here, which can be changed, and what stands in the front matter of pages, which is read only."""
    own = await state.resources.corpora[corpus].answers.list()
    written = await state.resources.database.run(lambda session: list_written_questions(session, corpus=corpus))
    in_pages = _by_section([one for one in written if not one.uri.startswith(OWN_ANSWERS)])
    return CuratedAnswersBody(
        corpus=corpus,
        items=[_body(one) for one in own],
        in_pages=in_pages[:MAX_IN_PAGES],
        in_pages_total=len(in_pages),
    )


@router.post("/curated-answers", summary="Write an answer", status_code=201, responses=_problems(409, 507))
async def add_curated_answer(body: NewCuratedAnswerRequest, state: StateDep, caller: OwnerDep) -> CuratedAnswerBody:
    """The answer is given to its questions from now on, in every process.

    409 where another answer has one of the questions, and while the corpus is ingested.
    """
    corpus = choose_corpus(body.corpus, state.resources.corpora)
    spend = state.use_cases.corpora[corpus].spender(caller.kind)
    document_id = await state.resources.corpora[corpus].answers.add(_answer(body), spend=spend)
    return await _changed(state, corpus, document_id)


@router.put("/curated-answers/{answer_id}", summary="Change an answer", responses=_problems(404, 409, 507))
async def change_curated_answer(
    answer_id: UUID, body: CuratedAnswerRequest, state: StateDep, caller: OwnerDep
) -> CuratedAnswerBody:
    """The answer is as the body says from now on; 404 where it stands in a page."""
    corpus, uri = await _find(state, answer_id)
    spend = state.use_cases.corpora[corpus].spender(caller.kind)
    document_id = await state.resources.corpora[corpus].answers.change(uri, _answer(body), spend=spend)
    return await _changed(state, corpus, document_id)


@router.delete(
    "/curated-answers/{answer_id}", summary="Delete an answer", status_code=204, responses=_problems(404, 409)
)
async def delete_curated_answer(answer_id: UUID, state: StateDep, caller: OwnerDep) -> None:
    """The answer is given no more; recorded conversations keep what they were told."""
    corpus, uri = await _find(state, answer_id)
    await state.resources.corpora[corpus].answers.remove(uri)
    state.use_cases.reasking.start(corpus)


async def _changed(state: AppState, corpus: str, document_id: UUID) -> CuratedAnswerBody:
    state.use_cases.reasking.start(corpus)
    own = await state.resources.corpora[corpus].answers.list()
    found = next((one for one in own if one.id == document_id), None)
    if found is None:  # deleted meanwhile
        raise AnswerGone(str(document_id))
    return _body(found)


async def _find(state: AppState, answer_id: UUID) -> tuple[str, str]:
    """The corpus and the uri of the answer. Raises AnswerGone."""

    async def read(session: Session) -> tuple[str, str] | None:
        document = await get_document(session, document_id=answer_id)
        if document is None or not document.uri.startswith(OWN_ANSWERS):
            return None
        return next(one.name for one in await list_corpora(session) if one.id == document.corpus_id), document.uri

    found = await state.resources.database.run(read)
    if found is None or found[0] not in state.resources.corpora:
        raise AnswerGone(str(answer_id))
    return found


def _answer(body: CuratedAnswerRequest) -> OwnAnswer:
    access = None if body.access is None else tuple(body.access)
    return OwnAnswer(tuple(body.questions), body.text, body.url, access)


def _body(kept: "KeptAnswer") -> CuratedAnswerBody:
    answer: OwnAnswer = kept.answer
    return CuratedAnswerBody(
        id=kept.id,
        questions=list(answer.questions),
        text=answer.text,
        url=kept.url,
        given_url=answer.url,
        access=None if answer.access is None else list(answer.access),
        updated_at=kept.updated_at,
    )


def _by_section(written: list[WrittenQuestion]) -> list[WrittenAnswerBody]:
    """One answer for each section, with its questions in the order of its page."""
    sections = groupby(written, key=lambda one: (one.uri, one.url, one.text))
    answers = []
    for (uri, url, text), together in sections:
        first, *others = together
        questions = [one.question for one in (first, *others)]
        answers.append(
            WrittenAnswerBody(
                document_id=first.document_id, uri=uri, title=first.title, questions=questions, text=text, url=url
            )
        )
    return answers
