import pytest

from pipelines.evaluation.sections import PageSections
from tests.support.evaluating import BASE_URL, SECTIONS, outline, source


def accepts(ending: str, path: str, start: int = 0) -> bool:
    return any(place.holds(source(path=path, start=start)) for place in SECTIONS.find(ending))


@pytest.mark.parametrize("ending", ["start", "start/", "/start/", f"{BASE_URL}/start/", f"{BASE_URL}/start"])
def test_an_ending_without_an_anchor_is_the_whole_page(ending: str) -> None:
    assert accepts(ending, "start/")
    assert accepts(ending, "start/#upgrade", 300)
    assert not accepts(ending, "api/")


@pytest.mark.parametrize(
    ("path", "start", "right"),
    [
        ("start/#install", 100, True),
        ("start/#on-windows", 200, True),
        ("start/#upgrade", 300, False),
        ("start/", 0, False),
        ("more/start/#install", 100, False),
    ],
)
def test_an_anchor_is_its_section_with_those_inside(path: str, start: int, right: bool) -> None:
    assert accepts("start/#install", path, start) is right


def test_the_last_section_ends_with_the_page() -> None:
    assert accepts("start#upgrade", "start/#no-heading-of-ours", 10_000)


def test_a_page_at_the_root_wins_over_a_page_that_ends_alike() -> None:
    assert not accepts("start", "more/start/")
    assert accepts("more/start", "more/start/")
    sections = PageSections.of([outline("a/start/"), outline("b/start/"), outline("restart/")], BASE_URL)
    assert [place.page.removeprefix(BASE_URL) for place in sections.find("start")] == ["/a/start", "/b/start"]


def test_nothing_is_the_home_page() -> None:
    assert accepts("", "")
    assert accepts("/", "")
    assert not accepts("", "api/")


def test_what_no_page_has_is_no_place() -> None:
    assert SECTIONS.find("gone") == []
    assert SECTIONS.find("start#gone") == []


def test_an_anchor_is_compared_decoded() -> None:
    sections = PageSections.of([outline("a/", (2, "größe", 0))], BASE_URL)
    assert sections.find("a#gr%C3%B6%C3%9Fe")
