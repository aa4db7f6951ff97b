"""Two addresses of one page are one page; a template that names one address everywhere is not believed."""

from pathlib import Path

from pipelines.corpus import CorpusSpec
from pipelines.readers.page_source import PackedPage
from pipelines.readers.sources import open_source
from pipelines.types import LeftOutPage

BASE = "https://example.org"


def html(text: str, canonical: str | None = None) -> str:
    link = f'<link rel=canonical href="{canonical}">' if canonical else ""
    return f"<html><head>{link}</head><body><main><h1>T</h1><p>{text}</p></main></body></html>"


async def read(folder: Path, pages: dict[str, str]) -> dict[str, str]:
    """What became of each page: its url, or why it is left out."""
    for name, content in pages.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    source = {"kind": "html", "path": "site"}
    spec = CorpusSpec.model_validate({"name": "site", "folder": folder, "base_url": BASE, "source": source})
    found = {}
    for page in await open_source(spec, max_page_chars=10_000).pages({}):
        assert isinstance(page, PackedPage | LeftOutPage)
        if isinstance(page, PackedPage):
            found[page.metadata["uri"]] = page.metadata["url"].removeprefix(BASE)
        else:
            found[page.path] = page.reason
    return found


async def test_a_page_that_names_another_one_is_left_out(tmp_path: Path) -> None:
    pages = {
        "a.html": html("one", f"{BASE}/a"),
        "0/a.html": html("one for print", f"{BASE}/a.html"),
        "b/index.html": html("two", f"{BASE}/b/"),
        "old/b.html": html("two", f"{BASE}/b"),
    }
    found = await read(tmp_path, pages)
    assert found == {"a.html": "/a", "b/index.html": "/b/", "old/b.html": "duplicate", "0/a.html": "duplicate"}


async def test_of_pages_that_name_one_that_is_not_there_the_first_stays(tmp_path: Path) -> None:
    pages = {"x/1.html": html("one", f"{BASE}/y"), "x/2.html": html("one", f"{BASE}/y/")}
    assert await read(tmp_path, pages) == {"x/1.html": "/y", "x/2.html": "duplicate"}


async def test_a_template_that_names_the_front_page_everywhere_is_not_believed(tmp_path: Path) -> None:
    pages = {f"p{number}.html": html(f"text {number}", f"{BASE}/") for number in range(8)}
    found = await read(tmp_path, pages | {"index.html": html("home", f"{BASE}/")})
    assert found == {f"p{number}.html": f"/p{number}.html" for number in range(8)} | {"index.html": "/"}
