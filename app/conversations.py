"""Where a chat finds what was said before, and leaves what was said now."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

from app.errors import ConversationNotFound
from pipelines.types import Answer, Claim, Role, Source
from storage_config.conversations import create_conversation, get_conversation
from storage_config.messages import (
    AnswerToRecord,
    QuestionToRecord,
    StoredCitation,
    list_history,
    record_exchange,
)
from storage_config.postgres import Database, Session

_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of a conversation's past."""

    id: UUID
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, to be recorded. `answer_id` is the answer's message; `owner` a subject id.

    A `question_id` that is recorded already gets another answer.
    """

    conversation_id: UUID
    question_id: UUID
    answer_id: UUID
    owner: str
    corpus: str
    question: str
    answer: Answer
    provenance: Mapping[str, Any]


class Conversations(Protocol):
    """The past of conversations. Each call is one short session of the database."""

    async def read_past(self, *, conversation_id: UUID, owner: str, limit: int) -> tuple[PastMessage, ...] | None:
        """The last `limit` messages, oldest first; None where the owner has no such conversation."""
        ...

    async def record(self, exchange: Exchange) -> None:
        """Keep the exchange, making its conversation where it is new; recording the same one again changes nothing.

        Raises ConversationNotFound when the conversation is another owner's.
        """
        ...


class StoredConversations:
    """Conversations in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read_past(self, *, conversation_id: UUID, owner: str, limit: int) -> tuple[PastMessage, ...] | None:
        """As `Conversations` says."""

        async def read(session: Session) -> tuple[PastMessage, ...] | None:
            if await get_conversation(session, conversation_id=conversation_id, owner=owner) is None:
                return None
            messages = await list_history(session, conversation_id=conversation_id, limit=limit)
            return tuple(PastMessage(message.id, message.role, message.text) for message in messages)

        return await self._database.run(read)

    async def record(self, exchange: Exchange) -> None:
        """As `Conversations` says."""
        title = " ".join(exchange.question.split())[:_TITLE_CHARS]

        async def write(session: Session) -> None:
            is_ours = await create_conversation(
                session,
                conversation_id=exchange.conversation_id,
                corpus=exchange.corpus,
                owner=exchange.owner,
                title=title,
            )
            if not is_ours:
                raise ConversationNotFound(str(exchange.conversation_id))
            await record_exchange(
                session,
                conversation_id=exchange.conversation_id,
                question=QuestionToRecord(exchange.question_id, exchange.question),
                answer=_answer_to_record(exchange),
                citations=list(_citations(exchange.answer)),
            )

        await self._database.run(write)


def _answer_to_record(exchange: Exchange) -> AnswerToRecord:
    answer = exchange.answer
    return AnswerToRecord(
        id=exchange.answer_id,
        text=answer.text,
        status=answer.status,
        answer={
            "claims": [asdict(claim) for claim in answer.claims],
            "flags": list(answer.flags),
            "closest": [asdict(section) for section in answer.closest],
        },
        provenance=exchange.provenance,
        usage=asdict(answer.usage),
        timings=dict(answer.timings),
        model=answer.model,
    )


def _citations(answer: Answer) -> Iterator[StoredCitation]:
    """One row for each quote in the answer's order, then one for each source that no claim quotes."""
    sources = {source.id: source for source in answer.sources}
    quoted = set()
    for claim in answer.claims:
        for citation in claim.citations:
            if citation.source in sources:
                quoted.add(citation.source)
                yield StoredCitation(
                    **_place(sources[citation.source]),
                    **_verdict(claim),
                    quote=citation.quote,
                    quote_start=citation.start,
                    quote_end=citation.end,
                )
    for source in answer.sources:
        if source.id not in quoted:
            yield StoredCitation(**_place(source))


def _verdict(claim: Claim) -> dict[str, Any]:
    return {
        "claim_start": claim.start,
        "claim_end": claim.end,
        "claim_status": claim.status,
        "claim_score": claim.score,
        "verbatim": claim.verbatim,
    }


def _place(source: Source) -> dict[str, Any]:
    return {
        "source": int(source.id),
        "document_id": UUID(source.document_id),
        "uri": source.url.partition("#")[0],  # a source does not carry its page's uri; the page's url names it too
        "url": source.url,
        "title": source.title,
        "heading_path": list(source.heading_path),
        "quality": source.quality,
        "reference": source.reference,
        "passage": source.text,
        "passage_start": source.start,
        "passage_end": source.end,
    }
