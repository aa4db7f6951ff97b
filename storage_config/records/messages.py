"""Queries on messages and their citations. They never commit; `Database.run` does."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.conversations import touch_conversation
from storage_config.records.ids import new_id
from storage_config.records.rows import columns_of
from storage_config.records.tables import CITATIONS, CONVERSATIONS, DOCUMENTS, MESSAGES
from storage_config.vocabulary import AnswerStatus, PageState, Role

Latest = Literal["latest"]
LATEST: Latest = "latest"
MAX_MESSAGES = 200
_MESSAGES = MESSAGES.c


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of a conversation's past."""

    id: UUID
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class QuestionToRecord:
    """A reader's question. It follows `parent_id`: the latest message of the conversation, or None to begin anew.

    `client_id` is what the reader's client calls it.
    """

    id: UUID
    text: str
    parent_id: UUID | Latest | None = LATEST
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerToRecord:
    """An answer. `answer` is what shows it again: claims, flags, closest; `provenance` what it was made from."""

    id: UUID
    text: str
    status: AnswerStatus
    answer: Mapping[str, Any]
    provenance: Mapping[str, Any]
    usage: Mapping[str, Any]
    timings: Mapping[str, Any]
    model: str


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """A source of an answer: one row for each quote of a claim, or a single row without claim and quote.

    The claim's span is into the message's text, the passage's and the quote's are into the page's.
    """

    source: int  # n of [n]
    document_id: UUID | None
    uri: str
    url: str
    title: str
    heading_path: Sequence[str]
    quality: str
    reference: str | None
    passage: str
    passage_start: int
    passage_end: int
    claim_start: int | None = None
    claim_end: int | None = None
    claim_status: str | None = None
    claim_score: float | None = None
    verbatim: bool | None = None
    quote: str | None = None
    quote_start: int | None = None
    quote_end: int | None = None
    text_hash: str | None = None  # of the page's text; None: recorded before there were hashes


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message; everything from `status` on is None for questions."""

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    client_id: str | None
    role: Role
    text: str
    created_at: datetime
    status: AnswerStatus | None
    answer: dict[str, Any] | None
    provenance: dict[str, Any] | None
    usage: dict[str, Any] | None
    timings: dict[str, Any] | None
    model: str | None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer with the name of the corpus that it was given from."""

    corpus: str
    message: StoredMessage


_HISTORY = columns_of(MESSAGES, PastMessage)
_MESSAGE = columns_of(MESSAGES, StoredMessage)
_CITATION = columns_of(CITATIONS, StoredCitation)


async def list_history(
    session: AsyncSession, *, conversation_id: UUID, limit: int, leaf: UUID | Latest | None = LATEST
) -> list[PastMessage]:
    """The last `limit` messages, oldest first, of the branch that ends with `leaf`; none for None."""
    end = _latest(conversation_id).scalar_subquery() if leaf == LATEST else leaf
    inside = _MESSAGES.conversation_id == conversation_id
    branch = (
        select(*_HISTORY, _MESSAGES.parent_id, literal(1).label("depth"))
        .where(inside & (_MESSAGES.id == end))
        .cte("branch", recursive=True)
    )
    above = select(*_HISTORY, _MESSAGES.parent_id, branch.c.depth + 1).where(
        inside & (_MESSAGES.id == branch.c.parent_id) & (branch.c.depth < limit)
    )
    branch = branch.union_all(above)
    rows = await session.execute(select(branch.c.id, branch.c.role, branch.c.text).order_by(branch.c.depth.desc()))
    return [PastMessage(*row) for row in rows]


async def record_exchange(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    question: QuestionToRecord,
    answer: AnswerToRecord,
    citations: Sequence[StoredCitation],
) -> bool:
    """Records a question with its answer; recording the same one again changes nothing.

    A question that is recorded already gets a further answer: another branch. False where the conversation is gone.
    """
    if not await touch_conversation(session, conversation_id=conversation_id):
        return False
    asked = {"conversation_id": conversation_id, "role": "user", "status": None, "client_id": question.client_id}
    answered = {"conversation_id": conversation_id, "role": "assistant", "parent_id": question.id}
    parent = await _parent(session, conversation_id, question)
    await _insert_message(session, {**asked, "id": question.id, "text": question.text, "parent_id": parent})
    if await _insert_message(session, {**answered, **asdict(answer)}) and citations:
        rows = [
            {**asdict(citation), "id": new_id(), "message_id": answer.id, "ordinal": ordinal}
            for ordinal, citation in enumerate(citations)
        ]
        await session.execute(insert(CITATIONS), rows)
    return True


async def get_recorded_answer(session: AsyncSession, *, message_id: UUID) -> AnswerRecord | None:
    """An answer of whatever owner, for who runs the site; None where there is no such message, or it is a question."""
    wanted = (_MESSAGES.id == message_id) & (_MESSAGES.role == "assistant")
    of_corpus = select(*_MESSAGE, CONVERSATIONS.c.corpus).join(
        CONVERSATIONS, CONVERSATIONS.c.id == _MESSAGES.conversation_id
    )
    row = (await session.execute(of_corpus.where(wanted))).one_or_none()
    return AnswerRecord(row[-1], StoredMessage(*row[:-1])) if row else None


async def list_citations(session: AsyncSession, *, message_ids: Sequence[UUID]) -> dict[UUID, list[StoredCitation]]:
    """The citations of each message in the order of the answer; an empty list where it has none."""
    query = select(CITATIONS.c.message_id, *_CITATION).where(CITATIONS.c.message_id.in_(message_ids))
    found: dict[UUID, list[StoredCitation]] = {message_id: [] for message_id in message_ids}
    for message_id, *values in await session.execute(query.order_by(CITATIONS.c.message_id, CITATIONS.c.ordinal)):
        found[message_id].append(StoredCitation(*values))
    return found


async def list_page_states(session: AsyncSession, *, message_ids: Sequence[UUID]) -> dict[UUID, dict[int, PageState]]:
    """How the pages of each message's sources are now, by the sources' numbers.

    Where a hash is missing, a page counts as cited if the passage stands in it at its offsets.
    """
    cited, page = CITATIONS.c, DOCUMENTS.c
    length = cited.passage_end - cited.passage_start
    stands = func.substr(page.text, cited.passage_start + 1, length) == cited.passage
    is_same = func.coalesce(cited.text_hash == page.text_hash, stands)
    state = case((page.id.is_(None), "gone"), (is_same, "as_cited"), else_="changed")
    query = select(cited.message_id, cited.source, state).outerjoin(DOCUMENTS, page.id == cited.document_id)
    found: dict[UUID, dict[int, PageState]] = {message_id: {} for message_id in message_ids}
    for message_id, source, how in await session.execute(query.where(cited.message_id.in_(message_ids))):
        found[message_id][source] = how
    return found


async def _parent(session: AsyncSession, conversation_id: UUID, question: QuestionToRecord) -> UUID | None:
    if question.parent_id != LATEST:
        return question.parent_id
    found: UUID | None = (await session.execute(_latest(conversation_id))).scalar()
    return found


def _latest(conversation_id: UUID) -> Select[Any]:
    query = select(_MESSAGES.id).where(_MESSAGES.conversation_id == conversation_id)
    return query.order_by(_MESSAGES.position.desc()).limit(1)


async def _insert_message(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    statement = insert(MESSAGES).values(values).on_conflict_do_nothing(index_elements=["id"]).returning(_MESSAGES.id)
    return (await session.execute(statement)).first() is not None


def owned_message(owner: str) -> Any:
    """The condition that a message lies in a conversation of the owner."""
    owned = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == _MESSAGES.conversation_id)
    return owned.where(CONVERSATIONS.c.owner == owner).correlate(MESSAGES).exists()
