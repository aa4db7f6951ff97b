"""BM25 as sparse vectors: one encoder for passages and queries, for the embedded engine and for a server.

The encoder puts the saturated, length-normalised part of BM25 (Robertson & Zaragoza, "The Probabilistic Relevance
Framework", 2009) into a passage's vector; the engine multiplies by IDF over its collection.
"""

import re
from functools import cache
from typing import Any

from qdrant_edge import Bm25, Bm25Config, TokenizerType

from pipelines.languages.known import language_by_code, language_of
from pipelines.languages.scripts import ACCENTED_STOP_WORDS, MARKS, folded, is_folded
from storage_config.vectors.points import SparseVector

K = 1.2
B = 0.75
# Stems of a passage of 256 word pieces without stop words; measured means are 80 to 100. It only matters relative to
# lengths: from 64 to 256, nDCG@10 moves by .003 (SQuAD), .009 (SciFact) and .013 (MT-RAG cloud).
AVERAGE_LENGTH = 100.0
# Scripts written without spaces (kana, Han, Thai, Lao, Burmese, Khmer): the tokenizer would take a run as one word.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]+"
)
# Runs of one script in Japanese: a pair of two scripts is the end of a word and a particle or an ending.
_ONE_SCRIPT = re.compile(
    "[\u3041-\u3096]{2,}|[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff]+|[^\u3040-\u30ff\u31f0-\u31ff]+"
)
_WORD = re.compile(rf"\w[\w{MARKS}]*")
# Operators are words, too ("what does ..= mean?"): two or three signs that stand alone, and as code or in quotes one to
# three. Rules, marks of markdown and faces are none.
_STANDING = (
    r"(?!--|[*]{2}|~~|[$]{2}|@@|:[-/|(*]|[/\\|^]{2,3}(?:\s|$))(?:[-+*/%=<>!&|^~:@$\\]{2,3}|\.\.[=<]|\?\?=?|\?[.:])"
)
SYMBOL = (
    rf"(?<![^\s`'\"“‘(\[{{|]){_STANDING}(?=$|[\s`'\"”’)\]}}|,;.?])"
    r"|(?<=[`'\"“‘])(?:[-+*/%=<>!&|^~:@$\\.]{1,3}|\?)(?=[`'\"”’])"
)
_SYMBOL = re.compile(SYMBOL)


class Bm25Encoder:
    """Texts to sparse vectors in one language. Safe to call from several threads.

    Identifiers count whole and in parts (`useState` is also `use` and `state`), words are stemmed, stop words left out.
    """

    def __init__(self, language: str = "english") -> None:
        """`language` as in `CorpusSpec.language`. Raises ValueError for one that the encoder does not know."""
        self._language = language
        known = language_of(language)
        self._folded = known.name == language and (known.folded or is_folded(language))
        # Qdrant's encoder knows no stop words of a language that it is not named for.
        own = known.common.split() if known.name == language and known.bm25 else []
        name = known.bm25 if known.name == language and known.bm25 else language
        self._encoder = Bm25(Bm25Config(k=K, b=B, avg_len=AVERAGE_LENGTH, language=name, tokenizer=TokenizerType.Code))
        own += ACCENTED_STOP_WORDS.get(language, "").split()
        self._stop_words = frozenset(folded(word, language) for word in own)

    @property
    def params(self) -> dict[str, Any]:
        """Everything that shapes the vectors, for the fingerprint of a corpus."""
        shape = {
            "k": K,
            "b": B,
            "average_length": AVERAGE_LENGTH,
            "language": self._language,
            "tokenizer": "code",
            "unspaced": "bigrams",
            "symbols": 1,
        }
        if self._language == "japanese":
            shape["unspaced"] = "bigrams of one script"
        if self._folded:  # those whose stop words and endings have accents are a version ahead
            shape["spelling"] = 3 if self._language in ACCENTED_STOP_WORDS else 2
        return shape

    def for_locale(self, locale: str | None) -> "Bm25Encoder":
        """The encoder of a page in that locale; itself where the locale names no language that is known."""
        language = language_by_code(locale) if locale else None
        return self if language is None or language.name == self._language else _encoder_of(language.name)

    def encode_document(self, text: str) -> SparseVector:
        """A passage; 50 µs for 150 words. A text without any word gives an empty vector."""
        vector = self._encoder.embed_document(self._prepared(text))
        return SparseVector(vector.indices, vector.values)

    def encode_query(self, text: str) -> SparseVector:
        """A query: every distinct term weighs 1, the rest is in the passages and in IDF."""
        vector = self._encoder.embed_query(self._prepared(text))
        return SparseVector(vector.indices, vector.values)

    def _prepared(self, text: str) -> str:
        text = _SYMBOL.sub(_spelled, text)
        if not self._folded:
            return space_bigrams(text)
        text = folded(text, self._language)
        if self._stop_words:
            text = _WORD.sub(lambda found: "" if found.group().lower() in self._stop_words else found.group(), text)
        if self._language == "japanese":
            text = UNSPACED.sub(lambda run: f" {' '.join(runs_of_one_script(run.group()))} ", text)
        return space_bigrams(text)


@cache  # one for each language that is known
def _encoder_of(language: str) -> Bm25Encoder:
    return Bm25Encoder(language)


def runs_of_one_script(run: str) -> list[str]:
    """The parts of a Japanese run in hiragana, in katakana and in Han; a lone hiragana is left out: a particle."""
    return _ONE_SCRIPT.findall(run)


def space_bigrams(text: str) -> str:
    """The text with each run of an unspaced script as its overlapping pairs of characters.

    Pairs are what search engines index where no word list is at hand (Lucene's CJKBigramFilter).
    """
    return UNSPACED.sub(_pairs, text)


def _spelled(symbol: re.Match[str]) -> str:
    """A word for a symbol, of letters that no language puts in this order: the tokenizer takes signs for gaps."""
    return f" zqx{''.join(chr(97 + ord(sign) // 16) + chr(97 + ord(sign) % 16) for sign in symbol.group())}x "


def _pairs(run: re.Match[str]) -> str:
    characters = run.group()
    if len(characters) == 1:
        return f" {characters} "
    return f" {' '.join(characters[i : i + 2] for i in range(len(characters) - 1))} "
