"""Front matter: YAML 1.2, what it overrides, and the CSL-JSON that it becomes."""

import contextlib
import time
from typing import Any

import pytest

from pipelines.readers.front_matter import FrontMatterError, read_front_matter, split_front_matter
from storage_config.vocabulary import QUALITIES
from tests.support.linear_time import measure_growth


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


@pytest.mark.parametrize(
    "head",
    [
        "---\n{title: Keys, access: [staff], team: @ops}\n---\n",
        "---\ntitle: Keys\n'access' : staff\nteam: @ops\n---\n",
        "---\ntitle: Keys\nAccess: staff\nteam: @ops\n---\n",
        "---\ntitle: Keys\nparams:\n  access: staff\nteam: @ops\n---\n",
        "---\n? access\n: staff\nteam: @ops\n---\n",
        "---\n!!str access: staff\nteam: @ops\n---\n",
        "---\naccess: &a staff\nteam: *a\n---\n",
        "---\n- access: staff\n- b\n---\n",
        "+++\ntitle = 'Keys'\naccess = [staff]\n+++\n",
        "+++\n[access]\ngroup = staff\n+++\n",
        # no end
        "---\naccess: staff\n\n",
        "---\ntitle: Keys\n\n  # whose it is\n\naccess: staff\n\n",
        "---\nsome slip\naccess: staff\n\n",
        "---\nSome prose of it.\naccess: staff and board\n\n",
        "---\nAccess: staff\n\n",
        "---\nAccess: staff.\n\n",
        "---\nAccess: [staff of it.]\n\n",
        "---\ntitle: Keys\nAccess: all of the staff.\n\n",
        "---\nAccess: all of the staff.\naccess: staff\n\n",
        "---\nAccess: only members of staff.\n\n",
        "---\nAccess: Staff and board members only.\nNo other reader may see this page.\n\n",
        "---\nA word first.\nAccess: our staff may read it.\n\n",
        "---\nAccess: everybody on the staff may read it.\n\n",
        "---\nAccess: everybody may read it but guests.\n\n",
        "---\naccess: everybody may read it.\n\n",
        "---\n# whose it is\naccess: staff\n\n",
        "+++\naccess = ['staff']\n\n",
        "---\n{title: Keys, access: [staff]}\n\n",
        # an end that is none
        "---\naccess: staff\n----\n\n",
        # a beginning that is none
        "--- yaml\naccess: staff\n---\n",
        "---json\n{'access': ['staff']}\n---\n",
        "\ufeff\n---\naccess: staff\n---\n",
        " ---\naccess: staff\n---\n",
        "<!-- checked --> <!-- twice -->\n---\naccess: staff\n---\n",
        "\n---\ntitle: Keys\nteam: @ops\n\naccess: staff\n---\n",
        # JSON
        '{\n  "title": "Keys",\n  "access": ["staff"],\n}\n',
        '{ "title": "Keys", "access": ["staff"], }\n',
        "{ 'access': ['staff'] }\n",
        "{access: [staff]}\n",
        '{\n  "access": ["staff"],\n\n  "title": "Keys"\n\n',
        '{"access": ["staff"]} and text\n',
        "access: [staff]\n---\nText.\n",
        "title: Keys\naccess:\n  - staff\n---\nText.\n",
    ],
)
@pytest.mark.parametrize("flavour", [None, "docusaurus", "mkdocs", "plain", "starlight", "vitepress"])
def test_access_that_cannot_be_read_lets_nobody_in(head: str, flavour: str | None) -> None:
    with pytest.raises(FrontMatterError) as raised:
        split_front_matter(f"{head}# Root key\n\nThe root key is 42.\n", flavour)
    assert raised.value.rest is None


@pytest.mark.parametrize(
    "source",
    [
        "---\n\nWho has access: everybody.\n",
        "---\n\n# Access: how to get it\n\nText.\n",
        "---\n\n**Access:** for admins.\n\n- access: read\n",
        "---\nFor guests, access: none.\n",
        "---\nThis page is about keys.\nAccess: everybody may read it.\n\nText.\n",
        "---\nAccess: everybody may read it.\n\nText.\n",
        "---\nA word first.\n**Access:** for admins and owners!\nMore of it.\n\nText.\n",
        "---\n\nAsk for roles.\n\naccess: what you may see\n",
        "---\ntitle: Keys\n\n# Keys\n\nText.\n\naccess: what you may see\n",
        "+++\n\nFull access = everything.\n",
        "----\naccess: staff\n----\n",
        "# Access\n\n---\naccess: staff\n---\n",
        "access = 1\n",
        "{access === 1 && <Keys />}\n",
        "{keys.access ? a : b}\n",
        '{title}\n\n```json\n{\n  "access": "staff"\n}\n```\n',
        "{{ access: 1 }}\n",
        "{% access: 1 %}\n",
        "---\naccessibility: all\n\nText.\n",
        "",
        "<!--" * 20,
    ],
)
@pytest.mark.parametrize("flavour", [None, "docusaurus", "plain", "starlight"])
def test_prose_about_access_is_let_be(source: str, flavour: str | None) -> None:
    assert split_front_matter(source, flavour) == ({}, source)


@pytest.mark.parametrize("flavour", ["plain", "starlight"])
@pytest.mark.parametrize(
    "head", ["\n---\naccess: staff\n---\n", " \n\n--- # c\naccess: staff\n---\n", "--- # c\naccess: staff\n---\n"]
)
def test_front_matter_is_read_where_its_generator_does(head: str, flavour: str) -> None:
    assert split_front_matter(f"{head}# A\n", flavour) == ({"access": "staff"}, "# A\n")
    with pytest.raises(FrontMatterError, match="access key"):
        split_front_matter(f"{head}# A\n", "docusaurus")


def test_json_on_one_line_is_read_where_its_generator_does() -> None:
    source = '{ "access": ["staff"] }\n# A\n'
    assert split_front_matter(source, "plain") == ({"access": ["staff"]}, "# A\n")
    with pytest.raises(FrontMatterError, match="access key"):
        split_front_matter(source, "docusaurus")


def test_two_rules_below_a_blank_line_are_text() -> None:
    for source in ("\n---\nOne: two: three.\n\n---\n", "\n---\nText.\n---\n"):
        assert split_front_matter(source, "plain") == ({}, source)


@pytest.mark.parametrize("run", ["\n", "- ", "{", "access", "<!-- -->", "{access,", '"', "---\n", "a:\n\n", "?", "#\n"])
@pytest.mark.parametrize("mark", ["", "---\n", "{\n", "\n---\n"])
def test_looking_for_access_takes_linear_time(mark: str, run: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        with contextlib.suppress(FrontMatterError):
            split_front_matter(f"{mark}a: : b\n" + run * (length // len(run)) + "x", "plain")
        return time.process_time() - began

    took, most = measure_growth(seconds, 60_000)
    assert took < most


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


@pytest.mark.parametrize(("key", "value"), [("title", ["a"]), ("source_quality", "great"), ("access", 5)])
def test_wrong_values_name_their_key(key: str, value: Any) -> None:
    with pytest.raises(FrontMatterError, match=rf"^{key}: .*allowed"):
        read_front_matter({key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("year", "May 2024"), ("year", 20), ("doi", "xyz"), ("doi", 5), ("authors", 3), ("authors", [1]),
        ("authors", [{"name": {"first": "A"}}]), ("publisher", True), ("container_title", ["a"]),
    ],
)  # fmt: skip
def test_a_publication_that_cannot_be_read_loses_no_page(key: str, value: Any) -> None:
    said = read_front_matter({"title": "T", "year": 2020, key: value})
    (warning,) = said.warnings
    assert warning.startswith(f"front matter: {key}: ")
    assert warning.endswith("; it is not read")
    year = None if key == "year" else {"type": "webpage", "issued": {"date-parts": [[2020]]}}
    assert (said.title, said.publication) == ("T", year)


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
