"""Of things that are alike, the one that a question names is quoted: a section, an option, a tab."""

import time
from dataclasses import replace

import pytest

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.types import HistoryMessage, Passage, Question
from tests.support.linear_time import measure_growth
from tests.support.passages import build_passage

OPTIONS = """- **port:** is where the server listens for what its clients send to it.
- **host:** is the address of the server, by default `0.0.0.0`.
- **workers:** says how many processes serve, by default `4`.
"""
TABS = """Install the tool with the package manager that you use:

npm

```sh
npm install kestrel
```

yarn

```sh
yarn add kestrel
```

pnpm

```sh
pnpm add kestrel
```
"""


def section(heading: str, text: str, *, number: int) -> Passage:
    found = build_passage(f"#### {heading}\n\n{text}", title="Config")
    return replace(
        found, uri="config.md", heading_path=("Settings", heading), start=number * 1_000, score=1 - number / 100
    )


def quoted(question: str, *passages: Passage, before: str = "") -> str:
    history = (HistoryMessage("user", before),) if before else ()
    quotes = ExtractiveAnswerer().quotes(Question(question, history), passages)
    return "\n".join(quote.unit.text for quote in quotes)


def test_of_settings_with_like_names_the_one_asked_for_is_quoted() -> None:
    factor = section("`fetch-retry-factor`", "* Default: 10\n* Type: Number", number=0)
    retries = section("`fetch-retries`", "* Default: 2\n* Type: Number", number=1)
    text = quoted("fetch-retries default?", factor, retries)
    assert "Default: 2" in text
    assert "Default: 10" not in text


def test_of_sections_that_share_a_word_the_one_asked_for_is_quoted() -> None:
    start = section("kestrel start", "* `prestart`\n* `start`\n* `poststart`", number=0)
    publish = section("kestrel publish", "* `prepack`\n* `publish`\n* `postpublish`", number=1)
    text = quoted("order of the scripts on kestrel publish", start, publish)
    assert "postpublish" in text
    assert "prestart" not in text


def test_things_that_are_compared_are_both_quoted() -> None:
    start = section("kestrel start", "`kestrel start` is a command that runs the script of that name.", number=0)
    publish = section("kestrel publish", "`kestrel publish` is a command that sends the package away.", number=1)
    text = quoted("difference between kestrel start and kestrel publish", start, publish)
    assert "runs the script" in text
    assert "sends the package" in text


@pytest.mark.parametrize(
    ("question", "value"), [("what is the default of workers?", "`4`"), ("host default", "`0.0.0.0`")]
)
def test_of_options_in_one_list_the_one_asked_for_is_quoted(question: str, value: str) -> None:
    text = quoted(question, build_passage(OPTIONS, title="Options"))
    assert value in text
    assert len(text.splitlines()) == 1


def test_all_options_are_quoted_where_a_list_is_asked_for() -> None:
    text = quoted("which options are there?", build_passage(OPTIONS, title="Options"))
    assert all(name in text for name in ("port", "host", "workers"))


@pytest.mark.parametrize(("question", "wanted"), [("and with yarn?", "yarn add"), ("what about pnpm?", "pnpm add")])
def test_a_follow_up_gets_the_tab_that_it_names(question: str, wanted: str) -> None:
    text = quoted(question, build_passage(TABS, title="Install"), before="How do I install kestrel with npm?")
    assert wanted in text
    assert "npm install" not in text


def test_a_question_gets_the_tab_that_it_names() -> None:
    text = quoted("how do I install kestrel with yarn", build_passage(TABS, title="Install"))
    assert "yarn add" in text


def entry(name: str, text: str, *, number: int) -> Passage:
    found = build_passage(f"#### `{name}(seconds=10)`\n\n{text}", title="API")
    return replace(found, uri=f"{number}.md", heading_path=(name,), score=0.9 + number / 100)


@pytest.mark.parametrize(
    "question", ["what does hover_low do?", "default of hover_low", "What does bird.hover_low do?"]
)
def test_the_entry_of_the_function_that_is_named_is_quoted_and_not_that_of_another(question: str) -> None:
    named = entry("kestrel.Bird.hover_low", "Stays in the air near the ground.", number=0)
    other = entry("kestrel.Bird.try_hover_low", "Calls hover_low, the default, where there is wind.", number=1)
    guide = replace(build_passage("Call hover_low by default to look for prey.", title="Use"), score=0.95)
    text = quoted(question, other, guide, named)
    assert "Stays in the air" in text
    assert "where there is wind" not in text


@pytest.mark.parametrize(
    "fields",
    [
        "Parameters:\n\n- height (int) – how many metres above the ground.\n- prey – what a bird looks for.\n",
        "Parameters: height (int) – how many metres above the ground.",
    ],
)
def test_of_a_function_the_parameter_that_is_named_is_quoted_wherever_it_stands_in_the_entry(fields: str) -> None:
    text = "Stays in the air. A bird may take any height or none, and its height may change. Height costs strength."
    opening = entry("hover", text, number=0)
    rest = replace(build_passage(fields), heading_path=("hover(height, prey)",), score=0.5)
    other = replace(build_passage("- height – that of a nest."), heading_path=("nest(height)",), score=0.9)
    answer = quoted("Which values can height of bird.hover take?", opening, other, rest)
    assert "strength" not in answer.partition("how many metres")[0], "it comes first"
    assert "that of a nest" not in answer


@pytest.mark.parametrize(
    "question",
    ["Which example raises an error of type Tired when bird.hover is called?", "Does bird.hover return in time?"],
)
def test_a_word_that_a_parameter_is_called_by_too_names_no_parameter(question: str) -> None:
    text = "An error of type Tired is raised, for example in a storm: bird.hover returns in time else."
    opening = entry("hover", text, number=0)
    fields = "Parameters:\n\n- error – none.\n- type – a word.\n- time (int) – hours to stay up."
    rest = replace(build_passage(fields), heading_path=("hover(error, type)",), score=0.5)
    assert "storm" in quoted(question, opening, rest).partition("hours")[0].partition("none")[0]


def test_a_release_has_no_parameters() -> None:
    changes = build_passage("Hovering birds changed: they land.\n\n- Changed: the colour of the logo.")
    changes = replace(changes, heading_path=("8.1",))
    assert quoted("What changed in 8.1 for hovering birds?", changes).startswith("Hovering birds")


def test_a_heading_without_end_is_read_in_linear_time() -> None:
    named = entry("kestrel.Bird.hover_low", "Stays in the air near the ground.", number=0)

    def seconds(length: int) -> float:
        other = replace(build_passage("Others stay on the ground."), heading_path=("a-" * length + " b",))
        began = time.process_time()
        quoted("what does hover_low do?", named, other)
        return time.process_time() - began

    took, most = measure_growth(seconds, 20_000)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


def test_how_a_function_is_used_may_stand_in_a_guide() -> None:
    named = entry("kestrel.Bird.hover_low", "Stays in the air near the ground.", number=0)
    guide = build_passage(
        "To look for prey with hover_low:\n\n```python\nbird.hover_low(60)\n```", title="Use", score=1.0
    )
    assert "bird.hover_low(60)" in quoted("how do I look for prey with hover_low?", guide, named)


def test_a_section_that_the_question_before_named_pushes_nothing_aside() -> None:
    on = section("Switch fake clocks on", "We switch fake clocks on by calling `kestrel.useFakeClocks()`.", number=0)
    off = section("kestrel.useRealClocks()", "Brings back the original clocks of the system.", number=1)
    told = "We switch fake clocks on by calling `kestrel.useFakeClocks()`."
    asked = (HistoryMessage("user", "How do I switch fake clocks on?"), HistoryMessage("assistant", told))
    quotes = ExtractiveAnswerer().quotes(Question("and how do I turn them off?", asked), (on, off))
    assert [quote.unit.text for quote in quotes] == ["Brings back the original clocks of the system."]
