"""How quotes are written: with the heading that names a value, the marks of a list, code that can be copied."""

import asyncio

import pytest

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


SIGNED = """### `kestrel.hover(seconds=10, *, height=30)`

Stays in the air at one place.

The bird needs wind for that.

Parameters:

- seconds (int | None) – For how long it stays there, at most 60.
- height (int) – How far above the ground in metres.
- prey (Sequence[str] | None) – What it looks for on the ground.
"""


@pytest.mark.parametrize("question", ["What does hover do?", "what is kestrel.hover", "does the bird need wind?"])
def test_what_is_quoted_below_a_signature_stands_with_it(question: str) -> None:
    text = answer(question, SIGNED, heading="kestrel.hover")
    assert "`kestrel.hover(seconds=10, *, height=30)` [1]\n\n" in text


def test_of_a_signature_s_parameters_the_one_asked_for_is_quoted() -> None:
    text = answer("what is the height parameter of kestrel.hover?", SIGNED, heading="kestrel.hover")
    assert "`kestrel.hover(seconds=10, *, height=30)` [1]" in text
    assert "- height (int) – How far above the ground in metres. [1]" in text
    assert "For how long" not in text
    assert "prey" not in text


BELOW = """### `kestrel.dive(depth=3, speed=90)`

Dives for prey.

Parameters:

- depth (int) –

  How far below the water in metres.
- speed (int | None) –

  How fast it dives, in kilometres an hour.
- prey (str) –

  What it dives for.
"""


def test_a_parameter_whose_text_stands_below_its_name_is_quoted_with_both_and_alone() -> None:
    text = answer("what is the default speed of kestrel.dive?", BELOW, heading="kestrel.dive")
    assert "`kestrel.dive(depth=3, speed=90)` [1]" in text
    assert "- speed (int | None) – [1] How fast it dives, in kilometres an hour. [1]" in text
    assert "below the water" not in text


NOTED = """### `kestrel.glide(seconds)`

Glides for that long.

Added in version 2.0.

Deprecated since version 3.1: Will be removed in 4.0. Use `kestrel.hover` instead.
"""


def test_that_a_thing_is_deprecated_is_said_and_since_when_it_exists_is_not() -> None:
    text = answer("What does kestrel.glide do?", NOTED, heading="kestrel.glide")
    assert "Glides for that long. [1]" in text
    assert "Deprecated since version 3.1: Will be removed in 4.0. [1] Use `kestrel.hover` instead. [1]" in text
    assert "Added in" not in text


PARAMETERS = (
    """### `kestrel.glide(seconds=10)`

Glides for that long, without a stroke of the wings.

Kestrels do it where the wind is weak. They come down a little. Others need no wind for it.

"""
    + "\n\n".join(f"Bird {n} of the flock goes up again in rings. Its turn {n} is a wide one." for n in range(12))
    + """

- seconds (int) – How long.
- height (int) – From where. Deprecated since version 3.1: Say `start`.
"""
)


def test_a_parameter_s_deprecation_is_not_the_function_s() -> None:
    assert "Deprecated" not in answer("Where is the wind weak?", PARAMETERS, heading="kestrel.glide")


def test_what_only_a_note_on_versions_says_is_quoted() -> None:
    text = "### `show_default`\n\nIf the default is shown.\n\nChanged in version 8.1: It can be a string to show.\n"
    assert "It can be a string" in answer("Can show_default be a string?", text, heading="show_default")
    assert "It can be a string" not in answer("What does show_default show?", text, heading="show_default")


def test_since_when_a_thing_exists_is_said_where_it_is_asked_for() -> None:
    assert "Added in version 2.0. [1]" in answer("When was kestrel.glide added?", NOTED, heading="kestrel.glide")


def test_a_name_alone_is_no_signature() -> None:
    text = answer(
        "What is a nest?", "## `nest`\n\nA nest is a place in which birds raise their young.\n", heading="nest"
    )
    assert "`nest` [1]" not in text


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
