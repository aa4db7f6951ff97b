"""What is to be defined, and what defines it."""

import time

import pytest

from pipelines.text.definitions import asked_term, definition_level, heading_stems, is_headed_by
from pipelines.text.words import Words
from tests.support.linear_time import measure_growth

WORDS = Words()


def term(text: str) -> frozenset[int]:
    return frozenset(WORDS.stems(text))


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What is a reducer?", "reducer"),
        ("whats dependency injection", "dependency injection"),
        ("What does CORS mean and when does it matter?", "CORS"),
        ("explain what a JWT is please", "JWT"),
        ("In OpenAPI terms, what is a callback?", "callback"),
        ("What does stub.reset do?", "stub.reset"),
        ("what is a middleware in fastapi?", "middleware"),
        ("thunk definition", "thunk"),
        ("Explain reducers to a beginner", "reducers"),
        ("explain middleware in simple words", "middleware"),
        ("Isaac Sim - what kind of software is it?", "Isaac Sim"),
        ("reducers: what are they?", "reducers"),
        ("what is a saga good for nowadays?", "saga"),
        ("whats the mixin option", "mixin"),
        ("What does the --port flag do?", "--port"),
        ("whats that lock file next to my data", "that lock file"),
        ("What does TTL stand for in DNS?", "TTL"),
        ("What is a semaphore used for in Linux?", "semaphore"),
        ("What is a sidecar good for in practice?", "sidecar"),
        ("What is a scope in the settings for a new server?", "scope"),
        ("whats a CLI option", "CLI option"),
        ('What does "mounting" a sub application mean?', "mounting"),
        ('What is the "safe" mode?', "safe mode"),
        ('What is the "name" option?', "name"),
    ],
)
def test_the_thing_is_found(question: str, thing: str) -> None:
    assert asked_term(question) == term(thing)


@pytest.mark.parametrize(
    "question",
    [
        "What is the default server port?",
        "What is the default option?",
        "What is the best way to test?",
        "How do I install it?",
        "What is it?",
        "",
    ],
)
def test_a_property_is_no_thing(question: str) -> None:
    assert asked_term(question) == frozenset()


def test_other_languages_ask_too() -> None:
    assert asked_term("Was ist ein Knoten?", "german") == frozenset(Words("german").stems("Knoten"))


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("A thunk is a function that delays work.", 2),
        ("**Thunks** are functions which delay work.", 2),
        ("Inspired by the idea of that name, a thunk is a collection of calls.", 2),
        ("A function that delays work in this way is called a thunk.", 2),
        ("A thunk is the best choice here.", 1),
        ("Redux thunks are a kind of middleware.", 1),
        ("Thunks are much faster now.", 0),
        ("A thunk is faster machinery for the patient.", 0),
        ("Thunks came up in the eighties.", 0),
        ("A saga is a generator.", 0),
        ("Acme's thunks are functions that delay work.", 2),
        ("In Acme, thunks are functions that delay work.", 2),
        ("Acme's thunk factory is a function.", 1),
        ("The thunk of a call is the function that delays it.", 2),
        ("The thunk of Acme is the function that delays it.", 1),
        ("Thunks are small functions used to delay work.", 2),
        ("Thunks are always late at work.", 1),
        ("Thunks are never functions that delay work.", 1),
        ("Thunks are mostly useless for beginners.", 1),
        ("Thunks are in files that end with .thk.", 1),
        ("If a thunk is a function, call it.", 0),
        ("It keeps a list, not a real store, called thunk, in memory.", 0),
        ("Create a new folder, called thunk, and open it in the editor.", 0),
    ],
)
def test_levels(sentence: str, level: int) -> None:
    assert definition_level(term("thunk"), sentence) == level


def test_a_heading_counts_without_numbers_and_types() -> None:
    assert heading_stems("2.1 `dimHook` \\[string]") == term("dimHook")
    assert heading_stems("(optional)") == term("optional")


@pytest.mark.parametrize(
    "flood", [" near a b", " in a", " in", ", and ", ".", "-", "?", "a,", "a - ", " ", "是", "a b "]
)
def test_long_questions_cost_linear_time(flood: str) -> None:
    """A pattern that looked from each place to each other one held a server for half a minute."""

    def seconds(length: int) -> float:
        began = time.process_time()
        asked_term("." + (flood * length)[:length] + "x")
        return time.process_time() - began

    took, most = measure_growth(seconds, 240, 480)
    assert took <= most
    assert asked_term("." + flood * 4_000 + "x") == frozenset()


def test_what_a_thing_is_not_defines_nothing() -> None:
    assert definition_level(term("Copier"), "Copier doesn't provide an image by default.") == 0
    assert definition_level(term("Copier"), "Copier provides an image by default.") == 2


@pytest.mark.parametrize(
    ("thing", "headings", "is_so"),
    [
        ("dev mode environment", ("Environments", "Overview", "Dev mode"), True),
        ("reply.hijack", ("Reply", ".hijack()"), True),
        ("pino.destination", ("API", "pino.destination([opts]) => SonicBoom"), True),
        ("Redux store", ("Redux", "Store enhancers"), False),
        ("dev mode", ("Dev mode", "Overview"), True),
        ("dist-tag", ("dist-tag", "Description"), True),
        ("configure", ("API", "structlog.configure"), True),
        ("structlog.configure", ("API", "structlog.configure"), True),
        ("Context.invoke", ("click.Context", "click.Context.invoke()"), True),
        ("structlog", ("API", "structlog.configure"), False),
        ("JSON", ("Files", "package.json"), False),
        ("package.json", ("Files", "package.json"), True),
        ("json", ("Files", "Response.json()"), True),
        ("closures", ("Closures: Functions that Capture Their Environment",), True),
        ("functions", ("Closures: Functions that Capture Their Environment",), False),
        ("note", ("Note: a word",), False),
        ("error", ("Error: Cannot open the file",), False),
        ("Redis", ("Redis: connection refused on start",), False),
        ("stash", ("git-stash(1) Manual Page", "NAME"), True),
        ("git stash", ("git-stash(1) Manual Page", "DESCRIPTION"), True),
        ("less", ("less(1)", "Name"), True),
        ("stash", ("git-stash(1) Manual Page", "OPTIONS"), False),
        ("dev mode", ("Overview",), False),
        ("", ("Reply",), False),
    ],
)
def test_a_heading_names_a_thing_by_itself_or_with_those_above_it(
    thing: str, headings: tuple[str, ...], is_so: bool
) -> None:
    assert is_headed_by(term(thing), headings) is is_so


@pytest.mark.parametrize(
    ("thing", "sentence", "level"),
    [
        ("lean logging", "Lean logging means that you write no prose.", 2),
        ("lean logging", "Lean logging is too little for some.", 1),
        ("metacost", "A meta-cost is what a cost costs.", 2),
        ("cost", "A meta-cost refers to a cost's cost.", 1),
        ("server", "A co-located server is a machine in a rack of ours.", 0),
        ("timeout", "A timeout means lost requests.", 1),
    ],
)
def test_what_says_what_a_word_means_defines_it_with_or_without_its_hyphen(
    thing: str, sentence: str, level: int
) -> None:
    assert definition_level(term(thing), sentence) == level


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("what is type affinity", "type affinity"),
        ("What is the command line interface?", "command line interface"),
        ("what does ..= mean", "`..=`"),
        ("what does ?? mean in git status -s", "`??`"),
        ("what is the type of a column", ""),
        ("what is the port", ""),
        ("what is the default port number", ""),
        ("what is the cost per request", ""),
        ("what are the steps needed", ""),
    ],
)
def test_a_thing_may_begin_with_a_word_for_a_property_or_be_a_symbol(question: str, thing: str) -> None:
    assert asked_term(question) == term(thing)


def test_what_is_called_by_its_first_letters_is_defined_with_them() -> None:
    tls = term("TLS")
    assert definition_level(tls, "Transport Layer Security (TLS) is a protocol for safe talk.") == 2
    assert definition_level(tls, "The server has protocols for safe talk, called Transport Layer Security (TLS).") == 2
    assert definition_level(term("mpm"), "It has several models, called Multi-Processing Modules (MPMs).") == 2
    assert definition_level(tls, "Transport Layer Security (like TLS) is a protocol for safe talk.") == 0
    assert definition_level(tls, "Without encryption (TLS) is a way to lose what is secret.") == 0
    assert definition_level(term("JSON"), "The response (JSON) is an object with two keys.") == 0
    assert is_headed_by(term("HTTP"), ("HyperText Transfer Protocol (HTTP)",))
    assert not is_headed_by(term("CLI"), ("Guide", "Installation (CLI)"))
    assert is_headed_by(tls, ("Guide", "Transport Layer Security (TLS)"))
    assert not is_headed_by(tls, ("Guide", "Transport Layer Security (see TLS)"))


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        ("while loop", "A while loop is a statement that repeats its block."),
        ("where clause", "A where clause is a filter that limits rows."),
        ("if expression", "An if expression is a branch that gives a value."),
    ],
)
def test_a_thing_may_be_named_by_a_conjunction(thing: str, sentence: str) -> None:
    assert definition_level(term(thing), sentence) == 2


@pytest.mark.parametrize(
    "named",
    [
        "Identity and Access Management (IAM)",
        "Hypertext Transfer Protocol (HTTP)",
        "Cross-Site Scripting (CSS)",
        "Proof Key for Code Exchange (PKCE)",
        "Software as a Service (SaaS)",
        "Universally unique identifiers (UUIDs)",
    ],
)
def test_short_names_are_made_of_the_letters_of_the_long_ones(named: str) -> None:
    short = named.partition("(")[2].rstrip("s)")
    assert definition_level(term(short), f"The {named} is a thing for readers.") == 2
    assert is_headed_by(term(short), ("Guide", named))
