"""What a first question calls "it" is the site's product, whose name the pages say."""

import pytest

from pipelines.answering.product import may_ask_about_product, product_of, with_product, with_product_before
from pipelines.types import HistoryMessage, Question
from storage_config.records.document_texts import PublishedPage


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ("How do I install it?", "How do I install Osprey?"),
        ("does it work on windows", "does Osprey work on windows"),
        ("what is this?", "what is Osprey?"),
        ("Can I use this with docker?", "Can I use Osprey with docker?"),
        ("What Python version does your tool need?", "What Python version does Osprey need?"),
        ("who made it", "who made Osprey"),
    ],
)
def test_a_pronoun_stands_for_the_product(asked: str, understood: str) -> None:
    assert with_product(asked, "Osprey") == understood
    assert may_ask_about_product(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "The item does not exist, how do I find it?",
        "What does CORS mean and when does it matter?",
        "Is it possible to nest routers?",
        "Why is it dangerous to share one session?",
        "What is this course about?",
        "How do I write a custom middleware and then register it in the application factory?",
        "What does `retry.limit` do and who reads it?",
        "How do I install Osprey?",
    ],
)
def test_a_pronoun_that_stands_for_something_else_is_left(asked: str) -> None:
    assert with_product(asked, "Osprey") == asked


def test_without_a_name_the_question_is_left() -> None:
    assert with_product("How do I install it?", "") == "How do I install it?"


def test_german_pages_have_their_own_words() -> None:
    assert with_product("Wie installiere ich es?", "Osprey", "german") == "Wie installiere ich Osprey?"


def _page(title: str, text: str, url: str = "https://x.example/a") -> PublishedPage:
    return PublishedPage("a.md", url, title, text)


def test_the_name_is_what_most_pages_say() -> None:
    pages = [
        _page("Install", "Osprey needs Python. Install it with pip."),
        _page("Jobs", "Jobs are what Osprey runs. Python is not needed for them."),
        _page("Alerts", "When a job fails, Osprey sends an email."),
    ]
    assert product_of(pages, "https://x.example") == "Osprey"


def test_a_common_word_is_a_name_only_inside_a_sentence() -> None:
    """ "Install" opens sentences on every page, and is no name for that."""
    pages = [_page("Guide", f"Install step {number}. Run the command. Use a shell.") for number in range(5)]
    assert product_of(pages, "https://x.example") == ""


def test_a_book_about_several_things_has_no_name() -> None:
    pages = [_page("One", "Gannet and Petrel."), _page("Two", "Gannet and Petrel."), _page("Three", "Petrel, Gannet.")]
    assert product_of(pages, "https://x.example") == ""


def test_the_home_page_s_title_decides() -> None:
    pages = [
        _page("Petrel", "Petrel sits on Gannet.", "https://x.example/"),
        _page("Two", "Gannet and Petrel."),
        _page("Three", "Gannet again."),
    ]
    assert product_of(pages, "https://x.example") == "Petrel"


def test_names_in_code_do_not_count() -> None:
    pages = [_page("One", "```py\nx = Gannet()\n```\nPetrel runs.") for _ in range(3)]
    assert product_of(pages, "https://x.example") == "Petrel"


def test_a_follow_up_carries_the_product_that_its_conversation_began_with() -> None:
    said = HistoryMessage("assistant", "Like this.", ("https://docs.example/install",))
    history = (HistoryMessage("user", "How do I install it?"), said, HistoryMessage("user", "does it fly?"))
    asked = with_product_before(Question("and how do I remove it?", history), "Osprey")
    assert [one.text for one in asked.history] == ["How do I install Osprey?", "Like this.", "does it fly?"]
    assert asked.history[1] == said
    assert asked.text == "and how do I remove it?"
    plain = Question("and how do I remove it?", (HistoryMessage("user", "How do I install plugins?"), said))
    assert with_product_before(plain, "Osprey") is plain
    assert with_product_before(Question("Does it fly?"), "Osprey") == Question("Does it fly?")
