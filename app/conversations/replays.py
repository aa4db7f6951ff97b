"""The use case of making a recorded answer again, for who runs the site. Nothing of it is recorded."""

from dataclasses import dataclass
from uuid import UUID

from app.errors import MessageNotFound
from app.resources import Resources
from pipelines.answering.replay import RecordedAnswer, Replay
from pipelines.errors import NotReplayable
from storage_config.postgres.database import Session
from storage_config.records import messages


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """An answer that was made again, with what was recorded of it."""

    id: UUID
    corpus: str
    recorded: RecordedAnswer
    replay: Replay


async def replay_message(resources: Resources, message_id: UUID) -> ReplayedMessage:
    """Make the answer again; a remote model is asked, and paid, once more.

    Raises MessageNotFound, NotReplayable, and what an engine fails with.
    """

    async def read(session: Session) -> messages.AnswerRecord | None:
        return await messages.get_recorded_answer(session, message_id=message_id)

    found = await resources.database.run(read)
    if found is None:
        raise MessageNotFound(str(message_id))
    if found.corpus not in resources.corpora:
        raise NotReplayable(f"its corpus {found.corpus} is not declared any more")
    message = found.message
    kept = message.answer or {}
    recorded = RecordedAnswer(
        text=message.text,
        status=message.status or "interrupted",
        claims=kept.get("claims") or (),
        flags=kept.get("flags") or (),
        model=message.model or "",
        provenance=message.provenance or {},
    )
    replay = await resources.corpora[found.corpus].replayer.replay(recorded)
    return ReplayedMessage(message_id, found.corpus, recorded, replay)
