"""Exchanges as the tests of records make them: an answer with a quoted and an unquoted citation."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from storage_config.postgres.database import Database
from storage_config.records.feedback import (
    FeedbackToSave,
)
from storage_config.records.ids import new_id
from storage_config.records.messages import (
    AnswerToRecord,
    ConversationToRecord,
    QuestionToRecord,
    StoredCitation,
    list_history,
    record_exchange,
)
from tests.support.records import create_conversation

OWNER, STRANGER = "user-1", "user-2"
DOWN = FeedbackToSave(new_id(), "down", ("incorrect",))
QUOTED = StoredCitation(
    source=1,
    document_id=new_id(),
    uri="guide/intro.md",
    url="https://example.org/guide/intro#ports",
    title="Introduction",
    heading_path=["Ports", "Opening"],
    quality="official",
    reference="Example (2024).",
    authors=[{"family": "Example", "given": "Ada", "literal": None}],
    published="2024",
    passage="A port is opened once.",
    passage_start=100,
    passage_end=122,
    claim_start=0,
    claim_end=20,
    claim_status="supported",
    claim_score=0.93,
    verbatim=True,
    quote="is opened once",
    quote_start=107,
    quote_end=121,
)
UNQUOTED = replace(
    QUOTED, source=2, document_id=None, reference=None, authors=[], published=None, claim_start=None,
    claim_end=None, claim_status=None, claim_score=None, verbatim=None, quote=None, quote_start=None, quote_end=None,
)  # fmt: skip


async def begin_conversation(database: Database, owner: str, corpus: str = "handbook", title: str = "Ports") -> UUID:
    """A new conversation of the owner."""
    made = new_id()
    await database.run(lambda s: create_conversation(s, conversation_id=made, corpus=corpus, owner=owner, title=title))
    return made


def build_answer(text: str = "It is opened once. [1]", **changed: Any) -> AnswerToRecord:
    answer = AnswerToRecord(
        id=new_id(),
        text=text,
        status="answered",
        answer={"claims": [{"start": 0, "end": 18}], "flags": ["not_peer_reviewed"], "closest": []},
        provenance={"collection": "handbook-f1", "retrieved": [{"id": "x", "score": 0.5}]},
        usage={"prompt_tokens": 12},
        timings={"retrieval_ms": 3.5},
        model="extractive",
    )
    return replace(answer, **changed)


async def record_one(
    database: Database,
    conversation_id: UUID,
    question: QuestionToRecord,
    answer: AnswerToRecord,
    citations: tuple[StoredCitation, ...] = (QUOTED, UNQUOTED),
    *,
    owner: str = OWNER,
    begins: bool = False,
) -> bool:
    return await database.run(
        lambda s: record_exchange(
            s,
            conversation=ConversationToRecord(conversation_id, owner, "handbook", "Ports", begins),
            question=question,
            answer=answer,
            citations=citations,
        )
    )


async def read_history(database: Database, conversation_id: UUID, limit: int = 20, **leaf: Any) -> list[str]:
    async with database.session() as session:
        found = await list_history(session, conversation_id=conversation_id, limit=limit, **leaf)
    return [f"{message.role}: {message.text}" for message in found]
