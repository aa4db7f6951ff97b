"""The use case of chatting over an engine that plays a script."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace

import pytest

import app.conversations.chat
from app.auth.callers import ANONYMOUS_SUBJECT
from app.conversations.background_writer import BackgroundWriter
from app.conversations.branches import MessagePosition
from app.conversations.chat import Ask, Chat, EngineSilent
from app.conversations.open_turns import OpenTurns
from app.conversations.store import Exchange
from app.errors import ConversationNotFound
from app.telemetry.observations import Observations
from pipelines.errors import VendorBroken, VendorBusy
from pipelines.events import Event, Failed, Finished, Retrieved, TextDelta
from pipelines.types import Filters, HistoryMessage, PageContext
from storage_config.errors import DatabaseUnavailable
from storage_config.records.ids import new_id
from tests.support.fakes import (
    InMemoryConversations,
    ScriptedEngine,
    Step,
    Wait,
    answered_script,
    build_source,
    failed_script,
    refused_script,
)
from tests.support.metering import metered


class Outcomes(Observations):
    """Keeps how turns went."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[Exception] = []
        self.answers = 0

    def note_failure(self, error: Exception) -> None:
        self.failures.append(error)

    def note_answer(self) -> None:
        self.answers += 1


class SlowConversations(InMemoryConversations):
    """Records only once it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.release = asyncio.Event(), asyncio.Event()

    async def record(self, exchange: Exchange) -> None:
        self.begun.set()
        await self.release.wait()
        await super().record(exchange)


class Stage:
    """A chat over one scripted engine, and what it noted."""

    def __init__(self, script: list[Step] | None = None, *, max_history_tokens: int = 2_000) -> None:
        self.engine = ScriptedEngine(answered_script() if script is None else script)
        self.conversations = InMemoryConversations()
        self.writer = BackgroundWriter()
        self.outcomes = Outcomes()
        self.chat = Chat(
            corpora={"docs": metered(self.engine, self.writer)},
            conversations=self.conversations,
            writer=self.writer,
            outcomes=self.outcomes,
            open_turns=OpenTurns(drain_seconds=0),
            max_history_tokens=max_history_tokens,
        )

    async def play(self, ask: Ask) -> list[Event]:
        turn = await self.chat.open_turn(ask, began=time.perf_counter())
        async with aclosing(self.chat.events(turn)) as events:
            played = [event async for event in events]
        await self.writer.drain(5)
        return played


async def test_a_first_question_touches_no_record_before_its_answer() -> None:
    stage = Stage()
    stage.conversations.broken = DatabaseUnavailable("asleep")
    turn = await stage.chat.open_turn(Ask("Why?"), began=time.perf_counter())
    assert turn.question.history == ()
    assert turn.conversation_id.version == turn.answer_id.version == 7
    assert stage.conversations.reads == []


async def test_what_is_asked_reaches_the_engine() -> None:
    stage = Stage()
    page, filters = PageContext("https://e.org/a", "selected"), Filters(("book",))
    await stage.play(Ask("Why?", history=(HistoryMessage("user", "Before"),), page=page, filters=filters))
    (question,) = stage.engine.questions
    assert (question.text, question.history) == ("Why?", (HistoryMessage("user", "Before"),))
    assert (question.page, question.filters) == (page, filters)


async def test_the_exchange_is_recorded_before_the_end_is_told() -> None:
    stage = Stage()
    turn = await stage.chat.open_turn(Ask("Why?"), began=time.perf_counter())
    async for event in stage.chat.events(turn):
        if isinstance(event, Finished):
            (exchange,) = stage.conversations.all
    assert exchange.answer == event.answer  # type: ignore[union-attr]
    assert (exchange.answer_id, exchange.question, exchange.owner) == (turn.answer_id, "Why?", ANONYMOUS_SUBJECT)
    assert (exchange.corpus, exchange.provenance) == ("docs", {"prompt_version": "1"})
    assert (stage.outcomes.answers, stage.outcomes.failures) == (1, [])


async def test_a_contact_names_the_conversation_as_told_and_as_recorded() -> None:
    *before, finished = refused_script()
    assert isinstance(finished, Finished)
    contact = "https://help.example/?c={conversation_id}&again={conversation_id}"
    stage = Stage([*before, replace(finished, answer=replace(finished.answer, contact=contact))])
    turn = await stage.chat.open_turn(Ask("Why?"), began=time.perf_counter())
    told = await stage.chat.answer(turn)
    assert told.contact == f"https://help.example/?c={turn.conversation_id}&again={turn.conversation_id}"
    assert stage.conversations.all[0].answer.contact == told.contact


async def test_a_follow_up_gets_the_stored_history() -> None:
    stage = Stage()
    first = await stage.chat.open_turn(Ask("One?"), began=0)
    await stage.chat.answer(first)
    await stage.play(Ask("Two?", history=(HistoryMessage("user", "Forged"),), conversation_id=first.conversation_id))
    assert [turn.text for turn in stage.engine.questions[1].history] == ["One?", stage.conversations.all[0].answer.text]
    assert len(stage.conversations.exchanges[first.conversation_id]) == 2


async def test_an_unknown_conversation_is_not_found_unless_it_may_begin() -> None:
    stage = Stage()
    with pytest.raises(ConversationNotFound):
        await stage.play(Ask("Why?", conversation_id=new_id()))
    begun = new_id()
    await stage.play(Ask("Why?", history=(HistoryMessage("user", "Before"),), conversation_id=begun, may_begin=True))
    assert stage.engine.questions[-1].history == (HistoryMessage("user", "Before"),)
    assert list(stage.conversations.exchanges) == [begun]


async def test_the_conversation_of_another_owner_is_not_found() -> None:
    stage = Stage()
    first = await stage.chat.open_turn(Ask("One?", owner="somebody"), began=0)
    await stage.chat.answer(first)
    with pytest.raises(ConversationNotFound):
        await stage.play(Ask("Two?", conversation_id=first.conversation_id, owner="somebody else"))


async def test_an_answer_into_the_conversation_of_another_owner_is_not_recorded() -> None:
    stage = Stage()
    first = await stage.chat.open_turn(Ask("One?", owner="somebody"), began=0)
    await stage.chat.answer(first)
    played = await stage.play(Ask("Two?", conversation_id=first.conversation_id, owner="another", may_begin=True))
    assert isinstance(played[-1], Finished)
    assert "not_recorded" in played[-1].answer.flags
    assert stage.engine.questions[-1].history == ()
    assert len(stage.conversations.all) == 1


async def test_history_is_bounded_in_tokens_and_turns_leave_whole() -> None:
    stage = Stage(max_history_tokens=8)
    history = tuple(HistoryMessage("user" if number % 2 == 0 else "assistant", f"word{number}") for number in range(10))
    await stage.play(Ask("Why?", history=history))
    assert stage.engine.questions[0].history == history[-4:]


async def test_asking_again_leaves_the_first_answer_out_and_answers_the_same_message() -> None:
    stage = Stage()
    conversation = new_id()
    await stage.play(Ask("One?", conversation_id=conversation, may_begin=True))
    await stage.play(Ask("Two?", conversation_id=conversation))
    first, second = stage.conversations.exchanges[conversation]
    await stage.play(Ask("", conversation_id=conversation, position=MessagePosition(message=str(second.answer_id))))
    again = stage.conversations.exchanges[conversation][-1]
    assert stage.engine.questions[2].text == again.question == "Two?"
    assert [turn.text for turn in stage.engine.questions[2].history] == ["One?", first.answer.text]
    assert again.question_id == second.question_id
    assert again.answer_id != second.answer_id


async def test_a_question_in_other_words_is_recorded_beside_the_first() -> None:
    stage = Stage()
    conversation = new_id()
    await stage.play(Ask("One?", conversation_id=conversation, may_begin=True, position=MessagePosition(question="q1")))
    await stage.play(Ask("Two?", conversation_id=conversation, position=MessagePosition(question="q2")))
    await stage.play(Ask("Other?", conversation_id=conversation, position=MessagePosition(message="q2", question="q2")))
    first, second, other = stage.conversations.exchanges[conversation]
    assert (other.begins, other.parent_id, other.client_id) == (False, first.answer_id, "q2")
    assert other.question_id != second.question_id


async def test_a_conversation_that_was_deleted_meanwhile_stays_deleted() -> None:
    stage = Stage()
    first = await stage.chat.open_turn(Ask("One?"), began=0)
    await stage.chat.answer(first)
    turn = await stage.chat.open_turn(Ask("Two?", conversation_id=first.conversation_id), began=0)
    del stage.conversations.owners[first.conversation_id]
    assert "not_recorded" in (await stage.chat.answer(turn)).flags
    assert len(stage.conversations.all) == 1


async def test_an_answer_that_cannot_be_recorded_is_told_and_says_so() -> None:
    stage = Stage()
    stage.conversations.broken = DatabaseUnavailable("down")
    played = await stage.play(Ask("Why?"))
    assert isinstance(played[-1], Finished)
    assert played[-1].answer.flags == ("not_peer_reviewed", "not_recorded")
    assert (stage.outcomes.answers, stage.outcomes.failures) == (0, [stage.conversations.broken])


async def test_a_slow_record_holds_no_answer_back_and_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conversations.chat, "RECORD_SECONDS", 0.01)
    stage = Stage()
    slow = SlowConversations()
    chat = Chat(
        corpora={"docs": metered(stage.engine, stage.writer)},
        conversations=slow,
        writer=stage.writer,
        outcomes=stage.outcomes,
        open_turns=OpenTurns(drain_seconds=0),
    )
    answer = await chat.answer(await chat.open_turn(Ask("Why?"), began=time.perf_counter()))
    assert "not_recorded" in answer.flags
    assert (stage.outcomes.answers, stage.outcomes.failures) == (0, [])
    slow.release.set()
    await stage.writer.drain(5)
    assert [exchange.answer.status for exchange in slow.all] == ["partial"]


async def test_a_reader_who_leaves_closes_the_engine_and_is_recorded() -> None:
    wait = Wait()
    stage = Stage([*answered_script()[:5], wait])
    turn = await stage.chat.open_turn(Ask("Why?"), began=time.perf_counter())

    async def read() -> None:
        async with aclosing(stage.chat.events(turn)) as events:
            async for _ in events:
                pass

    reading = asyncio.create_task(read())
    await asyncio.wait_for(wait.reached.wait(), 5)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert stage.engine.closed == 1
    await stage.writer.drain(5)
    (exchange,) = stage.conversations.all
    assert exchange.answer.status == "interrupted"
    assert exchange.answer.text.startswith("🔎 BM25 saturates")
    assert [source.id for source in exchange.answer.sources] == ["1"]


async def test_leaving_while_the_record_is_written_does_not_lose_it() -> None:
    stage = Stage()
    slow = SlowConversations()
    chat = Chat(
        corpora={"docs": metered(stage.engine, stage.writer)},
        conversations=slow,
        writer=stage.writer,
        outcomes=stage.outcomes,
        open_turns=OpenTurns(drain_seconds=0),
    )
    turn = await chat.open_turn(Ask("Why?"), began=time.perf_counter())
    answering = asyncio.create_task(chat.answer(turn))
    await asyncio.wait_for(slow.begun.wait(), 5)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    slow.release.set()
    await stage.writer.drain(5)
    assert [exchange.answer.status for exchange in slow.all] == ["partial"]


async def test_a_failure_after_words_is_told_and_recorded_as_interrupted() -> None:
    error = VendorBusy("busy", vendor="openrouter")
    stage = Stage(failed_script(error))
    played = await stage.play(Ask("Why?"))
    assert played[-1] == Failed(error)
    assert stage.outcomes.failures == [error]
    assert [exchange.answer.status for exchange in stage.conversations.all] == ["interrupted"]


@pytest.mark.parametrize(
    "script",
    [[VendorBroken("x", vendor="v")], [Retrieved((), {}), VendorBroken("x", vendor="v")]],
    ids=["at once", "after retrieval"],
)
async def test_an_engine_that_raises_before_any_word_fails_unrecorded(script: list[Step]) -> None:
    stage = Stage(script)
    played = await stage.play(Ask("Why?"))
    assert isinstance(played[-1], Failed)
    assert isinstance(played[-1].error, VendorBroken)
    assert stage.conversations.all == []
    assert len(stage.outcomes.failures) == 1


async def test_an_engine_that_ends_without_an_answer_is_a_fault() -> None:
    stage = Stage([Retrieved((build_source(),), {}), TextDelta("BM25")])
    played = await stage.play(Ask("Why?"))
    assert isinstance(played[-1], Failed)
    assert isinstance(played[-1].error, EngineSilent)


async def test_a_whole_answer_or_its_failure() -> None:
    stage = Stage(refused_script())
    turn = await stage.chat.open_turn(Ask("Why?"), began=time.perf_counter())
    assert (await stage.chat.answer(turn)).status == "refused"
    broken = Stage(failed_script(VendorBroken("x", vendor="v")))
    turn = await broken.chat.open_turn(Ask("Why?"), began=time.perf_counter())
    with pytest.raises(VendorBroken):
        await broken.chat.answer(turn)
