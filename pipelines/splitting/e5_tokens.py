"""multilingual-e5-small's tokenizer (XLM-R's unigram model, Conneau et al. 2020), with offsets into the text as it is.

Characters are folded first, which may make one of several or several of one; offsets are led back over that.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.splitting.e5_weights import E5Weights, open_e5_weights

MAX_TOKENS = 512  # the model's positions, with <s> and </s>


class E5Tokenizer:
    """Texts to token ids. Safe to call from several threads."""

    def __init__(self, weights: E5Weights) -> None:
        self._begin, self._end = weights.begin, weights.end
        self._foldings = weights.foldings
        self._resized = frozenset(chr(point) for point, text in weights.foldings.items() if len(text) != 1)
        # Loaded here, where a corpus names the model: 0.1 s that other commands need not pay.
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

        tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.unknown))
        tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
        self._tokenizer = tokenizer

    def ids(self, text: str, most: int = MAX_TOKENS) -> list[int]:
        """The ids with <s> and </s>, at most `most` of them: what lies behind is cut off."""
        found: list[int] = self._tokenizer.encode(text.translate(self._foldings)).ids
        return [self._begin, *found[: most - 2], self._end]

    def spans(self, text: str) -> NDArray[np.int64]:
        """Start and end of each token in the text, shape (tokens, 2); a token may hold the blank before its word."""
        folded = text.translate(self._foldings)
        spans = np.asarray(self._tokenizer.encode(folded).offsets, dtype=np.int64).reshape(-1, 2)
        if self._resized.isdisjoint(text):
            return spans
        widths = [len(self._foldings.get(ord(one), one)) for one in text]
        origin = np.append(np.repeat(np.arange(len(text)), widths), len(text))
        ends = np.where(spans[:, 1] > spans[:, 0], origin[np.maximum(spans[:, 1] - 1, 0)] + 1, origin[spans[:, 1]])
        return np.stack([origin[spans[:, 0]], ends], axis=1)


@lru_cache(maxsize=1)
def open_e5_tokenizer() -> E5Tokenizer:
    """The tokenizer, made once a process (0.5 s). Raises ConfigurationError where the package is missing."""
    return E5Tokenizer(open_e5_weights())
