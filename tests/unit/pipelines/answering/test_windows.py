"""What is quoted beside the unit that answers."""

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.types import Question
from tests.support.passages import build_passage

REMOVING = """If you need to remove the server, follow these steps:

1. Clean up stored data:

```console
$ server cache clean
```

2. Remove the binaries:

```console
$ rm ~/.local/bin/server
```
"""
SETTING = """Decides the address at which the server listens. Must be of the form `IP:PORT`.

**default**: `'127.0.0.1:7000'`
"""
FAILING = """```
NoServerError: no server is running
```

**Cause**: The server was stopped.

**Solution**:
```bash
server start
```
"""
COUNTING = """We can ask for the number of barns.

```python
def num_barns():
    return kestrel.barn.count()
```
"""
RETRYING = """You can retry tests with an option:

```
check --retries 2
```

A delay stands between them:

```
check --delay 1
```
"""


def quoted(question: str, text: str, *, heading: str = "") -> str:
    passages = [build_passage(text, heading=heading)]
    return "\n".join(quote.unit.text for quote in ExtractiveAnswerer().quotes(Question(question), passages))


def test_all_steps_are_quoted_with_their_code() -> None:
    text = quoted("How can I remove the server?", REMOVING, heading="Removing")
    assert "$ server cache clean" in text
    assert "$ rm ~/.local/bin/server" in text
    assert text.startswith("If you need to remove the server")


def test_a_label_is_quoted_with_what_it_announces() -> None:
    assert "server start" in quoted("I get NoServerError: no server is running, how can I fix that?", FAILING)


def test_the_default_is_quoted_with_its_option() -> None:
    assert "127.0.0.1:7000" in quoted("On which address does the server listen by default?", SETTING)


def test_code_after_any_sentence_is_quoted_where_it_is_asked_how() -> None:
    assert "kestrel.barn.count()" in quoted("How do I get the number of barns?", COUNTING)


def test_a_definition_says_enough_by_itself() -> None:
    text = "A roost is a shelf of nests that have one owner, and it has a door.\n\nA roost can be slow on old machines."
    assert "slow" not in quoted("What is a roost?", text, heading="Roosts")


def test_a_question_of_the_page_is_no_answer() -> None:
    text = "**Question 1**: What is the difference between services and topics?\n\nServices answer, topics only send."
    assert not quoted("What is the difference of services?", text).startswith("**Question")


def test_a_list_item_is_quoted_whole() -> None:
    text = "- `max_age` - Sets a maximum time in seconds. Defaults to `600`.\n- `other` - Sets another time.\n"
    assert "Defaults to `600`." in quoted("default of max_age?", text)


def test_a_short_passage_is_quoted_whole_where_it_is_open_which_part_answers() -> None:
    shown = quoted("can it try the failing ones again?", RETRYING)
    assert all(part in shown for part in ("You can retry", "--retries 2", "A delay", "--delay 1"))


def test_two_files_of_one_example_are_quoted_together() -> None:
    text = quoted(
        "how do I register a format",
        "`register()` adds a format, such as this one.\n\n```python\nclass Format: ...\n```\n"
        "```python\nregister(Format)\n```\n\nIt is then known.\n",
    )
    assert "class Format" in text
    assert "register(Format)" in text


def test_a_label_brings_its_code() -> None:
    text = quoted(
        "check an upper bound, code",
        "A bound is checked with a comparison. An upper bound is the highest value.\n\nExample:\n\noriginal code\n\n"
        "```python\nassert value <= bound()\n```\n\nfixed code\n\n```python\nassert value <= bound(3)\n```\n",
    )
    assert "assert value <= bound()" in text


def test_a_list_comes_with_its_label() -> None:
    text = quoted(
        "when does the prepare script run",
        "Others run when somebody calls them, at whatever time that may be.\n\n" * 20 + "**prepare** (since 4.0.0)\n\n"
        "* The prepare script runs before the package is packed.\n* Runs on a local install.\n"
        "* Runs after `prepack`, in the background.\n\n" + "**prepublish**\n\n* Does not run.\n",
    )
    assert "**prepare** (since 4.0.0)" in text
    assert "Runs after `prepack`" in text


def test_a_definition_takes_what_stands_beside_it_only_until_it_says_enough() -> None:
    defining = (
        "Hovers above a place.\n\nIt is called with the number of seconds that the bird has to stay there, in the wind."
        "\n\nCan be called several times.\n\nParameters:\n\n- seconds (int) – How long it stays.\n"
        "- height (int) – How far up.\n"
    )
    text = quoted("What does kestrel.hover do?", defining, heading="kestrel.hover")
    assert text.startswith("Hovers above a place.\nIt is called with")
    assert "Parameters" not in text
    assert "several times" not in text


def test_a_caption_parts_no_text_from_the_text_before_it() -> None:
    said = (
        "Although the heal tool works like the clone tool, the result is quite different.\n\n"
        "Figure 14.99. Comparing both\n\nHealing transfers the colours much less, especially at borders."
    )
    more = "\n\n".join(
        f"Brush {n} of a tool has a size, a shape and a spacing of its own, and keeps it." for n in range(9)
    )
    passages = [build_passage(said, heading="Healing is not cloning"), build_passage(more, title="Brushes")]
    quotes = ExtractiveAnswerer().quotes(Question("difference between clone and heal tool"), passages)
    assert any("much less" in quote.unit.text for quote in quotes)


def test_a_paragraph_that_ends_with_a_question_brings_its_answer() -> None:
    said = (
        "I would like to send a web form with POST. Is there code that would let me do this easily?\n\n"
        "Yes. Here is an example:\n\n```python\nsend(form)\n```"
    )
    passages = [build_passage(said, heading="Sending forms"), build_passage("Forms have fields.", title="Forms")]
    quotes = ExtractiveAnswerer().quotes(Question("submit a web form with POST"), passages)
    assert any("send(form)" in quote.unit.text for quote in quotes)


def test_what_a_thing_is_for_is_told_with_what_it_is() -> None:
    said = (
        "The sticky bit is a permission that is only useful in directories. It is used where everybody may write, and "
        "keeps all but the owner of a file from deleting it."
    )
    passages = [build_passage(said, heading="Permissions"), build_passage("Files have owners.", title="Owners")]
    quotes = ExtractiveAnswerer().quotes(Question("whats the sticky bit for"), passages)
    assert any("from deleting" in quote.unit.text for quote in quotes)


LOADING = """While a page is loading you can show a spinner with a file beside it, whatever the page itself waits for.

```tsx filename="app/loading.tsx" switcher
export default function Loading(): JSX.Element { return <Spinner kind="of this file, which is long enough" /> }
```

```jsx filename="app/loading.js" switcher
export default function Loading() { return <Spinner kind="of this file, which is long enough" /> }
```

```js filename="app/other.js"
export const other = "is another file, which belongs to the page that is loading beside the one of the spinner"
```

Behind it stands more about pages: each of them has a layout, and the layout is kept when the page changes. It is not
shown anew, and what it holds stays as it was: the state of its components, what is typed into its fields, and where it
was scrolled to. Only what is below it changes with the address, which is why a layout cannot know the address of it.
"""


def test_of_a_file_in_two_languages_one_is_quoted() -> None:
    text = quoted("how do I show a spinner while a page is loading?", LOADING, heading="Loading states")
    assert "loading.tsx" in text
    assert "loading.js" not in text
    assert "other.js" in text


def test_a_list_of_several_ways_is_quoted_with_the_sentence_that_counts_them() -> None:
    text = """A file is removed once nothing holds it. There are two ways how to remove files from a store.

1. Use `osprey delete` to remove what contains them.
2. Run `osprey recreate` with another pattern.
"""
    passage = build_passage(text, title="FAQ", heading="How do I remove files from an existing store?")
    quotes = ExtractiveAnswerer().quotes(Question("which way can I remove a file from the store"), [passage])
    assert "osprey recreate" in "\n".join(quote.unit.text for quote in quotes)


def test_the_code_that_an_item_announces_is_quoted_with_its_list() -> None:
    text = """- Description:
  You want all visits to be sent to the safe address. It is one of the most common wishes of those who run a server.
- Solution:

  The preferred way is a line of its own in the settings of the server:

  ```config
  Redirect permanent "/" "https://osprey.example/"
  ```
- Discussion:

  Without the settings there is another way, which needs more of the server and is slower. What it costs depends on the
  number of visits, on what stands in front of the server and on how often the settings are read. Most of those who try
  it go back to the first way after a while, since the other one is hard to read, hard to test and hard to change later.
"""
    passage = build_passage(text, title="Recipes", heading="Forcing the safe address")
    quotes = ExtractiveAnswerer().quotes(Question("all visits to the safe address"), [passage])
    assert "Redirect permanent" in "\n".join(quote.unit.text for quote in quotes)
