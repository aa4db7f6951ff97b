"""Units of a passage: exact slices, whole blocks, nothing that reads like wreckage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.quotable import flaw_of, leads_nowhere, leans, quotable_units

PAGE = """## Install

The server needs Python 3.11. It runs on Linux and macOS.

Run these commands:

```bash
pip install server
server start
```

- First item of a list.
- Second item. It has two sentences.

| Option | Default |
|---|---|
| `port` | 8000 |

:::note Beware
Old releases are not supported.
:::
"""


def texts(markdown: str, kind: str | None = None) -> list[str]:
    return [unit.text for unit in quotable_units(markdown, "english") if kind in (None, unit.kind)]


def test_units_are_exact_slices_in_order() -> None:
    units = quotable_units(PAGE, "english")
    assert [PAGE[unit.start : unit.end] for unit in units] == [unit.text for unit in units]
    assert [unit.start for unit in units] == sorted(unit.start for unit in units)


def test_sentences_items_code_and_table_are_found_and_decoration_is_not() -> None:
    assert texts(PAGE, "paragraph") == [
        "The server needs Python 3.11.",
        "It runs on Linux and macOS.",
        "Run these commands:",
        "Old releases are not supported.",
    ]
    assert texts(PAGE, "list") == ["First item of a list.", "Second item.", "It has two sentences."]
    assert texts(PAGE, "code") == ["```bash\npip install server\nserver start\n```"]
    assert texts(PAGE, "table") == ["| Option | Default |\n|---|---|", "| `port` | 8000 |"]


def test_items_of_one_list_share_a_block_and_differ_by_number() -> None:
    items = [unit for unit in quotable_units(PAGE, "english") if unit.kind == "list"]
    assert len({unit.block for unit in items}) == 1
    assert [unit.item for unit in items] == [0, 1, 1]


def test_loose_list_is_one_block() -> None:
    units = quotable_units("- One item here.\n\n- Another item here.\n", "english")
    assert [(unit.block, unit.item) for unit in units] == [(0, 0), (0, 1)]


def test_half_a_code_block_is_never_quoted() -> None:
    assert texts("Look at this.\n\n```python\nx = 1\n") == ["Look at this."]
    assert texts("x = 1\ny = 2\n```\n\nThat was code.\n") == ["That was code."]


def test_code_inside_a_longer_fence_stays_inside() -> None:
    source = "````md\n```js\nlet a\n```\n````\n\nText after it.\n"
    assert texts(source) == ["````md\n```js\nlet a\n```\n````", "Text after it."]


def test_block_quote_is_quoted_without_its_mark() -> None:
    assert texts("> Always back up first.\n") == ["Always back up first."]


def test_emphasis_that_a_sentence_tears_apart_is_left_out() -> None:
    assert texts("**Do this first. Then do that.**\n") == ["Do this first.", "Then do that."]


def test_sentence_with_a_link_ends_before_the_clause_that_holds_it() -> None:
    assert texts("The cache is kept for ten minutes by default, see [the options](options.md).\n") == [
        "The cache is kept for ten minutes by default"
    ]


def test_link_at_the_start_leaves_the_sentence_whole_and_flawed() -> None:
    (unit,) = quotable_units("[Starlette](https://x.example) is what it is built on.\n", "english")
    assert unit.flaw == 0.6


@pytest.mark.parametrize(
    ("piece", "flaw"),
    [
        ("The reducer returns the next state.", 0.0),
        ("const a = mapState(state); // again", 1.0),
        ("Yes indeed.", 1.0),
        ("Is that what you want to do here?", 0.9),
        ("**Default:** `fast`", 0.05),
        ("In this section, we'll look at reducers.", 0.15),
        ("In ROS 2 Terms", 0.5),
        ("**Weeks 11-13** | Integration and Final Project", 0.6),
    ],
)
def test_flaws(piece: str, flaw: float) -> None:
    assert flaw_of(piece) == pytest.approx(flaw)


def test_a_list_item_needs_no_full_stop() -> None:
    (item, label) = quotable_units("- typed data structures for messages\n\nHow data flows here\n", "english")
    assert (item.kind, item.flaw) == ("list", 0.1)
    assert (label.kind, label.flaw) == ("paragraph", 0.5)


def test_fragment_that_opens_a_passage_is_worse_than_one_inside() -> None:
    assert flaw_of("of the old release is kept.", opens_passage=True) > flaw_of("of the old release is kept.")


def test_inline_code_is_no_code() -> None:
    assert flaw_of("Call `store.dispatch({ type: 'a' })` to send it.") == 0.0


def test_leaning_sentences() -> None:
    assert leans("It runs on Linux.")
    assert leans("However, that is rare.")
    assert not leans("Italy is a country.")


@given(st.text(alphabet="ab .!?\n`*#-|>[]()~:1", max_size=200))
def test_any_markdown_gives_exact_slices(markdown: str) -> None:
    for unit in quotable_units(markdown, "english"):
        assert markdown[unit.start : unit.end] == unit.text
        assert unit.text.strip() == unit.text != ""


@pytest.mark.parametrize(
    "sentence",
    [
        "We'll talk about middleware later.",
        "This is explained later in this chapter.",
        "See the page about retries.",
        "For more details, check the upstream documentation.",
        "Welcome to the tutorial!",
        "Below are screenshots that show how the two views differ.",
        "The following figure shows the two views.",
        "Below is a screenshot of the settings page.",
        "Here is a diagram showing how the parts fit together.",
        "The following screenshot was taken on Linux.",
    ],
)
def test_a_sentence_that_only_sends_elsewhere_leads_nowhere(sentence: str) -> None:
    assert leads_nowhere(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Read all feeds one after the other in the current process.",
        "You will get an error when the limit is reached.",
        "To see all jobs, run `osprey list`.",
        "The retry limit is 3.",
        "Below the limit, images are kept.",
        "The following image formats are supported: PNG, JPEG and WebP.",
        "The following images are available: alpine and slim.",
        "Here is the diagram syntax: `a --> b`.",
        "Below are figures for memory use: 20 MB idle, 90 MB at work.",
        "The following figure shows that the memory stays below 90 MB.",
    ],
)
def test_a_sentence_that_says_something_leads_somewhere(sentence: str) -> None:
    assert not leads_nowhere(sentence)


def test_the_source_of_a_diagram_is_no_quote() -> None:
    text = "The parts:\n\n```mermaid\ngraph TD\n  A --> B\n```\n\n```sh\nosprey run\n```\n"
    assert [unit.text for unit in quotable_units(text, "english")] == ["The parts:", "```sh\nosprey run\n```"]


@pytest.mark.parametrize(
    "text",
    [
        "a. first thing here\nb. second thing here",
        "iv. first thing here\nv. second thing here",
        "A) first thing here\nB) second thing here",
    ],
)
def test_lists_by_letters_and_roman_numbers_are_lists(text: str) -> None:
    assert [(unit.kind, unit.text) for unit in quotable_units(text, "english")] == [
        ("list", "first thing here"), ("list", "second thing here"),
    ]  # fmt: skip


def test_a_letter_inside_of_a_paragraph_is_no_item() -> None:
    assert [unit.kind for unit in quotable_units("It goes on with\na. b. as it says here.", "english")] == ["paragraph"]


def test_what_stands_below_the_head_of_an_item_belongs_to_it() -> None:
    text = """- init (bool) –

  If true, it is made.

  A note on that.
- order (Callable | list[Callable] | None | Literal[...]) –

  If left None, there is none.
- atomic (bool)
- Says all of it.

  And more.
"""
    units = quotable_units(text, "english")
    items = [(unit.kind, unit.block, unit.item, unit.text) for unit in units]
    assert items[:2] == [("list", 0, 0, "init (bool) –"), ("list", 0, 0, "If true, it is made.")]
    assert ("paragraph", "A note on that.") in [(unit.kind, unit.text) for unit in units]
    (head, said) = [unit for unit in units if "order" in unit.text or "left None" in unit.text]
    assert (head.block, head.item) == (said.block, said.item)
    assert head.flaw < 0.5
    assert next(unit.flaw for unit in units if unit.text == "atomic (bool)") == 1.0
    assert ("paragraph", "And more.") in [(unit.kind, unit.text) for unit in units]


@pytest.mark.parametrize(
    "line", ["{!../docs_src/first.py!}", '--8<-- "first.py"', "{{#include first.rs:3}}", "<<< @/first.js{2}"]
)
def test_code_that_only_says_which_file_should_stand_there_is_left_out(line: str) -> None:
    assert [unit.text for unit in quotable_units(f"So it goes:\n\n```py\n{line}\n```\n\nDone.", "english")] == [
        "So it goes:",
        "Done.",
    ]
    assert len(quotable_units(f"```py\n{line}\nrun()\n```", "english")) == 1


@pytest.mark.parametrize(
    "block",
    [
        '```yaml\n{{ include "mychart.labels" . }}\n```',
        "```smarty\n{* this is a comment *}\n```",
        "```\n{* this is a comment *}\n```",
        "```markdown\n--8<-- 'first.md'\n```",
    ],
)
def test_code_of_templates_is_what_its_page_is_about(block: str) -> None:
    assert [unit.kind for unit in quotable_units(f"So it goes:\n\n{block}", "english")] == ["paragraph", "code"]
