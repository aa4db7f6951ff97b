import random

from pipelines.evaluation.edits import Elsewhere, TrueSentence
from pipelines.evaluation.probe import UNALTERED, Probe, altered, probe, true_sentences
from pipelines.grounding.verifier import LexicalVerifier
from tests.support.passages import build_passage

PASSAGES = [
    build_passage(
        f"The {name} queue keeps {n} jobs in the memory of Redis. Every worker is started before the server stops.\n\n"
        f"- The option `limit_{n}` is read once when the worker starts.\n\nSee https://x.example/{n} for more of it.",
        title=f"Page {name}",
    )
    for n, name in enumerate(["first", "second", "third", "fourth"], 4)
]


async def probed(per_kind: int = 100, language: str = "english") -> Probe:
    verifier = LexicalVerifier(language)
    return await probe(PASSAGES, verifier, corpus="c", name="lexical", language=language, per_kind=per_kind)


def test_only_plain_sentences_are_taken_and_none_twice() -> None:
    texts = [one.text for one in true_sentences(PASSAGES, "english")]
    assert len(texts) == len(set(texts)) == 5
    assert not any("https" in text or "limit" in text for text in texts)


async def test_each_kind_is_judged_against_its_passage() -> None:
    found = await probed()
    assert found.sentences == 5
    assert (found.kinds[UNALTERED].claims, found.kinds[UNALTERED].supported) == (5, 5)
    number = found.kinds["number"]
    assert (number.claims, number.unsupported, number.examples) == (4, 4, ())
    for kind in found.kinds.values():
        assert kind.supported + kind.partial + kind.unsupported + kind.not_evaluated == kind.claims


async def test_what_is_let_through_is_shown_with_its_sentence() -> None:
    found = await probed()
    for name, kind in found.kinds.items():
        expected = kind.claims - kind.supported if name == UNALTERED else kind.supported
        assert len(kind.examples) == expected
    shown = [example for kind in found.kinds.values() for example in kind.examples]
    assert all(example.claim != example.sentence and example.url for example in shown)


async def test_the_same_pages_give_the_same_claims_and_no_more_than_asked_for() -> None:
    assert await probed(2) == await probed(2)
    assert all(kind.claims <= 2 for kind in (await probed(2)).kinds.values())


async def test_what_needs_english_is_left_out_elsewhere() -> None:
    assert set((await probed(language="german")).kinds) == {UNALTERED, "number", "name", "code span"}


def test_what_another_page_says_is_no_altered_claim() -> None:
    sentences = list(true_sentences(PASSAGES, "english"))
    said = sentences[-1].text.replace("memory", "`memory`")

    def edit(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str:
        return said if sentence is sentences[0] else f"{sentence.text} It is blue."

    made = altered(sentences[:2], edit, Elsewhere.of(sentences), 5)
    assert said in [claim for _, claim in made]  # as long as that page is not known
    made = altered([*sentences[:2], sentences[-1]], edit, Elsewhere.of(sentences), 5)
    assert said not in [claim for _, claim in made]
    assert len(made) == 2
