"""What a source says of who wrote its page, and when."""

from typing import Any

import pytest

from pipelines.answering.sources import authors_of, published_of
from pipelines.types import Author


def test_authors_are_those_that_the_page_names() -> None:
    names = [{"family": "Beethoven", "given": "Ludwig"}, {"literal": "Bell Labs"}, {"suffix": "Jr."}, {"family": ""}]
    assert authors_of({"author": names}) == (Author(family="Beethoven", given="Ludwig"), Author(literal="Bell Labs"))


@pytest.mark.parametrize("item", [None, {}, {"title": "Ports"}, {"author": None}, {"author": []}])
def test_a_page_that_names_nobody_has_no_authors(item: dict[str, Any] | None) -> None:
    assert authors_of(item) == ()


@pytest.mark.parametrize(
    ("issued", "published"),
    [
        ({"date-parts": [[2024]]}, "2024"),
        ({"date-parts": [[2024, 5]]}, "2024-05"),
        ({"date-parts": [[2024, 5, 7]]}, "2024-05-07"),
        ({"date-parts": [[987]]}, "0987"),
        ({"date-parts": [[]]}, None),
        ({"date-parts": []}, None),
        ({"raw": "last spring"}, None),
        (None, None),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(issued: dict[str, Any] | None, published: str | None) -> None:
    assert published_of({"issued": issued}) == published
