"""Queries on messages and their citations. They never commit; `Database.run` does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from storage_config.records.columns import StoredJson
from storage_config.records.direct import DirectConnection, ReadyStatement
from storage_config.records.ids import new_id
from storage_config.records.rows import columns_of, values_of
from storage_config.records.tables import CITATIONS, CONVERSATIONS, DOCUMENTS, MESSAGES
from storage_config.vocabulary import AnswerStatus, PageState, Role

Latest = Literal["latest"]
LATEST: Latest = "latest"
MAX_MESSAGES = 200
_MESSAGES = MESSAGES.c
_CONVERSATIONS = CONVERSATIONS.c
_OPENING = ("id", "corpus", "owner", "title")


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of a conversation's past; `cited` are the addresses of the sections that an answer cites."""

    id: UUID
    role: Role
    text: str
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationToRecord:
    """Whose conversation an exchange belongs to. Only one that `begins` is made where it is missing."""

    id: UUID
    owner: str
    corpus: str = ""
    title: str = ""
    begins: bool = False


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
    authors: Sequence[Mapping[str, str | None]] = ()  # of the page, each {family, given, literal}
    published: str | None = None


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


_HISTORY = (_MESSAGES.id, _MESSAGES.role, _MESSAGES.text)
_MESSAGE = columns_of(MESSAGES, StoredMessage)
_CITATION = columns_of(CITATIONS, StoredCitation)


def _latest(conversation_id: UUID | BindParameter[UUID]) -> Select[Any]:
    query = select(_MESSAGES.id).where(_MESSAGES.conversation_id == conversation_id)
    return query.order_by(_MESSAGES.position.desc()).limit(1)


def _touching(*, begins: bool) -> ReturningInsert[Any] | ReturningUpdate[Any]:
    """The owner's conversation, used now; nothing where it is gone or another's."""
    named = {name: bindparam(f"conversation_{name}", type_=_CONVERSATIONS[name].type) for name in _OPENING}
    now, owned = {"updated_at": func.now()}, _CONVERSATIONS.owner == named["owner"]
    if not begins:
        using = update(CONVERSATIONS).where((_CONVERSATIONS.id == named["id"]) & owned).values(now)
        return using.returning(_CONVERSATIONS.id)
    adding = insert(CONVERSATIONS).values(named)
    kept = adding.on_conflict_do_update(index_elements=["id"], set_=now, where=owned)
    return kept.returning(_CONVERSATIONS.id)


def _recording(*, begins: bool, after_latest: bool) -> Select[Any]:
    """One statement that records an exchange, and gives the conversation back unless it is gone or another's.

    A turn that took six statements spent a sixth of the server's CPU on them, and six ways to a database far away.
    Postgres runs the parts in the order in which they read each other, and checks foreign keys behind the last.
    """
    touched = _touching(begins=begins).cte("touched")
    conversation = bindparam("conversation_id", type_=_MESSAGES.conversation_id.type)
    parent: ColumnElement[Any] = bindparam("asked_parent_id", type_=_MESSAGES.parent_id.type)
    parent = _latest(conversation).scalar_subquery() if after_latest else parent
    question = {"id": "asked_id", "text": "asked_text", "client_id": "asked_client_id"}
    asking = {"conversation_id": touched.c.id, "role": literal("user"), "parent_id": parent, **_bound(question)}
    asked = _adding(asking, select(*asking.values())).cte("asked")
    answer = {name: f"answer_{name}" for name in (field.name for field in fields(AnswerToRecord))}
    answering = {
        "conversation_id": touched.c.id,
        "role": literal("assistant"),
        "parent_id": bindparam("asked_id", type_=_MESSAGES.id.type),
        **_bound(answer),
    }
    # Reading the count puts the answer's position behind the question's.
    asked_first = select(func.count()).select_from(asked).scalar_subquery() >= 0
    answered = _adding(answering, select(*answering.values()).where(asked_first)).cte("answered")
    rows = func.jsonb_to_recordset(bindparam("citations", type_=StoredJson)).table_valued(*_CITED)
    cited = rows.render_derived("cited", with_types=True)
    citing = {"message_id": answered.c.id, **{column.name: cited.c[column.name] for column in _CITED}}
    of_answer = select(*citing.values()).select_from(answered.join(cited, true()))
    citations = insert(CITATIONS).from_select(list(citing), of_answer)
    return select(touched.c.id).add_cte(answered, citations.cte("cited_rows"))


def _bound(names: Mapping[str, str]) -> dict[str, BindParameter[Any]]:
    """Parameters by the columns that they fill."""
    return {column: bindparam(name, type_=_MESSAGES[column].type) for column, name in names.items()}


def _adding(values: Mapping[str, Any], rows: Select[Any]) -> ReturningInsert[Any]:
    """Adds a message unless it is there."""
    adding = insert(MESSAGES).from_select(list(values), rows)
    return adding.on_conflict_do_nothing(index_elements=["id"]).returning(_MESSAGES.id)


_CITED = [CITATIONS.c.id, CITATIONS.c.ordinal, *columns_of(CITATIONS, StoredCitation)]


def _leading_to(*, latest: bool) -> Select[Any]:
    """The messages of a branch, oldest first."""
    conversation = bindparam("conversation_id", type_=_MESSAGES.conversation_id.type)
    leaf: ColumnElement[Any] = bindparam("leaf", type_=_MESSAGES.id.type)
    end = _latest(conversation).scalar_subquery() if latest else leaf
    inside = _MESSAGES.conversation_id == conversation
    branch = (
        select(*_HISTORY, _MESSAGES.parent_id, literal(1).label("depth"))
        .where(inside & (_MESSAGES.id == end))
        .cte("branch", recursive=True)
    )
    above = select(*_HISTORY, _MESSAGES.parent_id, branch.c.depth + 1).where(
        inside & (_MESSAGES.id == branch.c.parent_id) & (branch.c.depth < bindparam("limit", type_=Integer))
    )
    branch = branch.union_all(above)
    cited = select(CITATIONS.c.url).where(CITATIONS.c.message_id == branch.c.id).distinct().order_by(CITATIONS.c.url)
    addresses = func.array(cited.correlate(branch).scalar_subquery(), type_=ARRAY(Text))
    return select(branch.c.id, branch.c.role, branch.c.text, addresses).order_by(branch.c.depth.desc())


# Made once: building a statement costs more than sending it.
_LOCK = ReadyStatement(select(_CONVERSATIONS.id).where(_CONVERSATIONS.id == bindparam("id")).with_for_update())
_RECORD = {
    (begins, after_latest): ReadyStatement(_recording(begins=begins, after_latest=after_latest))
    for begins in (True, False)
    for after_latest in (True, False)
}
_LEADING_TO = {latest: ReadyStatement(_leading_to(latest=latest)) for latest in (True, False)}


async def list_history(
    on: AsyncSession | DirectConnection, *, conversation_id: UUID, limit: int, leaf: UUID | Latest | None = LATEST
) -> list[PastMessage]:
    """The last `limit` messages, oldest first, of the branch that ends with `leaf`; none for None."""
    latest = leaf == LATEST
    values = {"conversation_id": conversation_id, "limit": limit, **({} if latest else {"leaf": leaf})}
    return [
        PastMessage(id, role, text, tuple(cited))
        for id, role, text, cited in await _LEADING_TO[latest].rows(on, values)
    ]


async def record_exchange(
    on: AsyncSession | DirectConnection,
    *,
    conversation: ConversationToRecord,
    question: QuestionToRecord,
    answer: AnswerToRecord,
    citations: Sequence[StoredCitation],
) -> bool:
    """Records a question with its answer, in one statement; recording the same one again changes nothing.

    A question that follows the latest message needs a transaction around it: of two at once the second waits for the
    first, and only a statement that begins after that sees what it is to follow.

    A question that is recorded already gets a further answer: another branch. False where the conversation is gone, or
    belongs to another owner.
    """
    values = {
        **{f"conversation_{name}": value for name, value in values_of(conversation).items() if name in _OPENING},
        **{f"asked_{name}": value for name, value in values_of(question).items()},
        **{f"answer_{name}": value for name, value in values_of(answer).items()},
        "citations": [_row(citation, ordinal) for ordinal, citation in enumerate(citations)],
    }
    after_latest = question.parent_id == LATEST
    if after_latest:
        del values["asked_parent_id"]
        await _LOCK.rows(on, {"id": conversation.id})
    return bool(await _RECORD[conversation.begins, after_latest].rows(on, values))


async def get_recorded_answer(session: AsyncSession, *, message_id: UUID) -> AnswerRecord | None:
    """An answer of whatever owner, for who runs the site; None where there is no such message, or it is a question."""
    wanted = (_MESSAGES.id == message_id) & (_MESSAGES.role == "assistant")
    of_corpus = select(*_MESSAGE, CONVERSATIONS.c.corpus).join(
        CONVERSATIONS, CONVERSATIONS.c.id == _MESSAGES.conversation_id
    )
    row = (await session.execute(of_corpus.where(wanted))).one_or_none()
    return AnswerRecord(row[-1], StoredMessage(*row[:-1])) if row else None


async def list_messages(
    session: AsyncSession, *, conversation_id: UUID, after: UUID | None, limit: int
) -> list[StoredMessage]:
    """The messages of all branches in the order of their recording; those behind the message `after`."""
    query = select(*_MESSAGE).where(_MESSAGES.conversation_id == conversation_id)
    if after is not None:
        reached = select(_MESSAGES.position).where(_MESSAGES.id == after).scalar_subquery()
        query = query.where(_MESSAGES.position > reached)
    return [StoredMessage(*row) for row in await session.execute(query.order_by(_MESSAGES.position).limit(limit))]


async def list_citations(session: AsyncSession, *, message_ids: Sequence[UUID]) -> dict[UUID, list[StoredCitation]]:
    """The citations of each message in the order of the answer; an empty list where it has none."""
    query = select(CITATIONS.c.message_id, *_CITATION).where(CITATIONS.c.message_id.in_(message_ids))
    found: dict[UUID, list[StoredCitation]] = {message_id: [] for message_id in message_ids}
    for message_id, *values in await session.execute(query.order_by(CITATIONS.c.message_id, CITATIONS.c.ordinal)):
        found[message_id].append(StoredCitation(*values))
    return found


async def list_page_states(session: AsyncSession, *, message_ids: Sequence[UUID]) -> dict[UUID, dict[int, PageState]]:
    """How the pages of each message's sources are now, by the sources' numbers.

    Where a hash is missing, a page counts as cited if the passage stands in it at its offsets. A source that stands in
    no page is what its reader selected, and stays as it was cited.
    """
    cited, page = CITATIONS.c, DOCUMENTS.c
    length = cited.passage_end - cited.passage_start
    stands = func.substr(page.text, cited.passage_start + 1, length) == cited.passage
    is_same = func.coalesce(cited.text_hash == page.text_hash, stands)
    is_kept = cited.document_id.is_(None) | is_same
    state = case((is_kept, "as_cited"), (page.id.is_(None), "gone"), else_="changed")
    query = select(cited.message_id, cited.source, state).outerjoin(DOCUMENTS, page.id == cited.document_id)
    found: dict[UUID, dict[int, PageState]] = {message_id: {} for message_id in message_ids}
    for message_id, source, how in await session.execute(query.where(cited.message_id.in_(message_ids))):
        found[message_id][source] = how
    return found


def _row(citation: StoredCitation, ordinal: int) -> dict[str, Any]:
    """A row of citations as JSON."""
    document_id = str(citation.document_id) if citation.document_id else None
    return {**values_of(citation), "document_id": document_id, "id": str(new_id()), "ordinal": ordinal}


def owned_message(owner: str) -> Any:
    """The condition that a message lies in a conversation of the owner."""
    owned = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == _MESSAGES.conversation_id)
    return owned.where(CONVERSATIONS.c.owner == owner).correlate(MESSAGES).exists()
