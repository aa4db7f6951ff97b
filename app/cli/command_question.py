"""What is asked on the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from storage_config.vocabulary import Scope

OnText = Callable[[str], None]  # is told the answer's text as it comes


@dataclass(frozen=True, slots=True)
class CommandQuestion:
    """A question. `conversation_id` is that of the one before, `page` the address that a scope but `all` is of."""

    question: str
    corpus: str | None = None
    conversation_id: UUID | None = None
    scope: Scope = "all"
    page: str | None = None


def hear_nothing(text: str) -> None:
    """For who waits for the whole answer."""
