"""What the claim verifier catches, what it wrongly flags, and what it costs: `python -m tests.load.bench_grounding`.

Reads the public data sets (FOOTNOTED_SHARED_DATA). `caught` is the part of false claims whose status is not
`supported`; `false alarms` the same of true ones. Edits are made in sentences that stand in their passage word for
word: a number for another number, a name or code span for another one (half of them taken from the same passage), an
inserted "not", a word for its opposite. `joined` are two true sentences of a passage as one compound claim; `joined,
edited` those of which one was edited. RAGTruth's own figures here use the shipped weights, which were fitted on it;
those cross-validated by source are printed by `python -m notebooks.fit_grounding`.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.evaluation.edits import Elsewhere, TrueSentence, with_another_code_span, with_opposite
from pipelines.grounding.claim_checker import OFF_QUESTION, ClaimChecker
from pipelines.grounding.evidence import CODE_SPAN, evidence_of, is_name, lex, number_of
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier, Verdict
from pipelines.text.quotable import quotable_units
from pipelines.types import Passage
from tests.conftest import shared_data_folder

PER_SOURCE = 250
MIN_EDITS = 10  # fewer of a kind are no figure
MIN_WORDS = 6
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|will|should|must|has|have|may|could|would|does)\b")
# Words of a url or a tag are no words of a sentence.
_MARKUP = re.compile(r"://|\]\(|<|_\w+_")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, or a claim about it."""

    text: str
    passages: tuple[Passage, ...]
    question: str = ""


Edit = Callable[[Sentence, random.Random], Sentence | None]


def passage_of(text: str, number: int = 0, title: str = "") -> Passage:
    """A passage that is its own page."""
    return Passage(
        node_id=str(number), document_id=str(number), uri=str(number), url=f"https://example.org/{number}", title=title,
        heading_path=(), anchor=None, text=text, start=0, end=len(text), quality="unknown", ordinal=0,
        bibliography=None, score=1.0, dense_score=0.0, bm25_score=0.0,
    )  # fmt: skip


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def verdicts(verifier: LexicalVerifier, sentences: Sequence[Sentence]) -> list[Verdict]:
    """The verdict of each sentence on its own."""

    async def run() -> list[Verdict]:
        return [(await verifier.verify([ClaimToVerify(s.text, s.passages)], s.question))[0] for s in sentences]

    return asyncio.run(run())


# Passages and true claims


def passages_by_source(folder: Path) -> dict[str, list[str]]:
    """Texts whose sentences are edited."""
    docs = ["docs_physical_ai_textbook", "docs_redux", "docs_fastapi"]
    found = {name: [_without_front_matter(path) for path in sorted((folder / name).rglob("*.md*"))] for name in docs}
    found["squad2"] = [one["text"] for one in read_lines(folder / "squad2" / "paragraphs.jsonl")]
    found["clapnq"] = [one["text"] for one in read_lines(folder / "clapnq_dev" / "questions.jsonl")]
    found["scifact"] = [" ".join(one["sentences"]) for one in read_lines(folder / "scifact" / "corpus.jsonl")[:500]]
    found["mtrag_cloud"] = [one["text"] for one in read_lines(folder / "mtrag_cloud" / "corpus.jsonl")[::25]]
    return found


def _without_front_matter(path: Path) -> str:
    return re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)[:20_000]


def verbatim_sentences(texts: Sequence[str], seed: int) -> list[Sentence]:
    """Sentences of prose, with a stretch of their passage around them."""
    found: list[Sentence] = []
    for text in texts:
        for unit in quotable_units(text, "english"):
            plain = unit.kind == "paragraph" and unit.flaw == 0 and not _MARKUP.search(unit.text)
            if plain and len(unit.text.split()) >= MIN_WORDS:
                start, end = max(0, unit.start - 600), min(len(text), unit.end + 600)
                found.append(Sentence(unit.text, (passage_of(text[start:end]),)))
    random.Random(seed).shuffle(found)
    return found


def true_claims(folder: Path) -> dict[str, list[Sentence]]:
    """Claims that people wrote or marked as carried by their passages, in words of their own."""
    abstracts = {one["id"]: " ".join(one["sentences"]) for one in read_lines(folder / "scifact" / "corpus.jsonl")}
    labelled = read_lines(folder / "scifact" / "claims_train.jsonl")
    asked = [one for one in read_lines(folder / "clapnq_dev" / "questions.jsonl") if one["answerable"]]
    return {
        "ragtruth clean": [sentence for sentence, bad in ragtruth(folder) if not bad],
        "clapnq answers": [
            Sentence(unit.text, (passage_of(one["text"], title=one["title"]),), one["question"])
            for one in asked
            for unit in quotable_units(one["answers"][0], "english")
        ],
        "scifact support": [
            Sentence(one["claim"], (passage_of(abstracts[one["doc_id"]]),))
            for one in labelled
            if one["label"] == "SUPPORT"
        ],
    }


def contradicted_claims(folder: Path) -> list[Sentence]:
    """SciFact's claims that their abstract contradicts: harder than what words alone can decide."""
    abstracts = {one["id"]: " ".join(one["sentences"]) for one in read_lines(folder / "scifact" / "corpus.jsonl")}
    labelled = read_lines(folder / "scifact" / "claims_train.jsonl")
    wrong = [one for one in labelled if one["label"] == "CONTRADICT"]
    return [Sentence(one["claim"], (passage_of(abstracts[one["doc_id"]]),)) for one in wrong]


def ragtruth(folder: Path) -> Iterator[tuple[Sentence, bool]]:
    """RAGTruth's sentences, and whether a hallucinated span overlaps them."""
    for response in read_lines(folder / "ragtruth_qa" / "responses.jsonl"):
        passages = tuple(passage_of(text, n) for n, text in enumerate(response["passages"]))
        for (start, end), label in zip(response["sentences"], response["sentence_labels"], strict=True):
            yield Sentence(response["response"][start:end], passages, response["question"]), bool(label)


# Edits


def with_another_number(sentence: Sentence, rng: random.Random) -> Sentence | None:
    """One number changed: into another of the passage, or a little off."""
    lexed = lex(sentence.text)
    places = [i for i, word in enumerate(lexed.words) if re.fullmatch(r"\d+(?:\.\d+)?", word)]
    if not places:
        return None
    at = rng.choice(places)
    here = number_of(lexed.words[at])
    others = [n for n in sorted(evidence_of(sentence.passages[0].text).numbers) if n != here and n.isdigit()]
    value = lexed.words[at]
    made = f"{float(value) + 1.3:.1f}" if "." in value else str(int(value) + rng.choice([1, 3, 7, 20]))
    new = rng.choice(others) if others and rng.random() < 0.5 else made
    return _replaced(sentence, lexed.starts[at], lexed.ends[at], new)


def with_another_name(names: Sequence[str]) -> Edit:
    """One name changed: into another of the passage, or one from elsewhere."""

    def edit(sentence: Sentence, rng: random.Random) -> Sentence | None:
        lexed = lex(sentence.text)
        places = [i for i in _names(sentence.text) if number_of(lexed.words[i]) is None]
        if not places:
            return None
        at = rng.choice(places)
        old = sentence.text[lexed.starts[at] : lexed.ends[at]]
        passage = sentence.passages[0].text
        near = [name for name in _spelt_names(passage) if name.lower() != old.lower()]
        new = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(names)
        return None if new.lower() == old.lower() else _replaced(sentence, lexed.starts[at], lexed.ends[at], new)

    return edit


def with_not(sentence: Sentence, rng: random.Random) -> Sentence | None:
    """A "not" after one of the auxiliary verbs."""
    places = [match.end() for match in _AUXILIARY.finditer(sentence.text)]
    return _replaced(sentence, at := rng.choice(places), at, " not") if places else None


def with_an_opposite(sentence: Sentence, rng: random.Random) -> Sentence | None:
    """One word for its opposite, by the list of `footnoted probe`, which is not the verifier's."""
    return _by_probe(sentence, with_opposite(*_probed(sentence), rng))


def with_another_span(spans: Sequence[str]) -> Edit:
    """One code span changed: into another of the passage, or one from elsewhere."""

    def edit(sentence: Sentence, rng: random.Random) -> Sentence | None:
        one, _ = _probed(sentence)
        return _by_probe(sentence, with_another_code_span(one, Elsewhere((), spans, ()), rng))

    return edit


def _probed(sentence: Sentence) -> tuple[TrueSentence, Elsewhere]:
    return TrueSentence(sentence.text, sentence.passages[0]), Elsewhere((), (), ())


def _by_probe(sentence: Sentence, text: str | None) -> Sentence | None:
    """An edit that the probe makes; none where the passage has the sentence in that form, too."""
    if text is None or text.lower() in sentence.passages[0].text.lower():
        return None
    return Sentence(text, sentence.passages, sentence.question)


def joined(sentence: Sentence, edited: Sentence, rng: random.Random) -> Sentence | None:
    """A compound claim of an edited sentence behind another one of its passage."""
    others = [one.text for one in verbatim_sentences([sentence.passages[0].text], seed=1) if one.text != sentence.text]
    if not others:
        return None
    first, text = rng.choice(others).rstrip(".!?: "), edited.text
    second = text if text[1:2].isupper() else text[0].lower() + text[1:]
    return Sentence(f"{first}, and {second}", sentence.passages, sentence.question)


def _replaced(sentence: Sentence, start: int, end: int, new: str) -> Sentence:
    return Sentence(sentence.text[:start] + new + sentence.text[end:], sentence.passages, sentence.question)


def _names(text: str) -> list[int]:
    lexed = lex(text)
    return [i for i in range(len(lexed.words)) if is_name(lexed, i) and lexed.stems[i]]


def _spelt_names(text: str) -> list[str]:
    lexed = lex(text)
    return sorted({text[lexed.starts[i] : lexed.ends[i]] for i in _names(text) if number_of(lexed.words[i]) is None})


# The report


def flagged(found: Sequence[Verdict]) -> float:
    """The part of the checked claims that is not supported."""
    checked = [verdict for verdict in found if verdict.status != "not_checkable"]
    return sum(verdict.status != "supported" for verdict in checked) / max(1, len(checked))


def response_f1(folder: Path, found: Sequence[Verdict], statuses: tuple[str, ...]) -> float:
    """F1 of flagging a response when one of its sentences has one of the statuses."""
    hits = misses = alarms = 0
    results = iter(found)
    for response in read_lines(folder / "ragtruth_qa" / "responses.jsonl"):
        mine = [next(results).status in statuses for _ in response["sentences"]]
        bad = any(response["sentence_labels"])
        hits += bad and any(mine)
        misses += bad and not any(mine)
        alarms += not bad and any(mine)
    return 2 * hits / (2 * hits + misses + alarms)


def stress(verifier: LexicalVerifier, folder: Path, per_source: int = PER_SOURCE) -> dict[str, dict[str, float]]:
    """The part caught of each kind of edit, by source; `verbatim` is the false alarms on the unedited sentences."""
    table: dict[str, dict[str, float]] = {}
    for source, everything in passages_by_source(folder).items():
        texts = everything[:: max(1, len(everything) // per_source)]
        sentences = verbatim_sentences(texts, seed=7)
        names = [name for text in texts[:200] for name in _spelt_names(text)]
        spans = sorted({match.group(2) for text in texts for match in CODE_SPAN.finditer(text)})
        edits: dict[str, Edit] = {
            "number": with_another_number, "name": with_another_name(names), "not": with_not,
            "antonym": with_an_opposite, "code span": with_another_span(spans),
        }  # fmt: skip
        row = table[source] = {"verbatim": flagged(verdicts(verifier, sentences[:per_source]))}
        pairs: list[tuple[Sentence, Sentence]] = []
        for kind, edit in edits.items():
            rng = random.Random(11)
            found = ((sentence, edit(sentence, rng)) for sentence in sentences)
            made = [(true, false) for true, false in found if false is not None][:per_source]
            pairs += made[: per_source // len(edits)]
            if len(made) >= MIN_EDITS:
                row[kind] = flagged(verdicts(verifier, [false for _, false in made]))
        rng = random.Random(11)
        for kind, both in (("joined", [(true, true) for true, _ in pairs]), ("joined, edited", pairs)):
            claims = [one for true, claim in both if (one := joined(true, claim, rng)) is not None]
            row[kind] = flagged(verdicts(verifier, claims))
    return table


def off_question_shares(verifier: LexicalVerifier, folder: Path) -> tuple[float, float]:
    """The part of RAGTruth's answers that are flagged as answers to another question: under their own, and another."""
    responses = read_lines(folder / "ragtruth_qa" / "responses.jsonl")
    rng = random.Random(5)
    own = other = 0

    async def is_flagged(response: dict[str, Any], asked: dict[str, Any]) -> bool:
        texts = [*response["passages"], *(asked["passages"] if asked is not response else [])]
        passages = [passage_of(text, n) for n, text in enumerate(texts)]
        cites = "".join(f"[{n}]" for n in range(1, len(response["passages"]) + 1))
        checker = ClaimChecker(asked["question"], passages, verifier=verifier, policy="flag")
        await checker.feed(
            " ".join(response["response"][a:b].rstrip(". ") + f" {cites}." for a, b in response["sentences"])
        )
        await checker.finish()
        return OFF_QUESTION in checker.checked.flags

    for response in responses:
        others = [one for one in responses if one["source_id"] != response["source_id"]]
        own += asyncio.run(is_flagged(response, response))
        other += asyncio.run(is_flagged(response, rng.choice(others)))
    return own / len(responses), other / len(responses)


def main() -> None:
    """Prints everything."""
    folder, verifier = shared_data_folder(), LexicalVerifier()
    labelled = list(ragtruth(folder))
    began = time.process_time()
    found = verdicts(verifier, [sentence for sentence, _ in labelled])
    spent = (time.process_time() - began) / len(labelled) * 1000
    print(f"ragtruth: {spent:.2f} ms CPU a sentence, passages of 3 prepared on first use")
    bad = [verdict for verdict, (_, wrong) in zip(found, labelled, strict=True) if wrong]
    print(f"ragtruth hallucinated sentences caught {flagged(bad):.3f}")
    for statuses in (("unsupported",), ("unsupported", "partial")):
        print(f"ragtruth response F1, flagged by {' or '.join(statuses)}: {response_f1(folder, found, statuses):.3f}")
    for name, claims in true_claims(folder).items():
        found = verdicts(verifier, claims)
        denied = sum(verdict.status == "unsupported" for verdict in found) / len(found)
        print(
            f"{name}: {len(claims)} true claims, false alarms {flagged(found):.3f}, of which unsupported {denied:.3f}"
        )
    print(f"scifact contradicted: caught {flagged(verdicts(verifier, contradicted_claims(folder))):.3f}")
    own, other = off_question_shares(verifier, folder)
    print(f"ragtruth answers flagged off_question: under their own question {own:.3f}, under another one {other:.3f}")
    for source, row in stress(verifier, folder).items():
        print(f"{source:28}" + "  ".join(f"{kind} {share:.3f}" for kind, share in row.items()))


if __name__ == "__main__":
    main()
