"""Small talk is recognised by whole messages, in every language, and questions are left alone."""

from dataclasses import replace

import pytest

from pipelines.answering.small_talk import small_talk, without_small_talk
from pipelines.languages.known import LANGUAGES
from pipelines.types import HistoryMessage, Question
from tests.support.passages import build_passage


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi there", "english"), ("Good morning :)", "english"), ("thanks a lot, that helped!", "english"),
        ("ok cool, thank you", "english"), ("who are you?", "english"), ("What can you do for me?", "english"),
        ("help", "english"), ("who am I talking to?", "english"), ("is this a bot?", "english"),
        ("How are you today?", "english"), ("Danke!", "german"), ("Guten Morgen", "german"),
        ("merci beaucoup", "french"),
        ("hola", "spanish"), ("grazie mille", "italian"), ("obrigado", "portuguese"), ("dank je wel", "dutch"),
        ("спасибо", "russian"),
    ],
)  # fmt: skip
def test_small_talk_is_answered_in_its_language(text: str, language: str) -> None:
    reply = small_talk(text)
    assert reply is not None
    assert reply.language is LANGUAGES[language]


@pytest.mark.parametrize(
    "text",
    ["Hi, how do I install it?", "help me install redux", "What is help()?", "thanks to which option does it start?",
     "", " ", "hello " * 40, "what can you do with reducers"],
)  # fmt: skip
def test_questions_are_left_alone(text: str) -> None:
    assert small_talk(text) is None


def test_no_follow_up_leans_on_small_talk() -> None:
    said = [("user", "hello"), ("assistant", "Hello!"), ("user", "What is a slice?"), ("assistant", "A part. [1]"),
            ("user", "thanks!"), ("assistant", "You are welcome.")]  # fmt: skip
    question = Question("And how do I name it?", history=tuple(HistoryMessage(role, text) for role, text in said))  # type: ignore[arg-type]
    assert [message.text for message in without_small_talk(question).history] == ["What is a slice?", "A part. [1]"]
    greeted = replace(question, history=question.history[:2])
    assert without_small_talk(greeted).history == ()


def test_a_corpus_s_language_is_looked_at_first() -> None:
    reply = small_talk("super", "dutch")
    assert reply is not None
    assert reply.language is LANGUAGES["dutch"]


def test_examples_are_headings_that_ask_and_then_others() -> None:
    reply = small_talk("hello")
    assert reply is not None
    asked = reply.suggestions([build_passage("x", heading="Install"), build_passage("y", heading="Why caches?")])
    assert asked == ["Why caches?", "What does the documentation say about “Install”?"]
    assert "- Why caches?" in reply.with_examples(asked)
    assert reply.with_examples([]) == reply.text
