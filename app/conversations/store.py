"""Where a chat finds what was said before, and leaves what was said now."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from uuid import UUID

from app.conversations.branches import MessagePosition, Place, place_question
from app.errors import ConversationNotFound
from app.schemas.answers import answer_members
from app.wires.encoding import as_json_values
from pipelines.types import Answer, Claim, Source
from storage_config.postgres.database import Database
from storage_config.records.access import list_withheld
from storage_config.records.branches import find_messages
from storage_config.records.conversations import get_conversation
from storage_config.records.direct import DirectConnection
from storage_config.records.messages import (
    LATEST,
    AnswerToRecord,
    ConversationToRecord,
    Latest,
    PastMessage,
    QuestionToRecord,
    StoredCitation,
    list_history,
    record_exchange,
)

_TITLE_CHARS = 80
# What of an answer has a column, or rows, of its own.
_KEPT_APART = frozenset({"text", "status", "sources", "usage", "timings", "model"})


@dataclass(frozen=True, slots=True)
class Past:
    """What was said before a question, oldest first, and where the question stands."""

    messages: tuple[PastMessage, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class PastQuery:
    """Whose past of which conversation is wanted, at most `limit` messages of it, for which question.

    Answers from pages that are not for the groups of `reads` are left out; None is of all.
    """

    conversation_id: UUID
    owner: str
    limit: int
    question: str = ""
    position: MessagePosition = field(default_factory=MessagePosition)
    reads: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, to be recorded. `answer_id` is the answer's message; `owner` a subject id.

    A `question_id` that is recorded already gets another answer; a new question follows `parent_id`. Only one that
    `begins` makes a conversation: what its reader deleted meanwhile stays deleted.
    """

    conversation_id: UUID
    question_id: UUID
    answer_id: UUID
    owner: str
    corpus: str
    question: str
    answer: Answer
    provenance: Mapping[str, Any]
    begins: bool = True
    parent_id: UUID | Latest | None = LATEST
    client_id: str | None = None


class Conversations(Protocol):
    """The past of conversations. Each call is one short session of the database."""

    async def read_past(self, query: PastQuery) -> Past | None:
        """What was said before the question; None where the owner has no such conversation.

        Raises MessageNotFound where the conversation has no message that the question must stand beside.
        """
        ...

    async def record(self, exchange: Exchange) -> None:
        """Keep the exchange; recording the same one again changes nothing.

        Raises ConversationNotFound when the conversation is another owner's, or gone.
        """
        ...


class StoredConversations:
    """Conversations in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read_past(self, query: PastQuery) -> Past | None:
        """As `Conversations` says."""
        conversation_id, names = query.conversation_id, query.position.names

        async def read(on: DirectConnection) -> Past | None:
            if await get_conversation(on, conversation_id=conversation_id, owner=query.owner) is None:
                return None
            found = await find_messages(on, conversation_id=conversation_id, names=names) if names else []
            place = place_question(query.position, query.question, found)
            said = await list_history(on, conversation_id=conversation_id, limit=query.limit, leaf=place.parent_id)
            answers = [message.id for message in said if message.role == "assistant"]
            withheld = await list_withheld(on, message_ids=answers, groups=query.reads)
            return Past(tuple(message for message in said if message.id not in withheld), place)

        return await self._database.run_direct(read)

    async def record(self, exchange: Exchange) -> None:
        """As `Conversations` says."""

        async def write(on: DirectConnection) -> None:
            async with on.transaction() if exchange.parent_id == LATEST else nullcontext():
                if not await _record(on, exchange):
                    raise ConversationNotFound(str(exchange.conversation_id))

        await self._database.run_direct(write)


def title_of(question: str) -> str:
    """A conversation's first title: its first question on one line, cut behind a word where it is long."""
    words = " ".join(question.split())
    if len(words) <= _TITLE_CHARS:
        return words
    cut = words[: _TITLE_CHARS - 1]
    return (cut if words[_TITLE_CHARS - 1] == " " else cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


async def _record(on: DirectConnection, exchange: Exchange) -> bool:
    conversation = ConversationToRecord(
        exchange.conversation_id,
        exchange.owner,
        exchange.corpus,
        title_of(exchange.question) if exchange.begins else "",
        exchange.begins,
    )
    question = QuestionToRecord(exchange.question_id, exchange.question, exchange.parent_id, exchange.client_id)
    return await record_exchange(
        on,
        conversation=conversation,
        question=question,
        answer=_answer_to_record(exchange),
        citations=list(_citations(exchange.answer)),
    )


def _answer_to_record(exchange: Exchange) -> AnswerToRecord:
    answer = exchange.answer
    members = answer_members(answer)
    return AnswerToRecord(
        id=exchange.answer_id,
        text=answer.text,
        status=answer.status,
        answer=as_json_values({name: value for name, value in members.items() if name not in _KEPT_APART}),
        provenance=exchange.provenance,
        usage=as_json_values(answer.usage),
        timings=members["timings"],
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
        "document_id": UUID(source.document_id) if source.document_id else None,
        "uri": source.url.partition("#")[0],  # a source does not carry its page's uri; the page's url names it too
        "url": source.url,
        "title": source.title,
        "heading_path": list(source.heading_path),
        "quality": source.quality,
        "reference": source.reference,
        "authors": [asdict(author) for author in source.authors],
        "published": source.published,
        "passage": source.text,
        "passage_start": source.start,
        "passage_end": source.end,
        "text_hash": source.text_hash,
    }
