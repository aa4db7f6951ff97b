"""Quotes: word for word, each with its marker, in an order and a form that reads."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answering.answerer import Answerer, Generated
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.events import TextDelta
from pipelines.grounding.claims import ClaimParser, DraftClaim
from pipelines.types import HistoryMessage, PageContext, Passage, Question, Usage
from tests.support.passages import build_passage

OPENING = "**Quoted from the documentation:**"
INSTALL = """Install the server with the package manager:

```bash
pip install server
```

The server needs Python 3.11. It runs on Linux and macOS.
"""
STEPS = """To publish the book, do this:

1. Build the pages with the generator.
2. Copy the pages to the host.
3. Ask a friend to read them.
"""


async def answer(question: str | Question, *passages: Passage, language: str = "english") -> str:
    asked = Question(question) if isinstance(question, str) else question
    parts = [part async for part in ExtractiveAnswerer(language=language).stream(asked, passages)]
    assert parts[-1] == Generated("extractive", Usage())
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


def claims_of(text: str, passages: Sequence[Passage]) -> list[DraftClaim]:
    parser = ClaimParser([str(number) for number in range(1, len(passages) + 1)])
    parsed = [*parser.feed(text), *parser.finish()]
    assert "".join(part.text for part in parsed if isinstance(part, TextDelta)) == text
    return [part for part in parsed if isinstance(part, DraftClaim)]


def test_it_is_an_answerer_that_only_quotes() -> None:
    answerer: Answerer = ExtractiveAnswerer()
    assert answerer.quotes_only


async def test_best_sentence_comes_first_with_the_marker_of_its_passage() -> None:
    text = await answer(
        "Which Python does the server need?",
        build_passage("Clients are written in any language.", title="Clients"),
        build_passage(INSTALL, title="Install"),
    )
    assert text == f"{OPENING}\n\nThe server needs Python 3.11. [1] It runs on Linux and macOS. [1]"


async def test_deltas_are_one_quote_each() -> None:
    passages = [build_passage(INSTALL)]
    parts = [part async for part in ExtractiveAnswerer().stream(Question("Where does the server run?"), passages)]
    deltas = [part.text for part in parts if isinstance(part, TextDelta)]
    assert deltas[0] == OPENING
    assert all(len(re.findall(r"\[\d+\]", delta)) == 1 for delta in deltas[1:])


async def test_sentence_that_leans_brings_the_one_before_it() -> None:
    text = await answer("Does it run on macOS?", build_passage(INSTALL))
    assert "The server needs Python 3.11. [1] It runs on Linux and macOS. [1]" in text


async def test_how_to_shows_the_code_with_the_sentence_that_announces_it() -> None:
    text = await answer("How do I install the server?", build_passage(INSTALL, heading="Install the server"))
    announced = "Install the server with the package manager: [1]\n\n```bash\npip install server\n```\n\n[1]"
    assert text.startswith(f"{OPENING}\n\n{announced}")


async def test_code_is_left_out_where_none_is_asked_for() -> None:
    assert "```" not in await answer("Which Python does the server need?", build_passage(INSTALL))


async def test_list_of_steps_is_quoted_whole_from_its_announcement() -> None:
    text = await answer("What are the steps to copy the pages to the host?", build_passage(STEPS))
    assert text == (
        f"{OPENING}\n\nTo publish the book, do this: [1]\n\n1. Build the pages with the generator. [1]\n"
        "2. Copy the pages to the host. [1]\n3. Ask a friend to read them. [1]"
    )


async def test_a_sentence_said_twice_is_quoted_once() -> None:
    said = "The quota of the free plan is monthly."
    text = await answer("What is the quota of the free plan?", build_passage(said), build_passage(said, title="FAQ"))
    assert text.count(said) == 1


async def test_a_row_is_quoted_with_the_names_of_its_columns() -> None:
    rows = "\n".join(f"| motor-{n:03} | {n * 7} W |" for n in range(60))
    text = await answer("What is the power of motor-042?", build_passage(f"| Motor | Power |\n|---|---|\n{rows}\n"))
    assert "| Motor | Power |\n|---|---|\n" in text
    assert "| motor-042 | 294 W |" in text
    assert text.count("\n| motor-") < 4


async def test_passage_of_code_alone_is_still_quoted() -> None:
    text = await answer("What does this do?", build_passage("```bash\nserver start\n```"))
    assert text == f"{OPENING}\n\n```bash\nserver start\n```\n\n[1]"


async def test_table_alone_is_quoted_whole() -> None:
    table = "| Option | Default |\n|---|---|\n| `port` | 8000 |"
    assert await answer("Which port?", build_passage(table)) == f"{OPENING}\n\n{table}\n\n[1]"


@pytest.mark.parametrize("passages", [(), (build_passage("## Only a heading\n"),)])
async def test_nothing_to_quote_says_so(passages: tuple[Passage, ...]) -> None:
    text = await answer("What is it?", *passages)
    assert text == "**Nothing in the documentation can be quoted in answer to this**"
    assert not any(claim.checkable for claim in claims_of(text, passages))


@pytest.mark.parametrize(
    "language", ["english", "german", "french", "spanish", "italian", "portuguese", "dutch", "russian"]
)
async def test_the_opening_claims_nothing_in_any_language(language: str) -> None:
    passages = [build_passage("Der Server läuft auf Port 8000. Er braucht Python.")]
    text = await answer("Port 8000", *passages, language=language)
    first, *others = claims_of(text, passages)
    assert not first.checkable
    assert others
    assert all(claim.checkable and claim.ids == ("1",) for claim in others)


async def test_each_claim_of_an_answer_stands_in_the_passage_that_it_cites() -> None:
    passages = [build_passage(INSTALL, heading="Install the server"), build_passage(STEPS, title="Steps")]
    for question in (
        "How do I install the server?",
        "What are the steps to publish the book?",
        "Does it run on Linux?",
    ):
        text = await answer(question, *passages)
        cited = [passages[index] for index in ExtractiveAnswerer().order(Question(question), passages)]
        for claim in claims_of(text, passages):
            assert not claim.checkable or [claim.text in cited[int(one) - 1].text for one in claim.ids] == [True]


async def test_follow_up_is_answered_with_the_turn_before_it() -> None:
    passages = [build_passage("Pods are free. Volumes cost ten euros a month. Mail is written by hand.")]
    history = (HistoryMessage("user", "Tell me about volumes"), HistoryMessage("assistant", "They keep data. [1]"))
    text = await answer(Question("What do they cost?", history), *passages)
    assert "Volumes cost ten euros a month. [1]" in text


async def test_selected_text_is_what_is_asked_about() -> None:
    passages = [build_passage("A matrix describes a map. A quaternion describes a rotation in space.")]
    page = PageContext("https://docs.example/guide", "quaternion describes a rotation")
    text = await answer(Question("Explain this", page=page), *passages)
    assert "A quaternion describes a rotation in space. [1]" in text


@given(st.lists(st.text(alphabet="abc .\n`*#-|>1", max_size=120), max_size=4), st.text(max_size=40))
async def test_every_quote_is_a_slice_of_its_passage(texts: list[str], question: str) -> None:
    passages = [build_passage(text, title=f"P{n}") for n, text in enumerate(texts)]
    for quote in ExtractiveAnswerer().quotes(Question(question), passages):
        held = passages[quote.passage].text
        assert held[quote.unit.start : quote.unit.end] == quote.unit.text


async def test_numbers_follow_the_order_of_first_citation() -> None:
    """A reader expects 1, 2, 3, whatever the ranks of the passages are."""
    passages = [
        build_passage("Birds are fed in winter.", title="Birds"),
        build_passage("The retry limit is 3.", title="Limits"),
        build_passage("A failed job runs again until the retry limit is reached.", title="Retries"),
    ]
    asked = "What is the retry limit of a failed job?"
    markers = [int(one) for one in re.findall(r"\[(\d+)\]", await answer(asked, *passages))]
    assert list(dict.fromkeys(markers)) == list(range(1, len(set(markers)) + 1))
    order = ExtractiveAnswerer().order(Question(asked), passages)
    assert sorted(order) == [0, 1, 2]
    assert 0 not in order[: len(set(markers))]


async def test_a_comparison_opens_with_the_sentence_that_compares() -> None:
    text = await answer(
        "What is the difference between Gulls and Terns?",
        build_passage("Gulls are really large. Gulls live at the coast and eat whatever is there.", title="Gulls"),
        build_passage("There is a key difference in how Gulls and Terns fish. Terns dive for it.", title="Fishing"),
    )
    assert text.split("\n\n")[1].startswith("There is a key difference")


async def test_each_of_three_things_is_told_though_a_sentence_compares_them() -> None:
    text = await answer(
        "What is the difference between gulls, terns and skuas?",
        build_passage("Unlike gulls and terns, skuas steal.", title="Stealing"),
        build_passage("Gulls eat whatever lies at the coast, day and night.", title="Gulls"),
        build_passage("Terns dive for small fish in shallow water.", title="Terns"),
    )
    assert "Unlike gulls" in text
    assert "whatever lies" in text
    assert "shallow water" in text


async def test_what_only_sends_the_reader_elsewhere_is_not_quoted() -> None:
    text = await answer(
        "How are jobs retried?",
        build_passage(
            "A failed job is retried with a growing delay. We'll talk about retried jobs later in this section. "
            "See the guide about retried jobs. There are two settings:",
            title="Retries",
        ),
    )
    assert text.endswith("A failed job is retried with a growing delay. [1]")


async def test_a_follow_up_may_ask_again_for_what_stood_in_the_answer_before() -> None:
    both = "```sh\n# with pip\npip install osprey\n# with conda\nconda install osprey\n```"
    passages = [
        build_passage(f"To install Osprey:\n\n{both}", title="Osprey"),
        build_passage("To install Gannet with conda:\n\n```sh\nconda install gannet\n```", title="Gannet"),
    ]
    history = (HistoryMessage("user", "How do I install Osprey?"), HistoryMessage("assistant", f"{both}\n\n[1]"))
    text = await answer(Question("and with conda?", history), *passages)
    assert "conda install osprey" in text


async def test_what_was_told_is_told_again_where_nothing_else_answers() -> None:
    order = "The outermost middleware runs first, the innermost last."
    text = f"You can add middleware to the app. {order} A middleware sees each request of the app."
    passages = [build_passage(text, title="Middleware", heading="Order")]
    passages.append(
        build_passage("Apps may have middleware for hosts. Others compress what the app says.", title="More")
    )
    history = (HistoryMessage("user", "how do I add middleware to my app"), HistoryMessage("assistant", f"{text} [1]"))
    assert order in await answer(Question("and which one of them runs first?", history), *passages)


FORCING = """You may force requests to be signed in:

```python
client.force_login(user)
```

To sign out for the requests that follow, say so:

```python
client.force_login(None)
```
"""


async def test_code_that_was_told_is_told_again_where_its_sentence_says_what_is_asked_anew() -> None:
    passages = [
        build_passage(FORCING, title="Testing", heading="force_login"),
        build_passage("The server signs requests out by themselves after a day.", title="Signing"),
    ]
    history = (
        HistoryMessage("user", "how can I fake a signed in user"),
        HistoryMessage("assistant", f"{FORCING}\n[1]"),
    )
    text = await answer(Question("and how do I undo that for the requests that follow", history), *passages)
    assert "client.force_login(None)" in text
    assert "To sign out" in text


async def test_why_asks_again_for_what_was_told_if_it_says_why() -> None:
    told = "Comparisons are always true. This is needed because the whole test has to run first."
    passages = [build_passage(told, title="Create"), build_passage("Comparisons compare two values.", title="Values")]
    history = (
        HistoryMessage("user", "are comparisons always true?"),
        HistoryMessage("assistant", told.replace(". ", ". [1] ") + " [1]"),
    )
    assert "because the whole test" in await answer(Question("why?", history), *passages)


async def test_a_definition_that_says_little_is_followed_by_what_the_thing_is_made_of() -> None:
    text = """Many packages have files that people want to run from the shell. Osprey makes this easy, and uses it too.

To use this, give a `bin` field in your package.json, which is a map of command name to file name.
"""
    page = build_passage(text, title="package.json", heading="bin")
    assert "map of command name" in await answer("what is the bin field", page)
    option = "Default: `none`\n\nThis option names a module, which must export a function."
    option += " It is called once before all of the workers start."
    beside = "Any variable that is defined through `dimHook` can only be read in `shutHook`."
    entry = build_passage(f"{option}\n\n{beside}", title="Options", heading="`dimHook` [string]")
    assert "can only be read" not in await answer("What is dimHook?", entry)


_OPTIONS = {"host": "the address.", "port": "the port that is used.", "workers": "how many workers there are."}


async def test_of_a_list_that_was_told_only_the_entry_that_is_asked_for_is_told_again() -> None:
    options = "".join(f"- `{name}`: {said}\n" for name, said in _OPTIONS.items())
    passages = [
        build_passage(f"The server has options.\n\n{options}", title="Options", heading="Options"),
        build_passage("In a container the server must listen on the address 0.0.0.0.", title="Container"),
    ]
    history = (HistoryMessage("user", "which options are there?"), HistoryMessage("assistant", options))
    text = await answer(Question("how do I change the address in a container?", history), *passages)
    assert "0.0.0.0" in text
    assert "how many workers" not in text
