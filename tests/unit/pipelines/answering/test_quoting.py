"""How quotes are written: with the heading that names a value, the marks of a list, code that can be copied."""

import asyncio

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.events import TextDelta
from pipelines.types import Passage, Question
from tests.support.passages import build_passage


def answer(question: str, text: str, *, heading: str = "") -> str:
    async def written() -> str:
        passages: list[Passage] = [build_passage(text, heading=heading)]
        parts = [part async for part in ExtractiveAnswerer().stream(Question(question), passages)]
        return "".join(part.text for part in parts if isinstance(part, TextDelta))

    return asyncio.run(written())


def test_a_value_is_said_with_the_heading_that_names_it() -> None:
    text = answer(
        "fetch-retries default?", "#### `fetch-retries`\n\n* Default: 2\n* Type: Number\n", heading="fetch-retries"
    )
    assert "`fetch-retries` [1]\n\n- Default: 2 [1]" in text


def test_a_sentence_below_a_heading_stands_without_it() -> None:
    text = answer("What is a nest?", "## Nest\n\nA nest is a place in which birds raise their young.\n", heading="Nest")
    assert "Nest [1]" not in text
    assert "A nest is a place" in text


def test_numbers_of_a_list_are_kept() -> None:
    text = answer(
        "How do I hatch an egg?",
        "To hatch an egg, do this:\n\n1. Keep the egg warm in the nest.\n"
        "2. Turn the egg each day.\n3. Wait three weeks.\n",
    )
    assert "1. Keep the egg warm" in text
    assert "3. Wait three weeks" in text


def test_sentences_of_one_item_stay_in_it() -> None:
    text = answer(
        "What is the storage directory?",
        "* **storage:** is the directory where eggs are kept.\n    By default, it is the nest.\n"
        "* **other:** is no matter.\n",
    )
    assert "- **storage:** is the directory where eggs are kept. [1] By default, it is the nest. [1]" in text
    assert "- By default" not in text


def test_code_of_a_list_item_can_be_copied() -> None:
    text = answer(
        "How do I set the format of eggs?",
        "* Set the format of eggs in the file:\n\n    ```python\n    def eggs():\n        return 1\n    ```\n",
    )
    assert "```python\ndef eggs():\n    return 1\n```" in text


def test_code_of_a_note_can_be_copied() -> None:
    text = answer(
        "How do I set the format of eggs?",
        "> **Note**\n> Set the format of eggs in the file:\n>\n> ```python\n> def eggs():\n>     return 1\n> ```\n>\n"
        "> That is all of it.\n",
    )
    assert "```python\ndef eggs():\n    return 1\n```" in text
    assert "def eggs(): [1]" not in text
