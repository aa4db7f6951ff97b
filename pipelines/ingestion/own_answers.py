"""The answers that the owner of a corpus writes over the API: each is a page of its own, embedded as all pages are."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from llama_index.core.schema import Document

from pipelines.errors import AnswerGone, AnswerRefused, PageError, QuestionAnswered
from pipelines.ingestion.corpus_pages import CorpusPages
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.readers.answers import MAX_ANSWER_CHARS, plain_question
from pipelines.readers.own_answer import pack_own_answer, unpack_own_answer
from pipelines.types import OwnAnswer, Upload
from storage_config.postgres.database import Database
from storage_config.records.curated_answers import list_own_answers, list_written_questions
from storage_config.records.documents import OWN_ANSWERS
from storage_config.records.ids import new_id

MAX_OWN_ANSWERS = 500  # of a corpus


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was written. Its `id` is that of its document; `url` is where its footnote leads."""

    id: UUID
    answer: OwnAnswer
    url: str
    updated_at: datetime


class OwnAnswers:
    """The answers of one corpus, by its name, among its pages."""

    def __init__(self, corpus: str, pages: CorpusPages, database: Database) -> None:
        self._corpus, self._pages, self._database = corpus, pages, database

    async def list(self) -> list[KeptAnswer]:
        """All of them, the newest first."""
        found = await self._database.run(partial(list_own_answers, corpus=self._corpus))
        return [
            KeptAnswer(one.document_id, unpack_own_answer(one.data, one.sent_url), one.url, one.updated_at)
            for one in found
        ]

    async def add(self, answer: OwnAnswer, *, spend: Spend = spend_freely) -> UUID:
        """Keeps a new answer, which answers from the return on: its id.

        Raises AnswerRefused, QuestionAnswered, and what `CorpusPages.add` raises of a page that is not the source's;
        nothing is kept then.
        """
        return await self._save(f"{OWN_ANSWERS}{new_id()}", answer, is_new=True, spend=spend)

    async def change(self, uri: str, answer: OwnAnswer, *, spend: Spend = spend_freely) -> UUID:
        """Replaces the answer whose document has that uri. Raises AnswerGone, and what `add` raises."""
        return await self._save(uri, answer, is_new=False, spend=spend)

    async def remove(self, uri: str) -> None:
        """Removes the answer; one that is gone meanwhile does not matter. Raises IngestionBusy."""
        await self._pages.remove(uri)

    async def _save(self, uri: str, answer: OwnAnswer, *, is_new: bool, spend: Spend) -> UUID:
        plain = [plain_question(one) for one in answer.questions]
        for number, question in enumerate(plain):
            if question in plain[:number]:
                raise AnswerRefused(f"questions.{number}", "stands there twice")

        async def check(document: Document) -> None:
            await self._check(uri, answer, document, is_new)

        upload = Upload("answer", pack_own_answer(answer), uri, answer.url)
        try:
            document_id, _ = await self._pages.add(upload, spend=spend, check=check)
        except PageError as error:
            raise AnswerRefused("text", error.reason) from None
        return document_id

    async def _check(self, uri: str, answer: OwnAnswer, document: Document, is_new: bool) -> None:
        """Whether it can be kept beside the others, as they are now."""
        if len(document.metadata.get("answers", ())) < len(answer.questions):
            said = len(document.text)
            raise AnswerRefused(
                "text",
                f"has {said:,} characters; at most {MAX_ANSWER_CHARS:,} are quoted"
                if said > MAX_ANSWER_CHARS
                else "says nothing below its heading",
            )
        written = await self._database.run(partial(list_written_questions, corpus=self._corpus))
        own = {one.uri for one in written if one.uri.startswith(OWN_ANSWERS)}
        if is_new and len(own) >= MAX_OWN_ANSWERS:
            raise AnswerRefused("questions", f"are too many: a corpus keeps {MAX_OWN_ANSWERS} answers")
        if not is_new and uri not in own:
            raise AnswerGone(uri)
        others = {plain_question(one.question): one.url for one in written if one.uri != uri}
        for question in answer.questions:
            if (url := others.get(plain_question(question))) is not None:
                raise QuestionAnswered(question, url)
