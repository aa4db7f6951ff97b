"""Checking while streaming: spans slice to their text, the cut of the stream does not matter, `strict` is strict."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.events import ClaimChecked, TextDelta
from pipelines.grounding.claim_checker import WITHHELD, CheckedText, ClaimChecker
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier, Verdict
from pipelines.types import Passage
from storage_config.vocabulary import ClaimStatus, GroundingPolicy

PAGE = "Intro. BM25 saturates the weight of a repeated term. The constant k1 bounds it. Other words follow here."


def passage(number: int, start: int, end: int) -> Passage:
    return Passage(
        node_id=str(number),
        document_id="d",
        uri="p.md",
        url=f"https://example.org/p#{number}",
        title="P",
        heading_path=(),
        anchor=None,
        text=PAGE[start:end],
        start=start,
        end=end,
        quality="unknown",
        ordinal=number,
        bibliography=None,
        score=1.0,
        dense_score=1.0,
        bm25_score=1.0,
    )


PASSAGES = (passage(0, 7, len(PAGE)), passage(1, 0, 53))


class ScriptedVerifier:
    """Judges by a word in the claim; records what it was asked."""

    slow = False
    weights_hash = "scripted"

    def __init__(self) -> None:
        self.asked: list[ClaimToVerify] = []

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        self.asked += claims
        return [Verdict(self._status(claim.text), 0.5) for claim in claims]

    def _status(self, text: str) -> ClaimStatus:
        if "wrong" in text:
            return "unsupported"
        return "not_evaluated" if "unknown" in text else "supported"


async def check(parts: Sequence[str], policy: GroundingPolicy) -> tuple[CheckedText, list[TextDelta | ClaimChecked]]:
    checker = ClaimChecker("Why?", PASSAGES, verifier=ScriptedVerifier(), policy=policy)
    events: list[TextDelta | ClaimChecked] = []
    for part in parts:
        events += await checker.feed(part)
    events += await checker.finish()
    return checker.checked, events


ANSWER = (
    "Here is what the pages say:\n\n- BM25 saturates the weight of a repeated term. [1]\n- This is wrong in all ways. "
    "[2]\n\nThe constant k1 bounds it [1][2]. Nobody knows this unknown thing [1]. The wrong end comes last [9]."
)


def cuts(text: str) -> st.SearchStrategy[list[str]]:
    places = st.lists(st.integers(0, len(text)), max_size=30).map(lambda at: sorted({0, *at, len(text)}))
    return places.map(lambda at: [text[a:b] for a, b in itertools.pairwise(at)])


@pytest.mark.parametrize("policy", ["flag", "strict", "off"])
@given(parts=cuts(ANSWER))
@settings(max_examples=25, deadline=None)
def test_every_cut_of_the_stream_gives_the_same_answer(policy: GroundingPolicy, parts: list[str]) -> None:
    whole, _ = asyncio.run(check([ANSWER], policy))
    checked, events = asyncio.run(check(parts, policy))
    assert checked == whole
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == checked.text
    assert [e.claim for e in events if isinstance(e, ClaimChecked)] == checked.claims


@pytest.mark.parametrize("policy", ["flag", "strict", "off"])
async def test_spans_and_quotes_slice_to_their_text(policy: GroundingPolicy) -> None:
    checked, _ = await check([ANSWER], policy)
    texts = [checked.text[claim.start : claim.end] for claim in checked.claims]
    assert "BM25 saturates the weight of a repeated term." in texts
    assert "The constant k1 bounds it" in [text.rstrip(".") for text in texts]
    for claim in checked.claims:
        assert "[" not in checked.text[claim.start : claim.end]
        for citation in claim.citations:
            assert PAGE[citation.start : citation.end] == citation.quote


async def test_flag_lets_everything_through_and_says_what_is_wrong() -> None:
    checked, _ = await check([ANSWER], "flag")
    by_text = {checked.text[claim.start : claim.end]: claim.status for claim in checked.claims}
    assert by_text["This is wrong in all ways."] == "unsupported"
    assert checked.cited == {"1", "2"}
    assert "[9]" not in checked.text


@given(st.lists(st.sampled_from(["It is right [1].", "It is wrong [1].", "It is unknown [2].", "Is it?"]), max_size=8))
@settings(max_examples=40, deadline=None)
def test_strict_lets_no_unsupported_sentence_out(sentences: list[str]) -> None:
    checked, events = asyncio.run(check([" ".join(sentences)], "strict"))
    assert "wrong" not in checked.text
    assert "unknown" not in checked.text
    assert {claim.status for claim in checked.claims} <= {"supported", "not_checkable"}
    assert (WITHHELD in checked.flags) == any("wrong" in one or "unknown" in one for one in sentences)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == checked.text
    assert checked.text.count("It is right") == sentences.count("It is right [1].")
    for claim in checked.claims:
        assert checked.text[claim.start : claim.end].rstrip(".?") in ("It is right", "Is it")


async def test_strict_tells_a_sentence_only_after_its_verdict() -> None:
    checker = ClaimChecker("Why?", PASSAGES, verifier=ScriptedVerifier(), policy="strict")
    assert await checker.feed("It is right [1]") == []
    events = await checker.feed(". And more")
    assert [type(event) for event in events] == [TextDelta, ClaimChecked]


async def test_off_says_that_nothing_was_evaluated() -> None:
    checked, _ = await check(["It is right [1]."], "off")
    assert [claim.status for claim in checked.claims] == ["not_evaluated"]


async def test_a_claim_without_citation_is_verified_against_all_passages() -> None:
    verifier = ScriptedVerifier()
    checker = ClaimChecker("Why?", PASSAGES, verifier=verifier, policy="flag")
    await checker.feed("It is right.")
    await checker.finish()
    assert verifier.asked == [ClaimToVerify("It is right.", PASSAGES, cited=False)]
    assert checker.checked.claims[0].citations == ()


async def test_quotes_of_an_extractive_answer_are_verbatim_whatever_their_length() -> None:
    checker = ClaimChecker("Why?", PASSAGES, verifier=ScriptedVerifier(), policy="flag", quotes_only=True)
    await checker.feed("The constant k1 bounds it. [1]")
    await checker.finish()
    assert [(claim.status, claim.verbatim) for claim in checker.checked.claims] == [("supported", True)]


BLOCKS = (
    "Right start [1].\n\n- It is wrong [1]. It is right [1].\n- It is wrong [2].\n- Wrong, wrong [1]. It is wrong [2]. "
    "Last right [2].\n\n```sh\nwrong code\n```\n\n```sh\nright code\n```\n[1]\n\n| h | i |\n|---|---|\n| wrong | 1 |\n"
    "| right | 2 [2] |\n\nIt is wrong at the end [1]."
)


async def test_strict_takes_sentences_out_without_joining_their_blocks() -> None:
    checked, _ = await check([BLOCKS], "strict")
    assert checked.text.rstrip() == (
        "Right start [1].\n\n- It is right [1].\n- Last right [2].\n\n```sh\nright code\n```\n[1]\n\n| h | i |"
        "\n|---|---|\n| right | 2 [2] |"
    )


async def test_strict_never_begins_with_what_was_before_a_withheld_sentence() -> None:
    checked, _ = await check(["It is wrong [1]. It is right [2]."], "strict")
    assert checked.text == "It is right [2]."
    assert checked.claims[0].start == 0
    checked, _ = await check(["- It is wrong [1]. It is right [2]."], "strict")
    assert checked.text == "- It is right [2]."


async def test_strict_may_be_left_with_nothing() -> None:
    checked, events = await check(["It is wrong [1].\n\nSo wrong again [2].\n"], "strict")
    assert (checked.text, checked.claims, checked.cited, events) == ("", [], set(), [])
    assert checked.flags == [WITHHELD]


SENTENCES = st.sampled_from(
    ["It is right [1].", "It is wrong [1].", "It is unknown [2].", "Is it?", "- right [2]\n", "- wrong [1]\n", "\n\n",
     "```\nright\n```\n", "```\nwrong\n```\n", "| right | x |\n", "| wrong | y [1] |\n", " ", "# right\n", "[2]"]
)  # fmt: skip


@given(st.lists(SENTENCES, max_size=12).map(" ".join), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_what_strict_lets_out_is_what_flag_would_say_without_the_rest(text: str, size: int) -> None:
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    strict, events = asyncio.run(check(parts, "strict"))
    flag, _ = asyncio.run(check(parts, "flag"))
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == strict.text
    kept = [c for c in flag.claims if c.status not in ("unsupported", "not_evaluated")]
    said = [(strict.text[c.start : c.end], c.status, c.citations) for c in strict.claims]
    assert said == [(flag.text[c.start : c.end], c.status, c.citations) for c in kept]
    ends = [0, *(c.end for c in strict.claims)]
    assert all(a <= c.start < c.end for a, c in zip(ends, strict.claims, strict=False))
    if len(kept) == len(flag.claims):
        assert strict.text == flag.text


class LateVerifier(ScriptedVerifier):
    """Waits for something outside the process; counts its calls."""

    slow = True

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        self.calls += 1
        await asyncio.sleep(0)
        return await super().verify(claims, question)


async def test_a_slow_verifier_holds_up_nobody_and_updates_its_claims_at_the_end() -> None:
    verifier = LateVerifier()
    checker = ClaimChecker("Why?", PASSAGES, verifier=verifier, policy="flag")
    first = await checker.feed("Hello! It is right [1]. It is wrong [2]. And so")
    told = [event.claim for event in first if isinstance(event, ClaimChecked)]
    assert [(claim.status, claim.score) for claim in told] == [
        ("not_checkable", None), ("not_evaluated", None), ("not_evaluated", None),
    ]  # fmt: skip
    assert verifier.calls == 0
    last = [event.claim for event in await checker.finish() if isinstance(event, ClaimChecked)]
    assert [claim.status for claim in last] == ["not_evaluated", "supported", "unsupported", "supported"]
    assert [(claim.start, claim.end) for claim in last[1:]] == [
        (claim.start, claim.end) for claim in [*told[1:], last[0]]
    ]
    assert [claim.status for claim in checker.checked.claims] == [
        "not_checkable", "supported", "unsupported", "supported",
    ]  # fmt: skip
    assert verifier.calls == 1


async def test_strict_waits_for_a_slow_verifier() -> None:
    verifier = LateVerifier()
    checker = ClaimChecker("Why?", PASSAGES, verifier=verifier, policy="strict")
    events = [*await checker.feed("It is right [1]. It is wrong [2]. And so"), *await checker.finish()]
    assert [event.claim.status for event in events if isinstance(event, ClaimChecked)] == ["supported", "supported"]
    assert "wrong" not in checker.checked.text
    assert verifier.calls == 3


async def test_a_link_to_a_passage_cites_it() -> None:
    checker = ClaimChecker("Why?", PASSAGES, verifier=ScriptedVerifier(), policy="flag")
    await checker.feed("It is in [the page](https://example.org/p#1). Not [there](https://evil.example).")
    await checker.finish()
    assert checker.checked.text == "It is in [the page](https://example.org/p#1). Not there."
    assert checker.checked.cited == {"2"}


async def test_with_the_lexical_verifier_a_long_copy_is_verbatim_and_a_short_one_is_not() -> None:
    checker = ClaimChecker("Why?", PASSAGES, verifier=LexicalVerifier(), policy="flag")
    await checker.feed(
        "BM25 saturates the weight of a repeated term. The constant k1 bounds it [1]. The constant k1 bounds it. [1] "
        "The constant k1 saturates the weight of a repeated term. [2]"
    )
    await checker.finish()
    assert [(claim.status, claim.verbatim) for claim in checker.checked.claims] == [
        ("partial", False), ("supported", False), ("supported", False), ("partial", False),
    ]  # fmt: skip
    long = "saturates the weight of a repeated term The constant k1 bounds it Other"
    checker = ClaimChecker("Why?", PASSAGES, verifier=LexicalVerifier(), policy="flag")
    await checker.feed(f"It {long} [1].")
    await checker.finish()
    assert [claim.verbatim for claim in checker.checked.claims] == [True]
