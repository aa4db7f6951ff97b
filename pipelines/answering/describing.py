"""What of an answer is told in JSON wherever it is kept; it loads no model and no store."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pipelines
from pipelines.types import Audience, Filters, HistoryMessage, PageContext, Question

# Where no version or locale is named, it is that of the page.
FILTERS = ("source_quality", "uris", "versions", "locales", "paths", "tags")


def describe_question(question: Question) -> dict[str, Any]:
    """The question with all that it was asked with, from which a replay asks it again."""
    groups = question.filters.groups
    return {
        "text": question.text,
        "history": [[turn.role, turn.text, list(turn.cited)] for turn in question.history],
        "page": asdict(question.page) if question.page else None,
        "filters": {name: list(getattr(question.filters, name)) for name in FILTERS}
        | {"groups": None if groups is None else list(groups)},
        "audience": asdict(question.audience),
        "scope": question.scope,
    }


def read_question(recorded: Mapping[str, Any]) -> Question:
    """What `describe_question` told, also of older records. Raises KeyError, TypeError and ValueError."""
    page = recorded["page"]
    filters: dict[str, Any] = {name: tuple(recorded["filters"].get(name, ())) for name in FILTERS}
    groups = recorded["filters"].get("groups")  # older records have none: nothing was closed then
    filters["groups"] = None if groups is None else tuple(groups)
    return Question(
        recorded["text"],
        # Older records have no third.
        tuple(HistoryMessage(role, text, *map(tuple, cited)) for role, text, *cited in recorded["history"]),
        PageContext(**page) if page else None,
        Filters(**filters),
        Audience(**recorded.get("audience", {})),  # older records have none
        recorded.get("scope", "all"),
    )


@cache
def rules_digest() -> str:
    """Names how answers are found, quoted and judged: another release, or other weights, may answer otherwise."""
    digest = hashlib.sha256(version("footnoted").encode())
    for file in sorted(Path(pipelines.__file__).parent.rglob("*_weights.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def missed_reranker(provenance: Mapping[str, Any]) -> bool:
    """Whether the reranker failed that the corpus declares: it costs an answer its order only, and no flag says so."""
    found = provenance.get("retrieved") or []
    return provenance.get("rerank", "none") != "none" and all(one.get("rerank") is None for one in found)
