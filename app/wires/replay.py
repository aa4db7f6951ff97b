"""A replay as its JSON body."""

from dataclasses import asdict

from app.conversations.replays import ReplayedMessage
from app.schemas.answers import UsageBody
from app.schemas.replays import DifferenceBody, ReplayBody


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
        status=answer.status,
        text=answer.text,
        model=answer.model,
        usage=UsageBody(**asdict(answer.usage)),
        timings=dict(answer.timings),
    )
