"""Other words for what a question asks."""

import pytest

from pipelines.text.synonyms import other_words
from pipelines.text.words import Words

WORDS = Words()


def stem(word: str) -> int:
    (found,) = WORDS.stems(word)
    return found


@pytest.mark.parametrize(
    ("question", "other", "asked"),
    [
        ("how do I turn off the log?", "disable", "turn"),
        ("can I switch that off", "disable", "switch"),
        ("What are its weaknesses?", "limitation", "weakness"),
        ("upload more than one file", "multiple", "one"),
        ("who created it?", "author", "create"),
    ],
)
def test_pages_say_it_in_another_word(question: str, other: str, asked: str) -> None:
    assert other_words(question)[stem(other)] == stem(asked)


def test_words_of_the_question_itself_are_no_other_words() -> None:
    found = other_words("disable or turn off?")
    assert stem("disable") not in found


def test_most_questions_have_none() -> None:
    assert not other_words("What is a reducer?")


def test_a_language_without_a_list_has_none() -> None:
    assert not other_words("Wie schalte ich das ab?", "german")
