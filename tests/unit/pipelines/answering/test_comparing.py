"""What is quoted where things are compared."""

import pytest

from pipelines.answering.compared_sides import compared_sides
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.types import Passage, Question
from tests.support.passages import build_passage

STUBS = [
    build_passage("Clears all information about calls.", title="Stubs", heading="stub.clear()"),
    build_passage("Does what stub.clear() does, and removes the body.", title="Stubs2", heading="stub.reset()"),
    build_passage("Does what stub.reset() does, and brings back the first.", title="Stubs3", heading="stub.restore()"),
]


def quoted(question: str, *passages: Passage) -> str:
    return "\n".join(quote.unit.text for quote in ExtractiveAnswerer().quotes(Question(question), passages))


def test_each_side_of_a_comparison_is_quoted() -> None:
    text = quoted("What is the difference between stub.clear, stub.reset and stub.restore?", *STUBS)
    assert all(said in text for said in ("Clears all", "removes the body", "brings back"))


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("difference between PUT and PATCH for updating items", ("PUT", "PATCH")),
        ("fastapi dev vs fastapi run", ("fastapi dev", "fastapi run")),
        ("How does Redux compare with Jotai?", ()),
        ("What is the difference between a, b and c?", ("a", "b", "c")),
        ("Which one is better?", ()),
        ("lidar versus cameras, which one handles bad light better?", ("lidar", "cameras")),
        ("URDF link: visual vs collision, how do they differ?", ("visual", "collision")),
        ("tilde or caret: what's the difference", ("tilde", "caret")),
        ("does it work in vs code?", ()),
        ("URDF link: visual vs collision", ("visual", "collision")),
        ("in a handler, do I use reply.send or just return the value?", ("reply.send", "just return the value")),
        ("should I use meta or cb_kwargs to give data to the next callback?", ("meta", "cb_kwargs")),
        ("router.push or router.replace, whats different", ("router.push", "router.replace")),
        ("How do forks differ from those of npm?", ("forks", "npm")),
        ("which should I use, pip or conda?", ("pip", "conda")),
        ("301 or 308 redirect, how do they differ", ("301", "308")),
        ("which one should I use for logging, structlog or loguru?", ("structlog", "loguru")),
        ("when should I use useMemo or useCallback?", ("useMemo", "useCallback")),
        ("difference between reading from a file and writing to a file?", ("reading from a file", "writing to a file")),
        ("difference between git merge and rebase with respect to history?", ("git merge", "rebase")),
    ],
)
def test_sides(question: str, sides: tuple[str, ...]) -> None:
    assert compared_sides(question) == sides


def test_things_whose_names_differ_in_letters_alone_are_both_quoted() -> None:
    one = build_passage(
        "Adds a single task. Signature: `BackgroundTask(func)`", title="Tasks", heading="Background Task"
    )
    many = build_passage(
        "Adds several tasks. Signature: `BackgroundTasks()`", title="Tasks2", heading="BackgroundTasks"
    )
    text = quoted("What is the difference between BackgroundTask and BackgroundTasks?", many, one)
    assert "a single task" in text
    assert "several tasks" in text


def test_the_section_about_all_of_them_answers_before_those_that_mention_them() -> None:
    mentions = build_passage(
        "You can use Crawlee with BeautifulSoup.\n\nFeed the body into a BeautifulSoup object in Crawlee.",
        title="Parsing",
        heading="Can I use Crawlee with BeautifulSoup?",
    )
    compares = build_passage(
        "The one is a framework for writing spiders. The other only parses what was loaded.",
        title="FAQ",
        heading="How does Crawlee compare to BeautifulSoup or lxml?",
    )
    text = quoted("crawlee vs beautiful soup", mentions, compares)
    assert text.startswith("The one is a framework for writing spiders.")
    assert "Feed the body" not in text


def test_a_section_that_tells_how_to_turn_one_into_the_other_compares_nothing() -> None:
    turns = build_passage(
        "Call `tuple` with a list, or `list` with a tuple: both make a new one from what they are given.",
        title="FAQ",
        heading="How do I convert between tuples and lists?",
    )
    compares = build_passage(
        "Tuples are immutable. Lists are not.", title="Types", heading="Why are there separate tuple and list types?"
    )
    assert quoted("tuple or list, whats the difference", turns, compares).startswith("Tuples are immutable.")


def test_of_a_section_below_a_page_the_page_names_the_rest() -> None:
    pointer = build_passage(
        'See "Reset, restore and revert" in git(1) for the differences between `git restore` and `git reset`.',
        title="git-restore",
        heading="DESCRIPTION",
    )
    compares = build_passage(
        "There are three commands with similar names.\n\n- git-reset(1) is about your branch.\n"
        "- git-restore(1) is about files.\n- git-revert(1) is about making a new commit.",
        title="git",
        heading="Reset, restore and revert",
    )
    text = quoted("difference between git reset, restore and revert", pointer, compares)
    assert all(said in text for said in ("about your branch", "about files", "making a new commit"))
    assert "See" not in text


TABLE = build_passage(
    "Tools are different in many ways.\n\n"
    "| Feature | Copier | Cookiecutter |\n| --- | --- | --- |\n| Template updates | Yes | No |\n| Hooks | No | Yes |",
    title="Comparisons",
)


def test_a_table_with_a_column_for_each_is_quoted_whole() -> None:
    mentions = build_passage("Copier knows its templates, as Cookiecutter does.", title="Copier", heading="Templates")
    text = quoted("copier or cookiecutter, which one has template updates?", mentions, TABLE)
    assert "| Feature | Copier | Cookiecutter |" in text
    assert "| Template updates | Yes | No |" in text
    assert "| Hooks | No | Yes |" in text


def test_entries_of_one_list_that_name_them_are_quoted_together() -> None:
    listed = build_passage(
        "There are two tutorials:\n\n- The **Essentials** tutorial is top-down and begins with how it is used.\n"
        "- The **Fundamentals** tutorial is bottom-up and begins with how it works.\n"
        "- The **Quick** tutorial shows all of it in five minutes and explains nothing.",
        title="Tutorials",
    )
    begin = build_passage("We recommend starting with the Essentials tutorial.", title="Start", heading="Where to go")
    text = quoted("essentials vs fundamentals", begin, listed)
    assert "is top-down" in text
    assert "is bottom-up" in text


def test_what_is_to_be_used_instead_of_the_other_sets_them_against_each_other() -> None:
    advice = build_passage(
        "For the same file you must use `WriteLogger` instead of `PrintLogger`. It writes entries atomically.",
        title="Logging",
        heading="Don't integrate",
    )
    one = build_passage("`class PrintLogger(file=None)`\n\nPrints events.", title="API", heading="PrintLogger")
    text = quoted("PrintLogger vs WriteLogger for the same file", advice, one)
    assert text.startswith("For the same file you must use `WriteLogger`")
    assert "atomically" in text


def test_of_two_options_each_is_told_by_its_own_section() -> None:
    short = build_passage("Shows a short report of all changes.", title="Options", heading="--snap=short-report")
    long = build_passage("Shows a diff of all changes.", title="Options2", heading="--snap=report")
    text = quoted("report vs short-report", short, long)
    assert "a short report" in text
    assert "a diff" in text


def test_one_sentence_about_all_brings_those_around_it() -> None:
    page = build_passage(
        "Lite is not directly comparable to MySQL since it solves another problem.\n\n"
        "Servers implement a shared repository. Lite keeps the data of one device.",
        title="Uses",
    )
    assert "data of one device" in quoted("lite or mysql, when should i use which", page)


def test_a_list_of_links_and_code_that_names_both_compare_nothing() -> None:
    contents = build_passage("- blackdoc\n- blacken-docs\n- Guides\n- Integrations", title="Home", heading="Contents")
    one = build_passage("This applies formatting to code in files of text.", title="Docs", heading="blacken-docs")
    other = build_passage("This applies formatting to examples in docstrings.", title="Docs2", heading="blackdoc")
    text = quoted("difference between blackdoc and blacken-docs?", contents, one, other)
    assert "files of text" in text
    assert "docstrings" in text
    assert "Guides" not in text


def test_changelogs_tell_of_no_side_unless_news_are_asked_for() -> None:
    news = build_passage(
        "- Add `--unstable`, for preview features with problems.", title="Changelog", heading="Preview style"
    )
    guide = build_passage("It shows what is expected to become stable.", title="Future", heading="Preview style")
    other = build_passage("It has known issues that need to be fixed.", title="Future2", heading="Unstable style")
    text = quoted("preview or unstable, how do they differ", news, guide, other)
    assert "expected to become stable" in text
    assert "known issues" in text


def test_of_a_long_question_the_beginning_is_read() -> None:
    assert compared_sides("difference between a" + " " * 20_000 + "b and c") == ("b", "c")
    assert compared_sides("is " * 7_000 + "a vs b") == ()


def test_a_table_asked_for_by_its_page_s_title_keeps_its_head() -> None:
    page = build_passage(
        "|  | Tidepool | Celery |\n| --- | --- | --- |\n| Broker | none | Redis |\n| Workflows | no | yes |",
        title="Tidepool vs Celery",
    )
    assert quoted("tidepool vs celery", page).startswith("|  | Tidepool | Celery |")


def test_of_a_list_that_says_when_to_use_each_the_entries_are_quoted_with_what_they_say() -> None:
    text = """- osprey mount - use this if:
    - you do not know yet which files you want
- osprey extract - use this if:
    - you know exactly what you want back
"""
    passages = [
        build_passage(text, title="Start", heading="Restoring"),
        build_passage("This mounts an archive without the need of extracting it.", title="osprey mount"),
        build_passage("This extracts the contents of an archive.", title="osprey extract"),
    ]
    said = quoted("mount vs extract - when would I use which?", *passages)
    assert "do not know yet" in said
    assert "exactly what you want back" in said


def test_what_is_similar_but_for_something_sets_them_against_each_other() -> None:
    text = (
        "308 Permanent Redirect. The place has changed. This is similar to 301, except that the method may not change."
    )
    other = build_passage("301 Moved Permanently. The place has changed.", title="Moved", heading="Moved")
    code = build_passage("```python\nMOVED = HTTP_301\nPERMANENT = HTTP_308\n```", title="Codes", heading="3xx")
    said = quoted("301 or 308 redirect, how do they differ", code, build_passage(text, title="Permanent"), other)
    assert "except that the method" in said


def test_what_is_discouraged_in_favour_of_the_other_sets_them_against_each_other() -> None:
    news = build_passage(
        "We now have `allow_null` and `allow_blank`.",
        title="3.0 Announcement",
        heading="Arguments",
    )
    text = "A text. The `allow_null` option is discouraged in favor of `allow_blank` here."
    said = quoted("allow_null or allow_blank, which is better", build_passage(text, heading="CharField"), news)
    assert "discouraged in favor of" in said
    assert "We now have" not in said


def test_a_page_called_as_news_are_tells_of_the_side_that_it_is_called_after() -> None:
    posts = build_passage("A post is an entry that is shown in a feed, newest first.", title="Posts")
    pages = build_passage("A page is for what does not change. It cannot be listed among posts.", title="Pages")
    text = quoted("What is the difference between posts and pages?", posts, pages)
    assert "shown in a feed" in text
    assert "does not change" in text


def test_a_sentence_about_something_else_sets_nothing_against_each_other() -> None:
    text = "You can run jobs with threads or with processes. Each has a name. A thread's name differs from its task's."
    passages = [
        build_passage(text, title="Jobs", heading="Names"),
        build_passage("A thread shares its memory with the others.", title="Threads", heading="Threads"),
        build_passage("A process has memory of its own.", title="Processes", heading="Processes"),
    ]
    said = quoted("What is the difference between threads and processes?", *passages)
    assert "shares its memory" in said
    assert "memory of its own" in said


def test_where_it_is_asked_which_to_use_what_says_when_to_use_each_is_quoted() -> None:
    contrast = (
        "Then your rule could be circumvented. The `<Folder>` directive, in contrast, applies to any content that is"
        " served from that place, regardless of how it is called."
    )
    text = "Use `<Place>` for content outside the disk. For content that lives on the disk, use `<Folder>`."
    passages = [
        build_passage(contrast, title="Rules", heading="What to use"),
        build_passage(text, title="Core", heading="When to use `<Place>`"),
    ]
    said = quoted("should I use Folder or Place", *passages)
    assert "outside the disk" in said
    assert "lives on the disk" in said


def test_where_it_is_asked_which_to_take_the_recommended_one_is_told_first() -> None:
    table = (
        "|  | XML | SQLite |\n| --- | --- | --- |\n| Extra programs | None | None |\n| Written | at once | at the end |"
    )
    text = "Each has benefits and shortcomings. XML is the oldest, and is recommended for most readers."
    passages = [
        build_passage(table, title="Storing", heading="Table"),
        build_passage(text, title="Choosing", heading="Recommendations"),
    ]
    said = quoted("xml or sqlite, which one should I take?", *passages)
    assert said.index("recommended for most") < said.index("| Written |")
    assert "recommended for most" not in quoted("xml vs sqlite", *passages)


def test_the_entries_of_a_list_that_is_cut_in_two_are_quoted() -> None:
    first = "This section presents two of the schemes: linear and geometric. All begin at zero, as do others.\n\n"
    first += "1. Linear schemes take off the same amount each year."
    second = "2. Geometric schemes take off a part of what is left."
    passages = [build_passage(one, title="Value", heading="Schemes") for one in (first, second)]
    said = quoted("difference between linear and geometric schemes", *passages)
    assert "the same amount" in said
    assert "a part of what is left" in said


def test_a_sentence_that_only_shows_pictures_compares_nothing() -> None:
    text = (
        "You can choose a style from the menu. The default style is Basic mode, which shows only the sum.\n\n"
        "- View → Auto style opens the entry that is selected, and closes it again behind it.\n"
        "- View → Journal mode shows all parts of all entries, as on paper.\n\n"
        "Below are screenshots that demonstrate how the Basic and Journal modes differ.\n\n"
        "For this example, you have bought three things, and each is a part of its own."
    )
    said = quoted("basic vs journal mode", build_passage(text, title="Views", heading="Choosing a style"))
    assert "only the sum" in said
    assert "all parts of all entries" in said


def which_to_take(sentence: str) -> str:
    """What is quoted beside a table that compares two formats."""
    table = (
        "|  | XML | SQLite |\n| --- | --- | --- |\n| Extra programs | None | None |\n| Written | at once | at the end |"
    )
    passages = [build_passage(table, title="Storing", heading="Table"), build_passage(sentence, title="Choosing")]
    return quoted("xml or sqlite, which one should I take?", *passages)


@pytest.mark.parametrize(
    "sentence",
    [
        "XML isn't recommended for large files.",
        "XML is no longer recommended by its makers.",
        "XML is not the preferred format of most.",
        "As the name suggests, XML is a text with marks.",
    ],
)
def test_what_recommends_nothing_is_not_told_first(sentence: str) -> None:
    assert which_to_take(sentence).startswith("|  | XML")


def test_entries_of_two_lists_of_a_section_are_no_list() -> None:
    first = "Threads are set in the file:\n\n- Threads need the number of cores in the file.\n- Ports need a number."
    second = "What may go wrong:\n\n- Processes that are killed leave a lock in the folder.\n- Disks may be full."
    third = "A thread shares its memory with others. A process has memory of its own, unlike a thread."
    passages = [build_passage(one, title="Running", heading="Workers") for one in (first, second)]
    said = quoted("difference between threads and processes", *passages, build_passage(third, title="Memory"))
    assert "unlike a thread" in said


def test_the_entries_of_a_list_of_three_that_is_cut_in_two_are_quoted() -> None:
    first = (
        "1. Linear schemes take off the same amount each year.\n2. Geometric schemes take off a part of what is left."
    )
    second = "3. Digit schemes take off more in the first years."
    passages = [build_passage(one, title="Value", heading="Schemes") for one in (first, second)]
    assert "in the first years" in quoted("compare linear, geometric and digit schemes", *passages)


@pytest.mark.parametrize(
    "sentence",
    [
        "If you are not sure, we recommend SQLite.",
        "We recommend SQLite if you do not know which one to take.",
        "SQLite is recommended for unattended servers.",
    ],
)
def test_a_negation_elsewhere_leaves_a_recommendation_one(sentence: str) -> None:
    assert which_to_take(sentence).startswith(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is not recommended to use XML for large files.",
        "There is no need to use XML at all.",
        "You should not normally use XML here.",
        "XML is recommended against by its makers.",
    ],
)
def test_advice_against_a_thing_is_no_advice_for_it(sentence: str) -> None:
    assert which_to_take(sentence).startswith("|  | XML")
