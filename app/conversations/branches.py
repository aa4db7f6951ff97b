"""Where in its conversation a question stands: after the newest answer, or on a branch of its own.

A question in other words is a branch from the message before it; another answer to a question stands beside the
first one. Clients name messages by our ids, which the stream tells them, or by ids that they made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import MessageNotFound
from storage_config.records.branches import NamedMessage
from storage_config.records.messages import LATEST, Latest


@dataclass(frozen=True, slots=True)
class MessagePosition:
    """What a client says of a question's place.

    `message` is a question to ask again, maybe in other words, or an answer to make again; `parent` the answer that the
    question must follow. What a client happens to know is `question`, its own name of this question, and `after`, the
    last answer before it. `again` asks for another answer to the question.
    """

    message: str | None = None
    parent: str | None = None
    question: str | None = None
    after: str | None = None
    again: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every message that it speaks of."""
        return tuple(name for name in (self.message, self.parent, self.question, self.after) if name)


@dataclass(frozen=True, slots=True)
class Place:
    """The message that the question follows; `question` is the recorded one, where it gets a further answer."""

    parent_id: UUID | Latest | None = LATEST
    question: NamedMessage | None = None


def place_question(position: MessagePosition, text: str, found: Sequence[NamedMessage]) -> Place:
    """The place of a question with that text; an empty one stands for the text that it had.

    `found` are the messages that the position speaks of, with the questions of its answers, newest first. Raises
    MessageNotFound where `message` or `parent` is none of them.
    """
    named = _named(position.message, text, found) or (
        _named(position.question, text, found) if position.again else None
    )
    if question := _question_of(named, found):
        return Place(question.parent_id, question if text in ("", question.text) else None)
    after = next((m for m in found if m.role == "assistant" and str(m.id) in (position.parent, position.after)), None)
    if (position.message or position.parent) and after is None:
        raise MessageNotFound(position.message or position.parent)
    return Place(after.id if after else LATEST)


def _named(name: str | None, text: str, found: Sequence[NamedMessage]) -> NamedMessage | None:
    """An edited question keeps its client's name: of several the one with that text is meant, else the newest."""
    called = [message for message in found if name is not None and name in (str(message.id), message.client_id)]
    return next((message for message in called if message.text == text), called[0] if called else None)


def _question_of(message: NamedMessage | None, found: Sequence[NamedMessage]) -> NamedMessage | None:
    if message is None or message.role == "user":
        return message
    return next((other for other in found if other.id == message.parent_id), None)
