"""What a MkDocs site's configuration keeps from being published: its `draft_docs` and `exclude_docs`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from pipelines.readers.source_folder import matches
from storage_config.vocabulary import LeftOutReason

_NAMES = ("mkdocs.yml", "mkdocs.yaml")
_LEVELS = 2  # above the docs, where the configuration is looked for
_MAX_BYTES, _MAX_PATTERNS = 1_000_000, 500


class MkDocsLoader(yaml.SafeLoader):
    """YAML whose own tags (`!!python/name:`, `!ENV`) stand for what they hold."""


def _tagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        # `!ENV [NAME, default]`
        values = loader.construct_sequence(node)
        return values[-1] if len(values) > 1 else None
    return None


MkDocsLoader.add_multi_constructor("!", _tagged)
MkDocsLoader.add_multi_constructor("tag:", _tagged)


@dataclass(frozen=True, slots=True)
class UnpublishedDocs:
    """Patterns as Git ignores files by them: the last one that matches counts, `!` takes back."""

    drafts: str = ""
    excluded: str = ""

    def reason(self, path: PurePosixPath) -> LeftOutReason | None:
        """Why MkDocs builds no page of a file."""
        if _is_named(path, self.excluded):
            return "partial"
        return "draft" if _is_named(path, self.drafts) else None


def read_unpublished(docs: Path) -> UnpublishedDocs:
    """What the configuration of the site whose pages are in `docs` says; nothing where there is none that is YAML."""
    for folder in docs.parents[:_LEVELS]:
        config = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if config is None or config.stat().st_size > _MAX_BYTES:
            continue
        try:
            values = yaml.load(config.read_text(encoding="utf-8"), MkDocsLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
            return UnpublishedDocs()
        if not isinstance(values, dict) or (folder / str(values.get("docs_dir") or "docs")).resolve() != docs:
            continue
        said = [value if isinstance(value := values.get(key), str) else "" for key in ("draft_docs", "exclude_docs")]
        return UnpublishedDocs(*said)
    return UnpublishedDocs()


def _is_named(path: PurePosixPath, patterns: str) -> bool:
    named = False
    for pattern in patterns.splitlines()[:_MAX_PATTERNS]:
        taken_back = pattern.startswith("!")
        globs = list(_globs(pattern.removeprefix("!").strip()))
        if globs and named is taken_back and matches(path, globs, hidden=True):
            named = not taken_back
    return named


def _globs(pattern: str) -> Iterator[str]:
    """A pattern of Git as globs from the folder's root: without a `/` before its end it stands at any depth."""
    if not pattern or pattern.startswith("#"):
        return
    body = re.sub(r"[{}]", r"\\\g<0>", pattern.strip("/"))
    start = body if "/" in pattern.rstrip("/") else f"**/{body}"
    yield f"{start}/**"
    if not pattern.endswith("/"):
        yield start
