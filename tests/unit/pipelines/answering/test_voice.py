"""In which language fixed words are said, and what a question in another language than the pages meets."""

from dataclasses import replace
from typing import Any

import pytest

from pipelines.answering.chat_engine import ChatEngine
from pipelines.answering.provenance import read_recipe
from pipelines.answering.refusal import RefusalModel, asks_in_other_language
from pipelines.answering.voice import may_not_help, voice_for, wanted_language
from pipelines.events import TextDelta
from pipelines.languages.known import LANGUAGES, language_by_code
from pipelines.types import Answer, Audience, Claim, PageContext, Question, Usage
from pipelines.voice_spec import VoiceSpec
from storage_config.vocabulary import LANGUAGE_CODES, LanguageCode
from tests.support.passages import build_passage
from tests.unit.pipelines.answering.test_chat_engine import (
    GENERATED,
    RIGHT,
    SPEC,
    ScriptedAnswerer,
    ScriptedIndex,
    answer_of,
    build_engine,
    play,
)  # fmt: skip

GERMAN = Question("Wie heiß muss der Ofen sein?")
ENGLISH = Question("How hot must the oven be?")
UNTOLD = Question("oven")


def test_every_language_can_be_asked_for_by_its_code() -> None:
    assert {language.code for language in LANGUAGES.values()} == set(LANGUAGE_CODES)


@pytest.mark.parametrize(
    ("question", "locale", "code"),
    [
        (replace(GERMAN, audience=Audience("ur")), "fr", "ur"),
        (GERMAN, "fr", "de"),
        (UNTOLD, "fr", "fr"),
        (UNTOLD, "pt-BR", "pt"),
        (UNTOLD, "zh_Hans", "zh"),
        (UNTOLD, "xx", "es"),
        (UNTOLD, None, "es"),
    ],
)
def test_what_was_asked_for_then_the_question_then_its_page_then_the_corpus(
    question: Question, locale: str | None, code: str
) -> None:
    assert voice_for(question, "spanish", locale=locale).code == code


def test_nothing_is_wanted_where_nothing_was_said() -> None:
    assert wanted_language(GERMAN) is None
    assert language_by_code("tlh") is None


@pytest.mark.parametrize(
    ("question", "code"), [(ENGLISH, "en"), (GERMAN, "de"), (replace(ENGLISH, audience=Audience("hi")), "hi")]
)
async def test_a_refusal_is_said_in_the_reader_s_language(question: Question, code: str) -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=())
    language = language_by_code(code)
    assert language is not None
    assert answer_of(await play(engine, question)).text == language.refusal


async def test_small_talk_is_answered_in_the_language_that_was_asked_for() -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=())
    assert answer_of(await play(engine, Question("hello"))).text == LANGUAGES["english"].hello
    asked = Question("hello", audience=Audience("ja"))
    assert answer_of(await play(engine, asked)).text == LANGUAGES["japanese"].hello


async def test_a_record_keeps_whom_the_answer_was_for_and_older_ones_name_nobody() -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=())
    (*_, finished) = await play(engine, replace(GERMAN, audience=Audience("ur", "expert")))
    recorded = dict(finished.provenance)  # type: ignore[union-attr]
    assert read_recipe(recorded).question.audience == Audience("ur", "expert")
    recorded["question"] = {name: value for name, value in recorded["question"].items() if name != "audience"}
    assert read_recipe(recorded).question.audience == Audience()


class TestOtherLanguages:
    def test_only_what_plainly_is_in_another_language_counts(self) -> None:
        assert asks_in_other_language(GERMAN.text, "english")
        assert not asks_in_other_language(GERMAN.text, "german")
        assert not asks_in_other_language(UNTOLD.text, "german")

    def test_a_model_of_one_language_is_judged_by_its_words_as_ever(self) -> None:
        assert RefusalModel.from_file(embedding="local/minilm").across is None

    def test_minilm_s_cosines_say_nothing_in_a_script_that_it_does_not_know(self) -> None:
        known, unknown = (RefusalModel.from_file(language=language) for language in ("german", "urdu"))
        assert "dense_best" in known.weights
        assert "dense_best" not in unknown.weights
        assert "dense_best" in RefusalModel.from_file(embedding="local/e5-small", language="urdu").weights

    def test_a_vendor_s_cosines_are_not_judged(self) -> None:
        model = RefusalModel.from_file(embedding="cohere/embed-v4.0")
        passages = [build_passage("Heat the oven to 230 degrees.", dense=0.4)]
        assert model.probability(((GERMAN.text, 1.0),), passages) == 0.5
        assert model.probability(((GERMAN.text, 1.0),), []) == 0.0
        assert model.probability(((ENGLISH.text, 1.0),), passages) != 0.5


class LocalisedIndex(ScriptedIndex):
    """Serves pages of the locale that the reader's page is in."""

    async def locale_for(self, question: Question) -> str | None:
        return question.page.url.split("/")[3] if question.page else None


@pytest.mark.parametrize(
    ("url", "built"), [("https://e.org/fr/a", ["french"]), ("https://e.org/pt-BR/a", ["portuguese"])]
)
async def test_pages_of_a_locale_are_answered_by_who_knows_their_words(url: str, built: list[str]) -> None:
    names: list[str] = []

    async def in_language(name: str) -> ChatEngine:
        names.append(name)
        return build_engine(ScriptedAnswerer(), (), spec=SPEC.model_copy(update={"language": name}))[0]

    engine, _ = build_engine(ScriptedAnswerer(), (), index=LocalisedIndex([]), in_language=in_language)
    answer = answer_of(await play(engine, Question("cors", page=PageContext(url))))
    assert names == built
    assert answer.text == LANGUAGES[built[0]].refusal
    for page in (None, PageContext("https://e.org/tlh/a")):
        answer = answer_of(await play(engine, Question("cors", page=page)))
        assert answer.text == LANGUAGES["english"].refusal
    assert names == built


OWNER = VoiceSpec(name="Ada", refusal="Not in this book.", contact="https://help.example/{conversation_id}")
OWNED = SPEC.model_copy(update={"voice": OWNER})


async def test_the_owner_s_words_and_contact_stand_on_a_refusal() -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=(), spec=OWNED)
    answer = answer_of(await play(engine, GERMAN))
    assert (answer.status, answer.text, answer.contact) == ("refused", OWNER.refusal, OWNER.contact)
    engine, _ = build_engine(ScriptedAnswerer(), passages=())
    assert answer_of(await play(engine, GERMAN)).contact is None


async def test_an_answer_that_is_carried_names_no_contact() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), spec=OWNED)
    answer = answer_of(await play(engine))
    assert (answer.status, answer.contact) == ("answered", None)


async def test_an_answer_that_is_not_carried_names_the_contact() -> None:
    wrong = TextDelta("Mars has ninety moons and a ring of cheese. [1]")
    engine, _ = build_engine(ScriptedAnswerer(wrong, GENERATED), spec=OWNED)
    answer = answer_of(await play(engine))
    assert answer.claims[0].status == "unsupported"
    assert answer.contact == OWNER.contact


def _answer(**changes: Any) -> Answer:
    plain: dict[str, Any] = {"status": "answered", "claims": (), "flags": ()} | changes
    return Answer(text="", sources=(), closest=(), model="", usage=Usage(), timings={}, **plain)


@pytest.mark.parametrize(
    ("changes", "doubtful"),
    [
        ({}, False),
        ({"status": "social"}, False),
        ({"flags": ("not_peer_reviewed",)}, False),
        ({"claims": (Claim(0, 1, "partial", 0.5, False, ()),)}, False),
        ({"status": "refused"}, True),
        ({"status": "partial"}, True),
        ({"flags": ("off_question",)}, True),
        ({"flags": ("claims_not_evaluated",)}, True),
        ({"claims": (Claim(0, 1, "unsupported", 0.1, False, ()),)}, True),
    ],
)
def test_what_may_not_help(changes: dict[str, Any], doubtful: bool) -> None:
    assert may_not_help(_answer(**changes)) is doubtful


@pytest.mark.parametrize("code", LANGUAGE_CODES)
async def test_the_assistant_says_its_name_in_every_language(code: LanguageCode) -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=(), spec=OWNED)
    answer = answer_of(await play(engine, Question("who are you?", audience=Audience(code))))
    language = language_by_code(code)
    assert language is not None
    assert answer.text == f"{language.called.format('Ada')} {language.introduction}"
    assert (answer.status, answer.contact) == ("social", None)


async def test_the_owner_s_greeting_stands_for_ours() -> None:
    spec = SPEC.model_copy(update={"voice": VoiceSpec(name="Ada", greeting="Welcome to the book.")})
    engine, _ = build_engine(ScriptedAnswerer(), passages=(), spec=spec)
    for text in ("hello", "who are you?"):
        assert answer_of(await play(engine, Question(text))).text == "Welcome to the book."
    assert answer_of(await play(engine, Question("thanks"))).text == LANGUAGES["english"].welcome


async def test_a_record_keeps_the_owner_s_words_of_then_and_older_ones_had_none() -> None:
    engine, _ = build_engine(ScriptedAnswerer(), passages=(), spec=OWNED)
    (*_, finished) = await play(engine, GERMAN)
    recorded = dict(finished.provenance)  # type: ignore[union-attr]
    assert VoiceSpec.model_validate(read_recipe(recorded).declared["voice"]) == OWNER
    del recorded["voice"]
    assert VoiceSpec.model_validate(read_recipe(recorded).declared["voice"]) == VoiceSpec()


async def test_small_talk_says_for_whom_the_pages_of_its_questions_are() -> None:
    passage = build_passage("Rotate the key.")
    passages = (replace(passage, access=("staff",), heading_path=("How do I rotate the key?",)),)
    engine, _ = build_engine(ScriptedAnswerer(), passages=passages)
    (*_, finished) = await play(engine, Question("hello"))
    assert "How do I rotate the key?" in finished.answer.text  # type: ignore[union-attr]
    assert finished.provenance["access"] == [["staff"]]  # type: ignore[union-attr]
