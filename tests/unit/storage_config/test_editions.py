"""Which edition of a site a page belongs to, by its address."""

import pytest

from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition, edition_at

PUBLISHED = [
    PublishedEdition(Edition("1.0"), "https://my.site/docs/1.0"),
    PublishedEdition(Edition(None, "fr"), "https://my.site/fr/docs/"),
    PublishedEdition(Edition("1.0", "fr"), "https://my.site/fr/docs/1.0"),
]


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        ("https://my.site/docs/setup", DEFAULT_EDITION),
        ("https://my.site/docs/1.0/setup?x=1#install", Edition("1.0")),
        ("https://my.site/docs/1.0", Edition("1.0")),
        ("https://my.site/docs/1.0.1/setup", DEFAULT_EDITION),
        ("https://my.site/fr/docs/setup/", Edition(None, "fr")),
        ("https://my.site/fr/docs/1.0/setup", Edition("1.0", "fr")),
        ("https://my.site/docs/setup?from=/docs/1.0/", DEFAULT_EDITION),
        ("http://My.site/docs/1.0/setup", Edition("1.0")),
        ("https://my.site.evil.example/docs/1.0/setup", DEFAULT_EDITION),
        ("https://elsewhere.example/https://my.site/docs/1.0/", DEFAULT_EDITION),
        ("https://my.site", DEFAULT_EDITION),
        ("", DEFAULT_EDITION),
    ],
)
def test_a_page_is_of_the_edition_with_the_longest_address_above_it(url: str, edition: Edition) -> None:
    assert edition_at(url, PUBLISHED) == edition
    assert edition_at(url, PUBLISHED[::-1]) == edition
    assert edition_at(url, []) == DEFAULT_EDITION


def test_an_edition_is_read_back_as_it_was_recorded() -> None:
    for one in PUBLISHED:
        assert PublishedEdition.from_json(one.as_json()) == one


def test_names() -> None:
    assert [one.edition.name for one in PUBLISHED] == ["1.0", "fr", "1.0 fr"]
    assert DEFAULT_EDITION.name == ""
    assert DEFAULT_EDITION.is_default
    assert not Edition(None, "fr").is_default
