import asyncio

import pytest

from pipelines.errors import CorpusNotIngested, VendorTimeout
from pipelines.evaluation.asking import ask, ask_all
from pipelines.types import HistoryMessage
from tests.support.evaluating import ToldEngine, answer, question, source


async def test_passages_and_answer_are_kept() -> None:
    engine = ToldEngine({"How?": answer("So.")}, [source(1), source(2)])
    asked = await ask(engine, question(must=["so"]))
    assert asked.answer == answer("So.")
    assert [passage.id for passage in asked.passages] == ["1", "2"]


async def test_the_questions_before_are_asked_with_what_was_answered() -> None:
    engine = ToldEngine({"One?": answer("1"), "Two?": answer("2"), "How?": answer("3")})
    await ask(engine, question(must=["3"], history=["One?", "Two?"]))
    said = [("user", "One?"), ("assistant", "1"), ("user", "Two?"), ("assistant", "2")]
    turns = tuple(HistoryMessage(role, text) for role, text in said)  # type: ignore[arg-type]
    assert [one.history for one in engine.asked] == [(), turns[:2], turns]


async def test_a_vendors_failure_is_one_questions() -> None:
    engine = ToldEngine({"A?": VendorTimeout("no token", vendor="v"), "B?": answer("b")})
    outcomes = await ask_all(engine, [question(id=text, question=text, must=["b"]) for text in ("A?", "B?")])
    assert [one.answer is None for one in outcomes] == [True, False]
    assert outcomes[0].failure == "VendorTimeout: no token"


async def test_what_fails_every_question_ends_the_run() -> None:
    engine = ToldEngine({"How?": CorpusNotIngested("run ingest")})
    with pytest.raises(CorpusNotIngested, match="run ingest"):
        await ask_all(engine, [question(must=["x"])])


async def test_no_more_are_asked_at_once_than_allowed_and_the_order_stays() -> None:
    running, most = 0, 0

    class Slow(ToldEngine):
        async def stream(self, asked):  # type: ignore[no-untyped-def]
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                await asyncio.sleep(0.001)
                async for event in super().stream(asked):
                    yield event
            finally:
                running -= 1

    texts = [f"{n}?" for n in range(8)]
    seen: list[str] = []
    outcomes = await ask_all(
        Slow({text: answer(text) for text in texts}),
        [question(id=text, question=text, must=["x"]) for text in texts],
        at_once=3,
        on_asked=lambda asked: seen.append(asked.question.id),
    )
    assert most == 3
    assert [one.answer.text for one in outcomes if one.answer] == texts
    assert sorted(seen) == texts
