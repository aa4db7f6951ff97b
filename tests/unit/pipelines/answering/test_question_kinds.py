"""Kinds of questions and what their answers hold."""

import re

import pytest

from pipelines.answering import compared_sides, question_kinds
from pipelines.answering.question_kinds import (
    QuestionKind,
    expects_cue,
    has_cue,
    holds_value,
    lacks_value,
    last_question,
    question_kind,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many workers should I run?", "number"),
        ("When was it released?", "date"),
        ("When should I use Redux?", "other"),
        ("what does the / mean in a function's parameters?", "definition"),
        ("which date formats work out of the box?", "list"),
        ("which date was it released on?", "date"),
        ("query that lists all the tables", "code"),
        ("queries that use too much memory, why?", "reason"),
        ("How do I install it?", "how_to"),
        ("Who created Redux?", "person"),
        ("Where is the file kept?", "place"),
        ("Why must state be immutable?", "reason"),
        ("files that never changed are backed up again, how come", "reason"),
        ("What are the advantages of a cloud lab?", "list"),
        ("What is a reducer?", "definition"),
        ("Which values does the option accept?", "list"),
        ("My publisher prints values but nothing comes.", "other"),
        ("Show me an example of a selector", "code"),
        ("Which status code is returned?", "other"),
        ("Wie viele Nutzer gibt es?", "number"),
        ("Pourquoi faut-il un cache ?", "reason"),
        ("¿Cómo se instala?", "how_to"),
        ("whats a crate", "definition"),
        ("what’s a crate", "definition"),
        ("why is it off by default?", "reason"),
        ("and why is that the default", "reason"),
        ("how do I limit how much disk a user may fill", "how_to"),
        ("How do I generate one from the command line?", "how_to"),
        ("which command deletes it", "code"),
        ("add a new font on windows", "how_to"),
        ("I want to print a struct", "how_to"),
        ("temporarily block a user from logging in", "how_to"),
        ("comment out a block of code", "how_to"),
        ("how do I find the default port", "value"),
        ("get default value of x", "value"),
        ("how do I know how many workers run", "number"),
        ("find first element syntax", "code"),
        ("delete cascade meaning", "definition"),
        ("write-ahead log", "other"),
        ("turn signals", "other"),
        ("insert mode", "other"),
        ("call to action", "other"),
        ("text vs code cells", "comparison"),
        ("open it in vs code", "how_to"),
        ("block size", "other"),
        ("load balancer", "other"),
        ("set vs map", "comparison"),
        ("does it work in VS Code?", "other"),
        ("which log level is used if I dont set any", "value"),
        ("how many times does it retry if I set nothing?", "value"),
        ("which edition is used if i leave it out", "value"),
        ("what happens if I don't set the timeout", "value"),
        ("what happens if I set the port", "other"),
        ("what happens when I pass it a list?", "list"),
        ("can I use it without setting up Docker?", "other"),
        ("what happens when I leave the page?", "other"),
        ("how do I use a string or a number as a key", "how_to"),
        ("Do I use sudo for it or not?", "other"),
        ("does it fail or retry, which is bad", "other"),
        ("pip or conda, which is better", "comparison"),
        ("apt or apt-get, which one for a script?", "comparison"),
        ("re.match or re.search, when do i use which", "comparison"),
        ("do I use reply.send or return the value?", "comparison"),
        ("router.push or router.replace, whats different", "comparison"),
        ("can I use a string or a number as a key?", "other"),
        ("echo vs print", "comparison"),
        ("Cómo se instala el servidor", "how_to"),
    ],
)
def test_kind(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) == kind


def test_cues() -> None:
    assert has_cue("number", "It takes 30 seconds.", "How long does it take?")
    assert not has_cue("number", "It takes a while.", "How long does it take?")
    assert has_cue("number", "A name has 214 characters at most.", "How long may a name be?")
    assert has_cue("number", "A key is 256 bits.", "How long must a key be?")
    assert not has_cue("number", "A token has 32 characters.", "How long may a token be valid?")
    assert not has_cue("number", "A name has 214 characters at most.", "How long does it take?")
    assert has_cue("date", "It began in 1973.", "When did it begin?")
    assert has_cue("reason", "It fails because the cache is full.", "Why does it fail?")
    assert has_cue("definition", "A reducer is a function.", "What is a reducer?")
    assert not has_cue("definition", "You can call a reducer.", "What is a reducer?")


@pytest.mark.parametrize(
    ("kind", "question", "text", "held"),
    [
        ("value", "the default quality", "The default quality of 85 is good.", True),
        ("value", "the default quality", "It is kept if the default quality is worse.", False),
        ("value", "is the cache on by default?", "The cache is disabled by default.", True),
        ("value", "the default style", "The default is `compact`.", True),
        (
            "value",
            "the default style",
            "Choose “Use the settings of the image that you opened” for the default.",
            False,
        ),
        ("value", "the default format", "The default format is JSON.", True),
        ("value", "the default rate", "The default depends on your system.", False),
        ("value", "the default rate", "By default, no limit applies.", False),
        ("value", "is it on by default", "It is off by default.", True),
        ("number", "how many times", "A job is retried three times.", True),
        ("number", "which port", "It listens on port 2049.", True),
        ("number", "which port", "Machines outside act as an inside one.", False),
        ("date", "when", "In May.", True),
    ],
)
def test_a_number_or_value_is_more_than_a_word_about_it(
    kind: QuestionKind, question: str, text: str, *, held: bool
) -> None:
    assert holds_value(kind, text, question) is held


def test_a_person_must_be_new_to_the_question() -> None:
    assert has_cue("person", "It was made by Dan Abramov.", "Who made Redux?")
    assert not has_cue("person", "Everyone knows Redux well.", "Who made Redux?")


def test_kinds_without_a_cue() -> None:
    assert not expects_cue("how_to")
    assert not has_cue("other", "Anything with 30 numbers.", "Anything?")
    assert expects_cue("person")


def test_the_last_of_several_questions() -> None:
    assert last_question("What does it do? do i have to use it?") == "do i have to use it?"
    assert last_question("What does it do?") == "What does it do?"
    assert last_question("It fails. Why?") == "It fails. Why?"


def test_how_long_is_answered_by_a_time() -> None:
    assert has_cue("number", "Unused data is removed after 60 seconds.", "How long is data kept?")
    assert not has_cue("number", "If A calls `usePost(42)`, data is fetched only once.", "How long is data kept?")


@pytest.mark.parametrize(
    ("sentence", "is_time"),
    [
        ("Refunds take 5 business days.", True),
        ("Refunds take five to ten working days.", True),
        ("The copy is synced nightly.", True),
        ("It takes 3 days.", True),
        ("It has 5 parts.", False),
    ],
)
def test_how_long_is_told_by_a_time(sentence: str, is_time: bool) -> None:
    assert has_cue("number", sentence, "How long does a refund take?") == is_time


@pytest.mark.parametrize(
    ("language", "sentence", "is_place"),
    [
        ("german", "Die Datei liegt im Ordner `config`.", True),
        ("french", "Les journaux se trouvent dans /var/log/apache2.", True),
        ("chinese", "日志在 /var/log/syslog 里。", True),
        ("german", "Die Datei wird beim Start gelesen.", False),
        ("spanish", "El archivo se lee y/o se escribe.", False),
    ],
)
def test_places_of_files_are_told_in_any_language(language: str, sentence: str, is_place: bool) -> None:
    assert has_cue("place", sentence, "?", language) == is_place


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("chinese", "Debian 是一个自由操作系统。"),
        ("chinese", "`apt` 是一个命令。"),
        ("japanese", "Debian パッケージは、ファイルです。"),
        ("japanese", "「パッケージ」とは何かを述べる。"),
    ],
)
def test_definitions_of_terms_with_blanks_and_code_are_told(language: str, sentence: str) -> None:
    assert has_cue("definition", sentence, "?", language)
    assert not has_cue(
        "definition", "安装、配置，是的。" if language == "chinese" else "次の例を見よう。", "?", language
    )


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("What is the default of `port`?", "`port`: where the server listens.", True),
        ("What is the default of `port`?", "`port`: where the server listens. Default: `8080`", False),
        ("Which values does alertMode take?", "The `alertMode` option says when the server alerts.", True),
        ("Which values does alertMode take?", "`alertMode`: `always` or `failure`.", False),
        ("How long does a lease last?", "A lease is renewed by its holder.", True),
        ("How long does a lease last?", "A lease lasts for 30 seconds.", False),
        ("What does alertMode do?", "The `alertMode` option says when the server alerts.", False),
    ],
)
def test_a_text_that_names_an_option_has_not_its_value(question: str, text: str, lacks: bool) -> None:
    assert lacks_value(question, text) is lacks


def test_once_patterns_are_made_no_question_of_unknown_language_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    question_kinds.make_patterns()
    compared_sides.make_patterns()

    def compiled(*_args: object) -> None:
        raise AssertionError("a pattern was made for a question")

    monkeypatch.setattr(re, "compile", compiled)
    assert question_kind("pgbouncer oder haproxy") == "comparison"
    assert compared_sides.compared_sides("pgbouncer oder haproxy") == ("pgbouncer", "haproxy")
    assert not compared_sides.asks_which("pgbouncer")
