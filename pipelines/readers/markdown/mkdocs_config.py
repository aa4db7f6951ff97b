"""What a MkDocs site's configuration says of its pages: which are not published, and which extensions read them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from pipelines.readers.source_folder import matches
from storage_config.vocabulary import LeftOutReason

_NAMES = ("mkdocs.yml", "mkdocs.yaml")
_LEVELS = 2  # above the docs, where the configuration is looked for
_MAX_BYTES, _MAX_PATTERNS, _MAX_BASES = 1_000_000, 500, 20
_OWN_FOLDER = (PurePosixPath("."),)
_INCLUDING = {"pymdownx.snippets", "mdx_include", "markdown_include.include"}


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
class MkDocsConfig:
    """`drafts` and `excluded` are patterns as Git ignores files by them: the last that matches counts, `!` takes back.

    `extensions` are those of Python-Markdown, by their full names; None where nobody knows them. `folder` is the
    configuration's own, where MkDocs is run, and `bases` are folders from there in which included files are looked for.
    """

    drafts: str = ""
    excluded: str = ""
    extensions: frozenset[str] | None = None
    folder: Path | None = None
    bases: tuple[PurePosixPath, ...] = _OWN_FOLDER

    def may_have(self, extension: str) -> bool:
        """Whether pages are read with the extension, as most sites read them, where the configuration does not say."""
        return self.extensions is None or extension in self.extensions

    def reason(self, path: PurePosixPath) -> LeftOutReason | None:
        """Why MkDocs builds no page of a file."""
        if _is_named(path, self.excluded):
            return "partial"
        return "draft" if _is_named(path, self.drafts) else None


def read_mkdocs_config(docs: Path) -> MkDocsConfig:
    """What the configuration of the site whose pages are in `docs` says; nothing where there is none that is YAML."""
    for folder in docs.parents[:_LEVELS]:
        config = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if config is None or config.stat().st_size > _MAX_BYTES:
            continue
        try:
            values = yaml.load(config.read_text(encoding="utf-8"), MkDocsLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
            return MkDocsConfig()
        if not isinstance(values, dict) or (folder / str(values.get("docs_dir") or "docs")).resolve() != docs:
            continue
        said = [value if isinstance(value := values.get(key), str) else "" for key in ("draft_docs", "exclude_docs")]
        named = _named_extensions(values)
        bases = tuple(_bases(named or ())) or _OWN_FOLDER
        return MkDocsConfig(said[0], said[1], None if named is None else _extensions(named), folder, bases)
    return MkDocsConfig()


def _named_extensions(values: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Each with its options; None where another file may name more (`INHERIT`)."""
    named = values.get("markdown_extensions") or []
    if "INHERIT" in values or not isinstance(named, list | dict):
        return None
    found: list[tuple[str, Any]] = []
    for one in named if isinstance(named, list) else [named]:
        found += [(str(name), said) for name, said in (one.items() if isinstance(one, dict) else [(one, None)])]
    return found


def _extensions(named: Sequence[tuple[str, Any]]) -> frozenset[str]:
    """Those that are named, and those that they bring."""
    found = {name.partition(":")[0].removeprefix("markdown.extensions.") for name, _ in named}
    # Both hold `attr_list` among others.
    return frozenset(found | ({"attr_list"} if found & {"extra", "pymdownx.extra"} else set()))


def _bases(named: Sequence[tuple[str, Any]]) -> Iterator[PurePosixPath]:
    """Where the extensions that include files are told to look for them."""
    for name, said in named:
        if name in _INCLUDING and isinstance(said, dict):
            bases = said.get("base_path")
            for base in bases[:_MAX_BASES] if isinstance(bases, list) else [bases]:
                if isinstance(base, str):
                    yield PurePosixPath(base)


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
