"""Fits `pipelines/answering/refusal_weights.json`, from the project's root.

    python -m notebooks.fit_refusal [--write]                                 # MiniLM, and any other model
    python -m notebooks.fit_refusal [--write] --embedding local/e5-small      # and questions in other languages

Reads the public data sets (FOOTNOTED_SHARED_DATA). Questions are put to an index of SQuAD 2.0's paragraphs, to small
sites made of 1, 3, 10 or all paragraphs of one article, to CLAPNQ's passages and to three documentation sites. One is
answerable where its own passage is in the index; it is out of scope where its whole article is left out, or is of
another article or site. Near misses (CLAPNQ's unanswerable questions) take part with their passage in the index;
SQuAD's adversarial ones take part with a small weight. Figures are cross-validated by article and site.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.answering.refusal import ANY_EMBEDDING, OTHER_LANGUAGE, WEIGHTS_FILE, refusal_features
from pipelines.answering.sentence_ranking import rank_units
from pipelines.bootstrap import CorpusResources
from pipelines.types import Question
from tests.conftest import ROOT, shared_data_folder
from tests.load.bench_golden import GOLDEN, read_set
from tests.load.golden_sites import open_sites
from tests.load.passage_index import Entry, PassageIndex, Vectors, embedded_text, read_lines
from tests.support.models import LOCAL_MODELS

Floats = NDArray[np.float64]

# Small sites: paragraphs of one article, how many of them and how often, with how many questions of each kind.
SIZES = {"1 paragraph": 1, "3 paragraphs": 3, "10 paragraphs": 10, "an article": 10_000}
REPEATS = {1: 12, 3: 5, 10: 2, 10_000: 1}
ASKED, ASKED_OF_ARTICLES = 5, 25
SITES = ("textbook", "redux", "fastapi")
# Questions about two of the sites in eleven languages, put to them and to the others. Few, so three features only.
BY_LANGUAGE = ROOT / "tests" / "load" / "questions_by_language.jsonl"
ACROSS = ("dense_best", "mass_in_passage", "question_length")
ASKED_OFF_TOPIC = 300

# Weight of one example of each kind, so that the 151 answerable questions of CLAPNQ count about as much as a third of
# SQuAD's 3,209. SQuAD's adversarial questions differ from answerable ones by a word: little can be learnt from them.
SAMPLE_WEIGHTS = {
    "squad answerable": 1.0, "squad out of scope": 1.0, "squad adversarial": 0.2,
    "clapnq answerable": 8.0, "clapnq near miss": 6.0, "clapnq out of scope": 4.0,
    "translated answerable": 1.0, "translated off topic": 0.5,
    "docs answerable": 8.0, "docs off topic": 1.0, "docs short answerable": 6.0, "docs near miss": 8.0,
    **{f"{size} {what}": 0.5 for size in SIZES for what in ("answerable", "off topic")},
}  # fmt: skip
ANSWERABLE = tuple(kind for kind in SAMPLE_WEIGHTS if kind.endswith("answerable"))
# Cosines of an unmeasured embedding model mean something else.
MINILM_ONLY = ("dense_best",)
FOLDS = 5
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question as it was retrieved for. `group` is its article: all its questions fall into one fold."""

    kind: str
    group: str
    features: Mapping[str, float]


def read_examples(folder: Path, embedding: str) -> list[Example]:
    """The features of every question of all sets, as they are found by an embedding model."""
    vectors = Vectors(embedding)
    return [
        *_squad(folder / "squad2", vectors),
        *_small_sites(folder / "squad2", vectors),
        *_clapnq(folder / "clapnq_dev", vectors),
        *asyncio.run(_documentation(folder, embedding)),
    ]


def _small_sites(folder: Path, vectors: Vectors) -> Iterator[Example]:
    """Sites of some paragraphs of one article, asked their own questions and as many of other articles."""
    paragraphs = read_lines(folder / "paragraphs.jsonl")
    entries = [Entry(p["id"], p["title"], p["title"], p["text"]) for p in paragraphs]
    embedded = vectors.of("squad_passages", [embedded_text(entry) for entry in entries])
    questions = read_lines(folder / "questions.jsonl")
    asked = vectors.of("squad_questions", [question["question"] for question in questions], asked=True)
    articles = {entry.id: entry.group for entry in entries}
    of_paragraph: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        if not question["unanswerable"]:
            of_paragraph.setdefault(question["para_id"], []).append(number)
    chance = random.Random(1)
    for article in sorted(set(articles.values())):
        inside = [number for number, entry in enumerate(entries) if entry.group == article]
        others = [n for of, numbers in of_paragraph.items() if articles[of] != article for n in numbers]
        for name, size in SIZES.items():
            for _ in range(REPEATS[size]):
                chosen = sorted(chance.sample(inside, min(size, len(inside))))
                own = [n for at in chosen for n in of_paragraph.get(entries[at].id, [])]
                own = chance.sample(own, min(len(own), ASKED if size <= 10 else ASKED_OF_ARTICLES))
                index = PassageIndex([entries[at] for at in chosen], embedded[chosen], embedding=vectors.embedding)
                for kind, numbers in (("answerable", own), ("off topic", chance.sample(others, len(own)))):
                    for n in numbers:
                        text = questions[n]["question"]
                        if index.search(((text, 1.0),), [asked[n]]):  # nothing found is refused without a model
                            yield Example(f"{name} {kind}", article, _features(index, text, asked[n]))


async def _documentation(folder: Path, embedding: str) -> list[Example]:
    """Documentation sites, asked their own golden questions, those of the other sites, and SQuAD's."""
    golden = {name: read_set(name, GOLDEN)[0].questions for name in SITES}
    squad = [q["question"] for q in read_lines(folder / "squad2" / "questions.jsonl") if not q["unanswerable"]]
    examples = []
    async with open_sites(list(SITES), embedding=embedding) as resources:
        for site in SITES:
            newcomers = read_set(f"{site}_newcomer", GOLDEN)[0].questions
            others = [q.question for name in SITES if name != site for q in golden[name] if q.needed and not q.history]
            outside = [q.question for q in golden[site] if q.kind == "outside"]
            asked = {
                "docs answerable": [q.question for q in golden[site] if q.needed and not q.history],
                "docs off topic": [*others, *outside, *squad[:: len(squad) // ASKED_OFF_TOPIC]],
                "docs short answerable": [q.question for q in newcomers if q.kind == "short"],
                "docs near miss": [q.question for q in (*golden[site], *newcomers) if q.kind == "near_miss"],
            }
            corpus = resources.corpora[site]
            for kind, texts in asked.items():
                examples += [Example(kind, site, await _features_on(corpus, text)) for text in texts]
    return examples


async def read_translated(embedding: str) -> list[Example]:
    """Documentation sites, asked questions in other languages: their own, and those about other sites."""
    rows = read_lines(BY_LANGUAGE)
    examples = []
    async with open_sites(list(SITES), embedding=embedding) as resources:
        for site in SITES:
            for row in rows:
                kind = "answerable" if row["site"] == site else "off topic"
                features = await _features_on(resources.corpora[site], row["question"])
                examples.append(Example(f"translated {kind}", row["of"], features))
    return examples


async def _features_on(corpus: CorpusResources, text: str) -> dict[str, float]:
    """As the engine asks: with the product's name for "it"."""
    condensed = await corpus.engine.condense(Question(text))
    found, _ = await corpus.index.retrieve(condensed.queries)
    return refusal_features(rank_units(((condensed.queries[0].text, 1.0),), found.passages), found.passages)


def _squad(folder: Path, vectors: Vectors) -> Iterator[Example]:
    entries = [Entry(p["id"], p["title"], p["title"], p["text"]) for p in read_lines(folder / "paragraphs.jsonl")]
    kept = vectors.of("squad_passages", [embedded_text(entry) for entry in entries])
    index = PassageIndex(entries, kept, embedding=vectors.embedding)
    articles = {entry.id: entry.group for entry in entries}
    questions = read_lines(folder / "questions.jsonl")
    embedded = vectors.of("squad_questions", [question["question"] for question in questions], asked=True)
    for question, vector in zip(questions, embedded, strict=True):
        text, article = question["question"], articles[question["para_id"]]
        kind = "squad adversarial" if question["unanswerable"] else "squad answerable"
        yield Example(kind, article, _features(index, text, vector))
        if not question["unanswerable"]:
            yield Example("squad out of scope", article, _features(index, text, vector, without=article))


def _clapnq(folder: Path, vectors: Vectors) -> Iterator[Example]:
    questions = read_lines(folder / "questions.jsonl")
    texts = dict.fromkeys((question["title"], question["text"]) for question in questions)
    entries = [Entry(str(number), title, title, text) for number, (title, text) in enumerate(texts)]
    kept = vectors.of("clapnq_passages", [embedded_text(entry) for entry in entries])
    index = PassageIndex(entries, kept, embedding=vectors.embedding)
    embedded = vectors.of("clapnq_questions", [question["question"] for question in questions], asked=True)
    for question, vector in zip(questions, embedded, strict=True):
        text, title = question["question"], question["title"]
        kind = "clapnq answerable" if question["answerable"] else "clapnq near miss"
        yield Example(kind, title, _features(index, text, vector))
        yield Example("clapnq out of scope", title, _features(index, text, vector, without=title))


def _features(index: PassageIndex, text: str, vector: NDArray[np.float32], *, without: str = "") -> dict[str, float]:
    queries = ((text, 1.0),)
    passages = index.search(queries, [vector], without=without)
    return refusal_features(rank_units(queries, passages), passages)


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic model over `names`."""

    names: tuple[str, ...]
    intercept: float
    weights: Floats

    def logits(self, examples: Sequence[Example]) -> Floats:
        """Shape (examples,)."""
        values: Floats = self.intercept + _matrix(examples, self.names) @ self.weights
        return values


def _matrix(examples: Sequence[Example], names: Sequence[str]) -> Floats:
    return np.array([[example.features[name] for name in names] for example in examples])


def fit(examples: Sequence[Example], names: tuple[str, ...]) -> Fit:
    """Ridge logistic regression on standardised features by Newton's method."""
    features = _matrix(examples, names)
    labels = np.array([float(example.kind in ANSWERABLE) for example in examples])
    weight = np.array([SAMPLE_WEIGHTS[example.kind] for example in examples])
    mean = np.average(features, axis=0, weights=weight)
    spread = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=weight)) + 1e-9
    design = np.column_stack([np.ones(len(labels)), (features - mean) / spread])
    ridge = np.array([0.0, *([RIDGE] * len(names))])
    solution = np.zeros(len(ridge))
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (weight * (predicted - labels)) + ridge * solution
        hessian = (design * (weight * predicted * (1 - predicted))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        solution -= step
        if np.abs(step).max() < 1e-9:
            break
    weights = solution[1:] / spread
    return Fit(names, float(solution[0] - weights @ mean), weights)


def cross_validated(examples: Sequence[Example], names: tuple[str, ...]) -> Floats:
    """The logit of each example from a model that saw no question of its article."""
    fold_of = {group: number % FOLDS for number, group in enumerate(sorted({e.group for e in examples}))}
    folds = np.array([fold_of[example.group] for example in examples])
    logits = np.zeros(len(examples))
    for fold in range(FOLDS):
        model = fit([e for e, f in zip(examples, folds, strict=True) if f != fold], names)
        held = np.flatnonzero(folds == fold)
        logits[held] = model.logits([examples[int(n)] for n in held])
    return logits


def auroc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores above a negative; equal scores count half."""
    both = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    total = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(total / len(positive) / len(negative))


PAIRS = (
    ("out of scope", "squad answerable", "squad out of scope"),
    ("out of scope, CLAPNQ", "clapnq answerable", "clapnq out of scope"),
    ("natural near misses", "clapnq answerable", "clapnq near miss"),
    ("adversarial near misses", "squad answerable", "squad adversarial"),
    ("off topic, documentation", "docs answerable", "docs off topic"),
    ("near misses, documentation", "docs answerable", "docs near miss"),
    ("questions in other languages", "translated answerable", "translated off topic"),
    *((f"off topic, {size}", f"{size} answerable", f"{size} off topic") for size in SIZES),
)


def measure(examples: Sequence[Example], logits: Floats) -> dict[str, dict[str, float]]:
    """For each pair of kinds: AUROC, and what is refused where 5 % of the answerable questions of its set are."""
    kinds = np.array([example.kind for example in examples])
    figures = {}
    for name, positive, negative in PAIRS:
        if positive not in kinds or negative not in kinds:
            continue
        good, bad = logits[kinds == positive], logits[kinds == negative]
        refused = float((bad < np.quantile(good, 0.05)).mean())
        figures[name] = {"auroc": round(auroc(good, bad), 3), "refused at 5 % false refusals": round(refused, 3)}
    return figures


def refused_by_threshold(examples: Sequence[Example], logits: Floats) -> dict[str, dict[str, float]]:
    """The share of each kind that is refused, by threshold on the probability."""
    probabilities = 1 / (1 + np.exp(-logits))
    kinds = np.array([example.kind for example in examples])
    return {
        f"{threshold:.2f}": {
            kind: round(float((probabilities[kinds == kind] < threshold).mean()), 3)
            for kind in SAMPLE_WEIGHTS
            if kind in kinds
        }
        for threshold in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    }


def main() -> None:
    """Prints the figures of the variants; writes the weights beside those of other models where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE.name}")
    parser.add_argument("--embedding", choices=list(LOCAL_MODELS), default="local/minilm")
    arguments = parser.parse_args()
    embedding = arguments.embedding
    examples = read_examples(shared_data_folder(), embedding)
    every = tuple(examples[0].features)
    variants, figures = {}, {}
    wanted = {embedding: (every, examples)}
    if embedding == "local/minilm":
        wanted[ANY_EMBEDDING] = (tuple(name for name in every if name not in MINILM_ONLY), examples)
    else:
        wanted[OTHER_LANGUAGE.format(embedding)] = (ACROSS, asyncio.run(read_translated(embedding)))
    for variant, (names, judged) in wanted.items():
        logits = cross_validated(judged, names)
        figures[variant] = measure(judged, logits)
        print(json.dumps({variant: figures[variant], "refused": refused_by_threshold(judged, logits)}, indent=1))
        model = fit(judged, names)
        weights = dict(zip(names, (round(float(weight), 4) for weight in model.weights), strict=True))
        variants[variant] = {"intercept": round(model.intercept, 4), "weights": weights}
    if arguments.write:
        kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
        kept["variants"] |= variants
        if embedding == "local/minilm":
            others = {name: told for name, told in kept["provenance"].items() if name in LOCAL_MODELS}
            kept["provenance"] = _provenance(examples, figures) | others
        else:
            kept["provenance"][embedding] = figures
        WEIGHTS_FILE.write_text(json.dumps(kept, indent=2) + "\n")


def _provenance(examples: Sequence[Example], figures: Mapping[str, object]) -> dict[str, object]:
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.kind] = counts.get(example.kind, 0) + 1
    return {
        "made_by": "python -m notebooks.fit_refusal --write",
        "data": "SQuAD 2.0 dev (18 articles; Rajpurkar et al. 2018, CC BY-SA 4.0), CLAPNQ dev (half; Apache-2.0)",
        "method": f"ridge logistic regression (ridge {RIDGE}), {FOLDS}-fold cross-validation by article",
        "questions": counts,
        "cross_validated": figures,
    }


if __name__ == "__main__":
    main()
