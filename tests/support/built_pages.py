"""Pages that generators build, held against what is read of them."""

import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from llama_index.core.schema import Document
from lxml import html
from lxml.html import HtmlElement
from selenium import webdriver

from pipelines.corpus import CorpusSpec
from pipelines.readers.sources import read_documents
from tests.support.shown_text import in_order, shown_text, words_of


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes the files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(command: Sequence[str | Path], folder: Path) -> None:
    """Runs a generator, which must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def compare(
    browser: webdriver.Chrome, site: Path, content: str, path: str, without: Collection[str] = ()
) -> dict[str, Document]:
    """Each page's headings are those of the content, at the generator's own links; its words are what a browser shows.

    Terms that links lead to are headings too, of whatever level.

    `content` is the content element as a selector, `path` the same for lxml; the pages `without` are not.
    """
    source = {"kind": "html", "path": site.name}
    spec = CorpusSpec.model_validate(
        {"name": "s", "folder": site.parent, "source": source, "base_url": "https://my.site"}
    )
    found = [page for page in read_documents(spec, max_page_chars=100_000) if isinstance(page, Document)]
    pages = {page.id_: page for page in found if page.id_ not in without}
    shared = read = shown = 0
    for name, page in pages.items():
        main = html.fromstring((site / name).read_bytes()).xpath(path)
        assert isinstance(main, list), name
        assert isinstance(main[0], HtmlElement), name
        theirs = []
        for heading in main[0].iter("h1", "h2", "h3", "h4"):
            links = [str(link.get("href"))[1:] for link in heading.iter("a") if "link" in (link.get("class") or "")]
            theirs.append((int(str(heading.tag)[1]), heading.get("id") or next(iter(links), None)))
        terms = [str(term.get("id")) for term in main[0].iter("dt") if term.get("id")]
        ours = [(one["level"], one["anchor"]) for one in page.metadata["headings"]]
        assert [one for one in ours if one[1] not in terms] == theirs, name
        assert [anchor for _, anchor in ours if anchor in terms] == terms, name
        # Marks of fences and numbers of lists are no words of the page.
        words = words_of(re.sub(r"(?m)^ *`{3,}.*$|^ *\d+\. ", "", page.text))
        seen = words_of(shown_text(browser, site / name, content))
        read, shown, shared = read + len(words), shown + len(seen), shared + in_order(words, seen)
    assert shared >= 0.99 * read, (shared, read)
    assert shared >= 0.9 * shown, (shared, shown)  # contents of a page and numbers of its code lines are left out
    return pages
