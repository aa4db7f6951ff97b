"""What lifts and lowers a passage beside its fused score."""

from typing import Any

import pytest

from pipelines.retrieval.fusion import QUALITY_WEIGHTS, FusedHit
from pipelines.retrieval.weighing import PageBonuses, weigh


def hit(name: str, *, text: str = "Nothing in particular.", score: float = 0.5, **payload: Any) -> FusedHit:
    url = f"https://docs.example/{name}"
    known = {"uri": f"{name}.md", "url": url, "title": "Guide", "heading_path": [], "text": text}
    return FusedHit(name, score, 0.4, 3.0, known | payload)


def order(question: str, *hits: FusedHit, page: str = "", cited: tuple[str, ...] = ()) -> list[str]:
    around = PageBonuses.of(page, cited)
    return [one.hit.id for one in weigh(hits, question, qualities=QUALITY_WEIGHTS, bonuses=around)]


def test_the_section_whose_heading_is_asked_for_comes_first() -> None:
    install = hit("b", heading_path=["Install the server"])
    assert order("How do I install the server?", hit("a", heading_path=["Logs"]), install) == ["b", "a"]


def test_a_section_that_defines_the_term_comes_before_one_that_uses_it() -> None:
    uses = hit("a", text="Thunks are dispatched like other actions here.")
    defines = hit("b", text="A thunk is a function that delays work until later.")
    assert order("What is a thunk?", uses, defines) == ["b", "a"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How does caching work?", "b"),
        ("Which Python version does it need?", "b"),
        ("How do I change the port of a new project?", "b"),
        ("What changed in version 2?", "a"),
        ("What is new?", "a"),
    ],
)
def test_news_stand_behind_unless_they_are_asked_for(question: str, first: str) -> None:
    news = hit("a", uri="releases/changelog.md", score=0.51)
    assert order(question, news, hit("b"))[0] == first


def test_the_reader_s_page_gains_and_scores_only_move_by_a_little() -> None:
    page = "https://docs.example/b"
    assert order("Why?", hit("a"), hit("b"), page=page) == ["b", "a"]
    assert order("Why?", hit("a", score=0.9), hit("b"), page=page) == ["a", "b"]


def test_what_has_no_address_gains_nothing() -> None:
    assert PageBonuses.of("", ("", "#x")).of_page("") == 0


def test_pages_of_the_answer_before_gain_and_more_with_the_reader_on_them() -> None:
    told = ("https://docs.example/b#install", "https://docs.example/b?v=2#run")
    assert order("Why?", hit("a"), hit("b"), cited=told) == ["b", "a"]
    assert order("Why?", hit("a", score=0.56), hit("b"), cited=told) == ["a", "b"]
    assert order("Why?", hit("a", score=0.56), hit("b"), cited=told, page="https://docs.example/b/") == ["b", "a"]


def test_a_product_s_past_is_no_news() -> None:
    past = hit("a", uri="understanding/history-of-redux.md", score=0.51)
    assert order("Who made it?", past, hit("b"))[0] == "a"
    assert order("Who made it?", hit("a", uri="history/server.md", score=0.51), hit("b"))[0] == "b"


def test_the_home_page_opens_with_what_the_product_is() -> None:
    home = hit("b", uri="index.md", title="Welcome to Kestrel", text="A server for birds.")
    assert order("What is Kestrel?", hit("a", text="Kestrel starts fast.", score=0.55), home)[0] == "b"
    assert order("What is a nest?", hit("a", text="Nests are many.", score=0.55), home)[0] == "a"


@pytest.mark.parametrize(
    ("question", "first"),
    [("How do I install it?", "b"), ("How do I contribute a patch?", "a"), ("How do I run the test suite?", "a")],
)
def test_pages_for_contributors_stand_behind_unless_they_are_asked_for(question: str, first: str) -> None:
    guide = hit("a", uri="contributing.md", score=0.55)
    assert order(question, guide, hit("b"))[0] == first


def test_what_the_home_page_says_that_the_product_is_comes_first_though_every_page_names_it() -> None:
    pages = [hit(f"p{number}", text="Starlette has plugins.", score=0.6) for number in range(40)]
    home = hit("home", uri="index.md", title="Introduction", text="Starlette is a lightweight framework.", score=0.3)
    assert order("What is Starlette?", *pages, home)[0] == "home"


@pytest.mark.parametrize(
    ("question", "first"),
    [("Where does a bird keep its eggs?", "b"), ("what does keep_eggs do", "a"), ("can it keep eggs?", "a")],
)
def test_an_entry_of_the_reference_stands_behind_a_guide_unless_it_is_named(question: str, first: str) -> None:
    entry = hit("a", text="### `kestrel.keep_eggs(nest)`\n\nDoes so.", heading_path=["kestrel.keep_eggs"], score=0.52)
    if first == "b":
        entry = hit("a", text="### `kestrel.hover(nest)`\n\nDoes so.", heading_path=["kestrel.hover"], score=0.52)
    assert order(question, entry, hit("b"))[0] == first
