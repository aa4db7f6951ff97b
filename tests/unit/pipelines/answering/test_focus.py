"""What is quoted is about the thing that was named, and not about its neighbours."""

from dataclasses import replace

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.types import HistoryMessage, Passage, Question
from tests.support.passages import build_passage

STUBS = [
    build_passage("Clears all information about calls.", title="Stubs", heading="stub.clear()"),
    build_passage("Does what stub.clear() does, and removes the body.", title="Stubs2", heading="stub.reset()"),
    build_passage("Does what stub.reset() does, and brings back the first.", title="Stubs3", heading="stub.restore()"),
]


def quoted(question: str, passages: list[Passage]) -> str:
    return "\n".join(quote.unit.text for quote in ExtractiveAnswerer().quotes(Question(question), passages))


def test_the_sibling_that_was_named_is_quoted_and_no_other() -> None:
    text = quoted("What does stub.reset do?", STUBS)
    assert "removes the body" in text
    assert "brings back" not in text


def test_what_stands_below_an_option_is_about_it() -> None:
    passages = [
        replace(build_passage("Default: `failure`. Specifies the mode."), heading_path=("alertMode",)),
        replace(build_passage("- `always`: every time\n- `failure`: on errors"), heading_path=("alertMode", "Modes")),
        replace(build_passage("Values of other options are numbers."), heading_path=("other",)),
    ]
    assert "`always`" in quoted("Which values does alertMode accept?", passages)


def test_a_name_in_passing_does_not_narrow_what_is_quoted() -> None:
    passages = [
        build_passage(
            "The gunicorn command takes a module.\n\n```\n# equivalent to 'from hello import create_app'\n"
            "$ gunicorn -w 4 'hello:create_app()'\n```",
            heading="Gunicorn",
            score=0.9,
        ),
        build_passage("Optionally a function that is passed the info.", title="API", heading="create_app", score=0.4),
    ]
    text = quoted("whats the gunicorn command if I have a create_app function", passages)
    assert "$ gunicorn -w 4" in text


def test_a_heading_that_only_mentions_a_file_is_not_about_it() -> None:
    passages = [
        build_passage("- `env.py` - This is a script that is run by the tool.", title="Tutorial", heading="Files"),
        build_passage("Plugins are listed.", title="Plugins", heading="Enabling autogenerate plugins in env.py"),
    ]
    assert quoted("what is env.py for?", passages).startswith("`env.py` - This is a script")


def test_a_section_opens_where_it_begins_whatever_ranks_first() -> None:
    later = replace(build_passage("The nest lies on a tree.", heading="Nest"), start=900)
    opening = build_passage("Birds raise their young ones in here and come back each year to it.", heading="Nest")
    assert quoted("What is a nest?", [later, opening]).startswith("Birds raise their young")


def test_a_sentence_that_defines_stands_before_what_only_opens_the_section() -> None:
    passages = [
        build_passage("When you send data, you send a body. A request body is data.", heading="Request body"),
        build_passage("A request body is a message in JSON.", heading="Messages"),
    ]
    assert quoted("What is a request body?", passages).startswith("A request body is a message in JSON.")


def test_a_heading_that_says_the_question_was_written_for_it() -> None:
    passages = [
        build_passage("Since 2.0 the store adds what is asked for by default, in many ways.", heading="Notes"),
        build_passage("It came with 2.0, for speed.", heading="configureStore adds autoBatchEnhancer by default"),
    ]
    text = quoted("Which enhancer does configureStore add by default since 2.0?", passages)
    assert text.startswith("It came with 2.0")


STATIC_FILES = build_passage(
    "Signature: `StaticFiles(directory=None, html=False)`\n\n"
    "* `directory` - A path to the files.\n"
    "* `html` - Run in this mode to send `index.html` for directories.\n\n"
    "Static files are sent with StaticFiles in HTML pages and other StaticFiles.",
    title="Static files",
    heading="StaticFiles",
)


def test_the_item_that_begins_with_the_name_asked_for_answers() -> None:
    assert "Run in this mode" in quoted("What does the html parameter of StaticFiles do?", [STATIC_FILES])


def test_an_option_of_the_owner_that_was_named_is_quoted_and_no_other() -> None:
    session = build_passage("* `max_age` - Defaults to two weeks.", title="Middleware", heading="SessionMiddleware")
    cors = build_passage("* `max_age` - Defaults to 600.", title="Middleware2", heading="CORSMiddleware")
    text = quoted("What is the default max_age of SessionMiddleware?", [cors, session])
    assert "two weeks" in text
    assert "600" not in text


def test_a_section_headed_by_the_task_is_quoted_from_its_opening() -> None:
    section = build_passage(
        "There is a `delete_cookie` method on every response.\n\n"
        + "\n".join(
            f"* `cookie{number}` - A cookie to delete, number {number}, of the response." for number in range(20)
        ),
        title="Responses",
        heading="Delete Cookie",
    )
    assert quoted("how do i delete a cookie", [section]).startswith("There is a `delete_cookie` method")


def test_a_section_that_asks_why_answers_why() -> None:
    passages = [
        build_passage(
            "All response headers are lower case here because of the middleware below.",
            title="Recipes",
            heading="Headers",
        ),
        build_passage(
            "Names are lowercased before they are stored. So each lookup is simple.",
            title="FAQ",
            heading="Why is it changing my header names to lowercase?",
        ),
    ]
    assert quoted("why are all my response headers lower case", passages).startswith("Names are lowercased")


def test_a_follow_up_about_a_value_finds_it_in_what_was_told() -> None:
    told = "`same_site` - Prevents the browser from sending it along. Defaults to `'lax'`."
    page = build_passage(f"* {told}\n* `path` - The path of the cookie. Defaults to `/`.", heading="SessionMiddleware")
    history = (HistoryMessage("user", "What does same_site do?"), HistoryMessage("assistant", f"- {told} [1]"))
    quotes = ExtractiveAnswerer().quotes(Question("what is its default?", history), [page])
    assert any("'lax'" in quote.unit.text for quote in quotes)


def test_code_that_was_told_stays_behind_the_sentence_that_announces_it() -> None:
    page = build_passage(
        "There are 40 threads by default.\n\nTo have more threads, increase the limit:\n\n"
        "```py\nlimiter.total = 100\n```",
        heading="Threads",
    )
    told = "There are 40 threads by default. [1]\n\n```py\nlimiter.total = 100\n```\n\n[1]"
    history = (HistoryMessage("user", "How many threads are there?"), HistoryMessage("assistant", told))
    quotes = ExtractiveAnswerer().quotes(Question("how do I increase it?", history), [page])
    assert [quote.unit.kind for quote in quotes][-2:] == ["paragraph", "code"]


def test_a_follow_up_is_answered_by_what_it_asks_anew() -> None:
    passages = [
        build_passage(
            "Each Samba user needs an account on the server: add the user with `smbpasswd -a user`, once the user is "
            "there.\n\nA Samba user may belong to groups of users, which Samba reads from the server, user by user.\n\n"
            "A user can be deleted with the `smbpasswd -x user` command.",
            title="Samba",
            heading="Users",
        ),
        build_passage("Samba serves files and printers to users of Windows. It has many options.", title="About Samba"),
    ]
    asked = Question("and how to delete one?", (HistoryMessage("user", "how do I add a user to samba"),))
    first = ExtractiveAnswerer().quotes(asked, passages)
    assert any("smbpasswd -x" in quote.unit.text for quote in first)


def test_a_reason_is_told_and_not_shown() -> None:
    passages = [
        build_passage(
            "```console\nerror: only one mutable reference is allowed at a time\n```\n\nThe compiler stops there.",
            heading="Mutable references",
        ),
        build_passage("With one mutable reference, data races are prevented.", title="Safety", heading="Races"),
    ]
    quotes = ExtractiveAnswerer().quotes(Question("why is only one mutable reference allowed at a time"), passages)
    assert "data races" in quotes[0].unit.text


_MODES = {"FileBinaryRead": "rb", "FileBinaryWrite": "wb"}


def test_beside_a_name_s_own_section_stands_the_entry_that_speaks_of_it() -> None:
    reading, writing = (f"- `osprey.{one}`: opens it in mode `{mode}`." for one, mode in _MODES.items())
    entries = f"You can set the mode:\n\n{reading}\n{writing}\n"
    passages = [
        build_passage(entries, title="Files", heading="Advanced"),
        build_passage(
            "To write binary data there is `osprey.FileBinaryWrite`.", title="Files", heading="FileBinaryWrite"
        ),
    ]
    quotes = ExtractiveAnswerer().quotes(Question("what mode does FileBinaryWrite open the file with"), passages)
    assert any("mode `wb`" in quote.unit.text for quote in quotes)
