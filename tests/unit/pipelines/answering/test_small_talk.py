"""Small talk is recognised by whole messages, in every language, and questions are left alone."""

import pytest

from pipelines.answering.small_talk import small_talk
from pipelines.languages.known import LANGUAGES
from tests.support.passages import build_passage


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi there", "english"), ("Good morning :)", "english"), ("thanks a lot, that helped!", "english"),
        ("ok cool, thank you", "english"), ("who are you?", "english"), ("What can you do for me?", "english"),
        ("help", "english"), ("Danke!", "german"), ("Guten Morgen", "german"), ("merci beaucoup", "french"),
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
