"""What can be asked, wired once: for the server, the command line and the tools of agents alike."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversations.answer_cache import AnswerCache
from app.conversations.background_writer import BackgroundWriter
from app.conversations.chat import Chat
from app.conversations.metered_corpus import MeteredCorpus
from app.conversations.open_turns import OpenTurns
from app.conversations.reasking import Reasking
from app.conversations.replays import Replays
from app.conversations.searches import Searches
from app.conversations.store import Conversations, StoredConversations
from app.conversations.suggestions import Suggestions
from app.corpus.library import Library
from app.limits.metering import Meter, open_meter
from app.telemetry.observations import Observations
from app.telemetry.webhooks import Webhooks, open_webhooks
from app.wires.resumable_answers import ResumableAnswers
from app.wires.shared_turns import open_shared_turns
from storage_config.postgres.database import Database

if TYPE_CHECKING:
    from pipelines.bootstrap import Resources

DRAIN_SECONDS = 10.0
# For answers to come to their end once they are told to; each waits for nothing then.
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UseCases:
    """What can be asked, and what is noted of it."""

    corpora: Mapping[str, MeteredCorpus]
    chat: Chat
    replays: Replays
    searches: Searches
    library: Library
    suggestions: Suggestions
    reasking: Reasking
    resumable: ResumableAnswers
    webhooks: Webhooks
    meter: Meter
    observations: Observations
    writer: BackgroundWriter
    turns: OpenTurns


@asynccontextmanager
async def open_use_cases(
    resources: "Resources", *, build_conversations: Callable[[Database], Conversations] = StoredConversations
) -> AsyncIterator[UseCases]:
    """The use cases over what is open; at the end of the block what was asked is recorded."""
    settings, database = resources.settings, resources.database
    async with (
        open_meter(settings, resources.circuits) as meter,
        open_webhooks(settings) as webhooks,
        open_shared_turns(settings) as shared,
    ):
        writer, observations = BackgroundWriter(), Observations()
        turns = OpenTurns(drain_seconds=settings.drain_seconds)
        corpora = {
            name: MeteredCorpus(name, corpus, meter=meter, writer=writer) for name, corpus in resources.corpora.items()
        }
        resumable = ResumableAnswers(shared)
        suggestions = Suggestions(database, corpora)
        reasking = Reasking(database, corpora, limit=settings.reask_questions)
        chat = Chat(
            corpora=corpora,
            suggestions=suggestions,
            webhooks=webhooks,
            cache=AnswerCache(database, settings) if settings.answer_cache_size else None,
            conversations=build_conversations(database),
            writer=writer,
            outcomes=observations,
            open_turns=turns,
            max_history_tokens=settings.max_history_tokens,
        )
        try:
            yield UseCases(
                corpora=corpora,
                chat=chat,
                replays=Replays(database, corpora),
                searches=Searches(corpora),
                library=Library(database, {name: corpus.access for name, corpus in corpora.items()}),
                suggestions=suggestions,
                reasking=reasking,
                resumable=resumable,
                webhooks=webhooks,
                meter=meter,
                observations=observations,
                writer=writer,
                turns=turns,
            )
        finally:
            await suggestions.close()
            await reasking.close()
            await resumable.close()
            await turns.close(END_SECONDS)
            await writer.drain(DRAIN_SECONDS)
