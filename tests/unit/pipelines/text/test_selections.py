"""Where a text that was selected in a browser stands in the text of its page."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.selections import find_selection

PAGE = """# Set up

Run `npm install` in the **project's** folder, as the [guide](https://example.org/a_(b) "Guide") says.[^1]

## Options

- The option `--port` is *8080*.
- The option `--host` is *0.0.0.0*.

Run `npm install` again.
"""


@pytest.mark.parametrize(
    ("selected", "found"),
    [
        ("Run npm install in the project's folder", "Run `npm install` in the **project's** folder"),
        ("the guide says.", 'the [guide](https://example.org/a_(b) "Guide") says.'),
        ("The option --port is 8080.\nThe option --host", "The option `--port` is *8080*.\n- The option `--host`"),
        ("  `--port` is *8080* \n", "`--port` is *8080*"),
        ("RUN NPM INSTALL AGAIN", "Run `npm install` again"),
    ],
)
def test_a_selection_is_found_by_its_words(selected: str, found: str) -> None:
    span = find_selection(PAGE, selected)
    assert span is not None
    assert PAGE[slice(*span)] == found


def test_marks_that_never_end_take_linear_time() -> None:
    took = []
    for size in (20_000, 80_000):
        began = time.process_time()
        assert find_selection("[^" * size, "not there") is None
        took.append(time.process_time() - began)
    assert took[1] < 12 * max(took[0], 0.005)


@pytest.mark.parametrize("selected", ["", " \n", "...", "npm remove", "stall in the project's"])
def test_what_the_page_does_not_say_is_not_found(selected: str) -> None:
    assert find_selection(PAGE, selected) is None


def test_the_place_behind_the_reader_is_found_first_and_the_one_before_where_there_is_no_other() -> None:
    below = PAGE.index("## Options")
    for selected in ("Run `npm install`", "Run npm install"):
        span = find_selection(PAGE, selected, below)
        assert span is not None
        assert span[0] == PAGE.rindex("Run")
    assert find_selection(PAGE, "the guide says", below) is not None


WORDS = st.lists(st.sampled_from(["ab", "b", "cd", "ab_c", "é", "9"]), min_size=1, max_size=12)


@given(WORDS, st.lists(st.sampled_from([" ", "\n", "** ", " `", ", ", " *"]), min_size=12, max_size=12), st.data())
def test_any_stretch_of_words_is_found_and_says_the_same_words(
    words: list[str], between: list[str], data: st.DataObject
) -> None:
    page = "".join(word + gap for word, gap in zip(words, between, strict=False))
    low = data.draw(st.integers(0, len(words) - 1))
    high = data.draw(st.integers(low + 1, len(words)))
    span = find_selection(page, "  ".join(words[low:high]))
    assert span is not None
    assert re.findall(r"\w+", page[slice(*span)]) == words[low:high]
