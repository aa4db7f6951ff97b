"""The use case of making a recorded answer again, for who runs the site. Nothing of it is recorded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from app.conversations.metered_corpus import Asker, MeteredCorpus
from app.conversations.transcripts import read_sources
from app.errors import MessageNotFound
from app.schemas.answers import SourceBody, UsageBody
from app.schemas.replays import DifferenceBody, ReplayBody
from pipelines.answering.recorded_answer import RecordedAnswer, Replay
from pipelines.errors import NotReplayable
from storage_config.postgres.database import Database, Session
from storage_config.records import messages


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """An answer that was made again, with what was recorded of it."""

    id: UUID
    corpus: str
    recorded: RecordedAnswer
    replay: Replay
    changed_sources: tuple[SourceBody, ...]


class Replays:
    """Makes recorded answers again; what that takes is counted as for any other answer."""

    def __init__(self, database: Database, corpora: Mapping[str, MeteredCorpus]) -> None:
        self._database = database
        self._corpora = corpora

    async def replay(self, message_id: UUID, asker: Asker) -> ReplayedMessage:
        """The answer made again; a remote model is asked, and paid, once more.

        Raises MessageNotFound, NotReplayable, BudgetSpent, and what an engine fails with.
        """

        async def read(session: Session) -> tuple[messages.AnswerRecord | None, list[SourceBody]]:
            citations = await messages.list_citations(session, message_ids=[message_id])
            pages = await messages.list_page_states(session, message_ids=[message_id])
            found = await messages.get_recorded_answer(session, message_id=message_id)
            return found, read_sources(citations[message_id], pages[message_id])

        found, sources = await self._database.run(read)
        if found is None:
            raise MessageNotFound(str(message_id))
        if found.corpus not in self._corpora:
            raise NotReplayable(f"its corpus {found.corpus} is not declared any more")
        recorded = _recorded(found.message)
        replay = await self._corpora[found.corpus].replay(recorded, asker)
        changed = tuple(source for source in sources if source.page_state != "as_cited")
        return ReplayedMessage(message_id, found.corpus, recorded, replay, changed)


def _recorded(message: messages.StoredMessage) -> RecordedAnswer:
    kept = message.answer or {}
    return RecordedAnswer(
        text=message.text,
        status=message.status or "interrupted",
        claims=kept.get("claims") or (),
        flags=kept.get("flags") or (),
        model=message.model or "",
        provenance=message.provenance or {},
    )


def build_replay_body(replayed: ReplayedMessage) -> ReplayBody:
    """What the route answers and the command prints."""
    replay, provenance = replayed.replay, replayed.recorded.provenance
    answer = replay.answer
    return ReplayBody(
        id=replayed.id,
        corpus=replayed.corpus,
        question=provenance["question"]["text"],
        same=not replay.differences,
        collection=provenance["collection"],
        collection_state=replay.collection_state,
        differences=[DifferenceBody(**asdict(difference)) for difference in replay.differences],
        changed_sources=list(replayed.changed_sources),
        status=answer.status,
        text=answer.text,
        model=answer.model,
        usage=UsageBody(**asdict(answer.usage)),
        timings=dict(answer.timings),
    )
