"""How much of what was said before goes with a question: decided here alone, and counted in one way."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from pipelines.splitting.tokens import SPECIAL_TOKENS, count_tokens
from pipelines.types import MAX_MESSAGE_CHARS, HistoryMessage

MAX_HISTORY_TOKENS = 2_000
# Words that the tokenizer gives up on, and white space, cost it little whatever their length. They are charged by it.
_MAX_CHARS_PER_TOKEN = 16


def fit_history(history: Sequence[HistoryMessage], max_tokens: int) -> tuple[HistoryMessage, ...]:
    """The latest turns that come to at most `max_tokens` of MiniLM's tokenizer, oldest first.

    A turn leaves whole, the question with its answers, so that no answer stands there without what it answers. Each
    message is cut to MAX_MESSAGE_CHARS first: one very long answer must not cost the follow-up all that was said.
    """
    kept: list[HistoryMessage] = []
    for turn in _turns_backwards([replace(said, text=said.text[:MAX_MESSAGE_CHARS]) for said in history]):
        max_tokens -= sum(_cost(message.text, max_tokens) for message in turn)
        if max_tokens < 0:
            break
        kept[:0] = turn
    return tuple(kept)


def _turns_backwards(history: Sequence[HistoryMessage]) -> Iterator[list[HistoryMessage]]:
    """Each of the reader's messages with what follows it, the latest first."""
    turn: list[HistoryMessage] = []
    for message in reversed(history):
        turn.insert(0, message)
        if message.role == "user":
            yield turn
            turn = []
    if turn:
        yield turn


def _cost(text: str, max_tokens: int) -> int:
    at_least = -(-len(text) // _MAX_CHARS_PER_TOKEN)
    return at_least if at_least > max_tokens else max(at_least, _count(text))


@lru_cache(maxsize=1_000)
def _count(text: str) -> int:
    """Remembered: a conversation brings the same messages with each of its questions, and 1 kB takes half a ms."""
    return count_tokens(text) - SPECIAL_TOKENS
