"""What the verifier of a corpus lets through: sentences of its own pages, altered by kind, and as they stand."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from pipelines.evaluation.edits import ANY_LANGUAGE, ENGLISH, Edit, Elsewhere, TrueSentence
from pipelines.grounding.verifier import ClaimToVerify, Verdict, Verifier
from pipelines.text.quotable import quotable_units
from pipelines.types import Passage

UNALTERED = "unaltered"
MIN_WORDS, MAX_EXAMPLES = 6, 20
_BATCH = 32
_SEED = 7
# Words of a url or a tag are no words of a sentence.
_MARKS = re.compile(r"[*`]")
_MARKUP = re.compile(r"://|\]\(|<|_\w+_|\\")


class ProbeExample(BaseModel):
    """An altered claim that was let through, or a sentence of the page that was doubted."""

    model_config = ConfigDict(frozen=True)

    claim: str
    sentence: str
    url: str
    status: str


class ProbeKind(BaseModel):
    """How claims of one kind were judged. For `unaltered` ones, what is not `supported` is a false alarm."""

    model_config = ConfigDict(frozen=True)

    claims: int
    supported: int
    partial: int
    unsupported: int
    not_evaluated: int
    examples: tuple[ProbeExample, ...] = ()


class Probe(BaseModel):
    """The kinds by name; `sentences` is how many sentences of the pages they were made from."""

    model_config = ConfigDict(frozen=True)

    corpus: str
    verifier: str
    sentences: int
    kinds: Mapping[str, ProbeKind]


async def probe(
    passages: Iterable[Passage], verifier: Verifier, *, corpus: str, name: str, language: str, per_kind: int = 200
) -> Probe:
    """Judges up to `per_kind` claims of each kind, each against the passage that it was made from.

    The same pages give the same claims. Negation, antonyms, subjects and inventions are made in English only.
    """
    sentences = list(true_sentences(passages, language))
    random.Random(_SEED).shuffle(sentences)
    site = Elsewhere.of(sentences)
    edits = {**ANY_LANGUAGE, **(ENGLISH if language == "english" else {})}
    claims = {UNALTERED: [(one, one.text) for one in sentences[:per_kind]]}
    claims |= {kind: altered(sentences, edit, site, per_kind) for kind, edit in edits.items()}
    kinds = {kind: await _judged(made, verifier, unaltered=kind == UNALTERED) for kind, made in claims.items()}
    return Probe(corpus=corpus, verifier=name, sentences=len(sentences), kinds=kinds)


def true_sentences(passages: Iterable[Passage], language: str) -> Iterator[TrueSentence]:
    """Plain sentences of prose; one that several passages repeat counts once."""
    seen: set[str] = set()
    for passage in passages:
        for unit in quotable_units(passage.text, language):
            is_prose = unit.kind == "paragraph" and unit.flaw == 0 and not _MARKUP.search(unit.text)
            if is_prose and len(unit.text.split()) >= MIN_WORDS and unit.text not in seen:
                seen.add(unit.text)
                yield TrueSentence(" ".join(unit.text.split()), passage)


def altered(
    sentences: Sequence[TrueSentence], edit: Edit, site: Elsewhere, limit: int
) -> list[tuple[TrueSentence, str]]:
    """Sentences with what an edit makes of them; one that the passage or another page says all the same is none."""
    rng = random.Random(_SEED)
    said = {_plain(sentence.text) for sentence in sentences}
    made: list[tuple[TrueSentence, str]] = []
    for sentence in sentences:
        if len(made) == limit:
            break
        claim = edit(sentence, site, rng)
        if claim is None or (plain := _plain(claim)) in said or plain in _plain(sentence.passage.text):
            continue
        made.append((sentence, claim))
    return made


def _plain(text: str) -> str:
    """Without marks of emphasis and code, in small letters and single blanks."""
    return " ".join(_MARKS.sub("", text).split()).lower()


async def _judged(made: Sequence[tuple[TrueSentence, str]], verifier: Verifier, *, unaltered: bool) -> ProbeKind:
    verdicts: list[Verdict] = []
    for start in range(0, len(made), _BATCH):
        batch = made[start : start + _BATCH]
        verdicts += await verifier.verify([ClaimToVerify(claim, (one.passage,)) for one, claim in batch], "")
    judged = [(one, claim, verdict) for (one, claim), verdict in zip(made, verdicts, strict=True)]
    judged = [(one, claim, verdict) for one, claim, verdict in judged if verdict.status != "not_checkable"]
    statuses = [verdict.status for _, _, verdict in judged]
    wrong = [
        ProbeExample(claim=claim, sentence=one.text, url=one.passage.url, status=verdict.status)
        for one, claim, verdict in judged
        if (verdict.status == "supported") is not unaltered
    ]
    return ProbeKind(
        claims=len(judged),
        supported=statuses.count("supported"),
        partial=statuses.count("partial"),
        unsupported=statuses.count("unsupported"),
        not_evaluated=statuses.count("not_evaluated"),
        examples=tuple(wrong[:MAX_EXAMPLES]),
    )
