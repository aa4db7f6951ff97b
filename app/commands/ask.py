"""`footnoted ask`: one question through the same use case as the API, recorded like every other."""

import time

from app.auth.callers import LOCAL_SUBJECT
from app.chat import Ask, Chat, Recording
from app.conversations import StoredConversations
from app.observations import Observations
from app.schemas.answers import AnswerBody
from app.wires.native import dump_answer
from pipelines.bootstrap import open_resources
from storage_config.settings import Settings

_RECORD_SECONDS = 10.0


async def ask(settings: Settings, question: str, *, corpus: str | None) -> AnswerBody:
    """The answer. Raises what the engine failed with."""
    async with open_resources(settings) as resources:
        chosen = resources.corpus(corpus)
        recording = Recording()
        chat = Chat(
            engines={chosen.spec.name: chosen.engine},
            conversations=StoredConversations(resources.database),
            recording=recording,
            outcomes=Observations(),
            max_history_tokens=settings.max_history_tokens,
        )
        turn = await chat.open_turn(Ask(question=question, owner=LOCAL_SUBJECT), began=time.perf_counter())
        try:
            answer = await chat.answer(turn)
        finally:
            await recording.drain(_RECORD_SECONDS)
        wire = dump_answer(answer, answer_id=turn.answer_id, conversation_id=turn.conversation_id)
        return AnswerBody.model_validate_json(wire)
