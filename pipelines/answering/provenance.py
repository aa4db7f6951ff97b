"""What made an answer: JSON values that are kept with its record, and read back to make it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.answering.describing import describe_question, read_question
from pipelines.answering.refusal import RefusalModel
from pipelines.corpus import CorpusSpec
from pipelines.errors import NotReplayable
from pipelines.grounding.verifier import Verifier
from pipelines.prompt_texts import PROMPT_VERSION
from pipelines.retrieval.active_index import IndexShape, OpenIndex
from pipelines.retrieval.condensing import CondensedQuestion
from pipelines.retrieval.retriever import QueryText
from pipelines.types import Passage, Question

# The keys of a corpus's declaration that an answer depends on; those that shape vectors are in the collection's shape.
DECLARED = (
    "llm", "llm_options", "rerank", "sufficiency", "grounding", "verifier", "language", "citation_style", "voice",
)  # fmt: skip
# What they were before there was a choice.
_UNDECLARED: Mapping[str, Any] = {"sufficiency": "fitted", "voice": {}}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recorded answer was made from. `declared` are the corpus's keys of then (`DECLARED`)."""

    question: Question
    queries: tuple[QueryText, ...]
    collection: str
    fingerprint: str
    shape: IndexShape
    declared: Mapping[str, Any]
    refusal_threshold: float
    parameters: Mapping[str, Any] | None  # None where no answerer was asked


def describe_search(
    question: Question, condensed: CondensedQuestion, index: OpenIndex, passages: Sequence[Passage]
) -> dict[str, Any]:
    """What was asked, what was searched for and where, and what was found with which scores."""
    return {
        "question": describe_question(question),
        "queries": [[text, weight] for text, weight in condensed.queries],
        "condensed_by": condensed.method,
        "condense_failure": condensed.failure,
        "collection": index.collection,
        "fingerprint": index.fingerprint,
        "shape": index.shape.as_json(),
        "retrieved": [
            {
                "node_id": passage.node_id,
                "score": passage.score,
                "dense": passage.dense_score,
                "bm25": passage.bm25_score,
                "rerank": passage.rerank_score,
            }
            for passage in passages
        ],
    }


def needed_access(spec: CorpusSpec, passages: Sequence[Passage]) -> list[list[str]]:
    """What whoever reads the answer later has to be let read: of each list one group."""
    return [list(groups) for groups in sorted({spec.access, *(passage.access for passage in passages)}) if groups]


def describe_curated(cited: Sequence[Passage]) -> dict[str, Any]:
    """The question of its owner that an answer cites the answer of, and where that stands; nothing without one."""
    found = next((one for one in cited if one.question is not None), None)
    return {} if found is None else {"curated": {"uri": found.uri, "url": found.url, "question": found.question}}


def describe_rules(spec: CorpusSpec, verifier: Verifier, refusal: RefusalModel, threshold: float) -> dict[str, Any]:
    """What decided how it is answered and checked; `..._weights` name the very numbers."""
    declared = spec.model_dump(mode="json", include=set(DECLARED))
    return declared | {
        "refusal_threshold": threshold,
        "refusal_weights": refusal.weights_hash,
        "verifier_weights": verifier.weights_hash,
        "prompt_version": PROMPT_VERSION,
    }


def read_recipe(provenance: Mapping[str, Any]) -> Recipe:
    """The recipe in a recorded answer's provenance. Raises NotReplayable for one that lacks what a replay needs."""
    if provenance.get("social"):
        raise NotReplayable("this was small talk: fixed words, for which nothing was searched")
    try:
        return Recipe(
            question=read_question(provenance["question"]),
            queries=tuple(QueryText(text, weight) for text, weight in provenance["queries"]),
            collection=provenance["collection"],
            fingerprint=provenance["fingerprint"],
            shape=IndexShape.from_json(provenance["shape"]),
            declared=dict(_UNDECLARED) | {name: provenance[name] for name in DECLARED if name in provenance},
            refusal_threshold=provenance["refusal_threshold"],
            parameters=provenance.get("parameters"),
        )
    except (KeyError, TypeError, ValueError) as error:
        missing = f"lacks {error}" if isinstance(error, KeyError) else "cannot be read"
        raise NotReplayable(f"the record of this answer {missing}: it was made by another version") from None
