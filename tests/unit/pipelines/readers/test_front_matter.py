"""Front matter: YAML 1.2, what it overrides, and the CSL-JSON that it becomes."""

from typing import Any

import pytest

from pipelines.readers.front_matter import FrontMatterError, read_front_matter, split_front_matter
from storage_config.vocabulary import QUALITIES


def test_split() -> None:
    assert split_front_matter("---\ntitle: A\n---\n# B\n") == ({"title": "A"}, "# B\n")
    assert split_front_matter("---\ntitle: A\n...\n# B\n") == ({"title": "A"}, "# B\n")
    assert split_front_matter("---\n---\n# B") == ({}, "# B")
    assert split_front_matter("---\na: 1\n---") == ({"a": 1}, "")


@pytest.mark.parametrize(
    "source", ["# A\n", "", " ---\na: 1\n---\n", "---\n\nA rule, then text.\n", "----\na: 1\n----\n"]
)
def test_pages_without(source: str) -> None:
    assert split_front_matter(source) == ({}, source)


def test_yaml_is_read_as_the_generators_read_it() -> None:
    values, _ = split_front_matter(
        "---\na: no\nb: 12:30\nc: 2024-01-01\nd: 010\ne: true\nf: 1.5\ng: ~\nh:\ni: 0x1F\n---\n"
    )
    assert values == {
        "a": "no", "b": "12:30", "c": "2024-01-01", "d": 10, "e": True, "f": 1.5, "g": None, "h": None, "i": "0x1F",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("a: : b", "in line 2"),
        ("a: 'b", "in line"),
        ("- a\n- b", "a mapping"),
        ("text", "a mapping"),
        ("a: !!python/object/apply:os.system [id]", "not YAML"),
    ],
)
def test_broken_front_matter_says_where(yaml: str, message: str) -> None:
    with pytest.raises(FrontMatterError, match=message):
        split_front_matter(f"---\n{yaml}\n---\n")


def test_what_is_read() -> None:
    read = read_front_matter(
        {
            "title": " A\n b ",
            "slug": "/x",
            "id": "y",
            "draft": True,
            "parse_number_prefixes": False,
            "mdx": {"format": "md"},
        }
    )
    assert (read.title, read.slug, read.id) == ("A b", "/x", "y")
    assert (read.left_out, read.keep_number_prefixes, read.mdx_format) == ("draft", True, "md")
    assert read.publication is None
    assert read_front_matter({"unlisted": True}).left_out == "unlisted"
    assert read_front_matter({"draft": "false", "title": 2024, "tags": ["a"]}).left_out is None
    assert read_front_matter({"title": 2024}).title == "2024"
    assert read_front_matter({"title": ""}).title is None


@pytest.mark.parametrize("quality", QUALITIES)
def test_qualities(quality: str) -> None:
    assert read_front_matter({"source_quality": quality}).quality == quality


@pytest.mark.parametrize("value", ["peer-reviewed", "", 1, ["book"]])
def test_a_wrong_quality_names_what_is_allowed(value: Any) -> None:
    with pytest.raises(FrontMatterError) as raised:
        read_front_matter({"source_quality": value})
    assert "source_quality" in str(raised.value)
    assert all(quality in str(raised.value) for quality in QUALITIES)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Jane Doe", [{"family": "Doe", "given": "Jane"}]),
        ("Doe, Jane", [{"family": "Doe", "given": "Jane"}]),
        ("Ludwig van Beethoven", [{"family": "van Beethoven", "given": "Ludwig"}]),
        ("NASA", [{"literal": "NASA"}]),
        ("Doe, Jane; Roe, Richard", [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "Richard"}]),
        ("Jane Doe and Richard Roe", [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "Richard"}]),
        (
            ["Jane Doe", {"literal": "Open Robotics"}],
            [{"family": "Doe", "given": "Jane"}, {"literal": "Open Robotics"}],
        ),
        ({"family": "Doe", "given": "J."}, [{"family": "Doe", "given": "J."}]),
        ([{"name": "Jane Doe", "url": "https://example.org"}], [{"family": "Doe", "given": "Jane"}]),
    ],
)
def test_authors(authors: Any, names: list[dict[str, str]]) -> None:
    publication = read_front_matter({"authors": authors}).publication
    assert publication == {"type": "webpage", "author": names}


def test_a_publication_as_csl_json() -> None:
    read = read_front_matter(
        {
            "authors": "Doe, Jane",
            "year": 2023,
            "doi": "https://doi.org/10.1000/xyz.1",
            "container_title": "Robotics",
            "publisher": "P",
        }
    )
    assert read.publication == {
        "type": "article-journal",
        "author": [{"family": "Doe", "given": "Jane"}],
        "issued": {"date-parts": [[2023]]},
        "DOI": "10.1000/xyz.1",
        "container-title": "Robotics",
        "publisher": "P",
    }
    book = read_front_matter({"publisher": "P", "year": "2020-05-01"}).publication
    assert book == {"type": "book", "issued": {"date-parts": [[2020]]}, "publisher": "P"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("year", "soon"),
        ("year", 20),
        ("doi", "xyz"),
        ("authors", 3),
        ("authors", [1]),
        ("title", ["a"]),
        ("publisher", True),
    ],
)
def test_wrong_values_name_their_key(key: str, value: Any) -> None:
    with pytest.raises(FrontMatterError, match=rf"^{key}: .*allowed"):
        read_front_matter({key: value})


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("tags: [admin, network,  admin , '']", ("admin", "network")),
        ("tags: admin, two  words", ("admin", "two words")),
        ("tags:\n  - {label: Admin area, permalink: /admin}\n  - name: Other\n  - {x: y}", ("Admin area", "Other")),
        ("tags: [2024, true, [x], null]", ("2024", "True")),
        ("tags: {a: b}", ()),
        ("tags:", ()),
        ("title: x", ()),
        (f"tags: [{'x' * 65}, y]", ("y",)),
        (f"tags: [{', '.join(map(str, range(60)))}]", tuple(map(str, range(50)))),
    ],
)
def test_tags_are_those_of_the_generator(said: str, tags: tuple[str, ...]) -> None:
    values, _ = split_front_matter(f"---\n{said}\n---\nText.\n")
    assert read_front_matter(values).tags == tags
