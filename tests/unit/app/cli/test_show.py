"""`footnoted show` reads pages from their source: nothing else is there in these tests."""

from pathlib import Path

import pytest
from rich.console import Console

from app.cli.show import print_page, read_page
from app.errors import InvalidRequest
from pipelines.errors import SourceMissing, UnknownCorpus
from pipelines.ingestion.page_view import PageView
from storage_config.settings import Settings

GUIDE = """---
title: The guide
---
The guide says what a pump does. Ask us where it says too little.

## Care {#care-of-it}

Oil the pump every 30 days.

| part | days |
| --- | --- |
| valve | 30 |
| filter | 90 |

### Tools

- a wrench of 12 mm for the valve
- a cloth that gives no lint

## Empty
"""


def corpora(folder: Path, *names: str) -> Settings:
    declared = [
        f'[corpora.{name}]\nsource = {{ kind = "markdown", path = "{name}", flavour = "docusaurus" }}\n'
        f'base_url = "https://{name}.test/docs"\n'
        for name in names
    ]
    for name in names:
        (folder / name).mkdir()
    (folder / "footnoted.toml").write_text("".join(declared))
    return Settings(config=folder / "footnoted.toml")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = corpora(tmp_path, "book")
    (tmp_path / "book" / "guide.md").write_text(GUIDE)
    (tmp_path / "book" / "plan.md").write_text("---\ndraft: true\n---\nNot yet.\n")
    return made


def printed(page: PageView) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        print_page(console, page)
    return captured.get()


@pytest.mark.parametrize(
    "wanted",
    ["https://book.test/docs/guide", "https://book.test/docs/guide/", "https://book.test/docs/guide?x=1", "guide.md"],
)
async def test_a_page_is_found_by_address_and_by_path(settings: Settings, wanted: str) -> None:
    page = await read_page(settings, wanted, corpus=None)
    assert (page.corpus, page.uri, page.url) == ("book", "guide.md", "https://book.test/docs/guide")
    assert (page.title, page.left_out, page.error) == ("The guide", None, None)


async def test_a_page_is_found_by_the_path_of_its_file_from_here(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (await read_page(settings, "book/guide.md", corpus=None)).uri == "guide.md"
    assert (await read_page(settings, str(tmp_path / "book" / "guide.md"), corpus=None)).uri == "guide.md"


async def test_every_part_is_an_exact_slice_of_the_page(settings: Settings) -> None:
    page = await read_page(settings, "guide.md", corpus=None)
    assert [(one.heading_path, one.anchor) for one in page.sections] == [
        ((), None),
        (("Care",), "care-of-it"),
        (("Care", "Tools"), "tools"),
    ]
    assert [chunk.url.partition("#")[2] for chunk in page.chunks] == ["", "care-of-it", "tools"]
    assert all(0 < chunk.tokens <= 256 for chunk in page.chunks)
    for unit in page.units:
        assert page.text[unit.start : unit.end] == unit.text
    head, *rows = [unit for unit in page.units if unit.kind == "table"]
    assert (head.quoted, [row.text for row in rows]) == (False, ["| valve | 30 |", "| filter | 90 |"])
    care = page.sections[1]
    assert all(row.quoted and care.start < row.start < care.end for row in rows)
    assert [unit.text for unit in page.units if unit.kind == "list"] == [
        "a wrench of 12 mm for the valve",
        "a cloth that gives no lint",
    ]


async def test_an_anchor_narrows_it_to_its_section(settings: Settings) -> None:
    page = await read_page(settings, "https://book.test/docs/guide#tools", corpus=None)
    assert [one.anchor for one in page.sections] == ["tools"]
    assert [unit.kind for unit in page.units] == ["list", "list"]
    assert [chunk.heading_path for chunk in page.chunks] == [("Care", "Tools")]
    with pytest.raises(InvalidRequest, match=r"has no section #tool; the closest: #tools, "):
        await read_page(settings, "guide.md#tool", corpus=None)


async def test_a_page_that_is_left_out_says_why(settings: Settings) -> None:
    page = await read_page(settings, "plan.md", corpus=None)
    assert (page.left_out, page.url, page.units) == ("draft", None, ())
    assert "left out: draft: its generator publishes no draft" in printed(page)


async def test_a_page_that_cannot_be_read_says_why(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "book" / "wrong.md").write_text("---\nsource_quality: gospel\n---\nText.\n")
    page = await read_page(settings, "wrong.md", corpus=None)
    assert page.error is not None
    assert "gospel" in page.error
    assert page.error in printed(page).replace("\n", " ")


async def test_a_page_of_no_corpus_is_an_error_that_names_the_closest(settings: Settings) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await read_page(settings, "https://book.test/docs/guid", corpus=None)
    assert "allowed: a page's address, or its file below source.path" in str(raised.value)
    assert "The closest: https://book.test/docs/guide" in str(raised.value)
    with pytest.raises(UnknownCorpus):
        await read_page(settings, "guide.md", corpus="novel")


async def test_of_several_corpora_one_that_fails_hides_no_page_of_the_others(tmp_path: Path) -> None:
    settings = corpora(tmp_path, "bare", "book")
    (tmp_path / "book" / "guide.md").write_text(GUIDE)
    assert (await read_page(settings, "guide.md", corpus=None)).corpus == "book"
    with pytest.raises(InvalidRequest, match="Not read: bare: no page in"):
        await read_page(settings, "nothing.md", corpus=None)
    with pytest.raises(SourceMissing):
        await read_page(settings, "guide.md", corpus="bare")


async def test_what_was_lost_on_the_way_is_shown(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "book" / "parts.mdx").write_text("# Parts\n\n<PriceTable />\n\nEach part has a price.\n")
    page = await read_page(settings, "parts.mdx", corpus=None)
    assert any("PriceTable" in warning for warning in page.warnings)
    shown = printed(page)
    assert "PriceTable" in shown
    assert "Each part has a price." in shown
