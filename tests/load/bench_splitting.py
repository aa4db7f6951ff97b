"""How fast pages are split, how full nodes are, and how many an edit changes: `python -m tests.load.bench_splitting`.

Reads the three public sites with the real readers (FOOTNOTED_SHARED_DATA). CPU is that of this process; "bare" is a
tokenization of the same pages and nothing else, the least that any token-bounded splitter costs.
"""

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from llama_index.core.schema import Document, MetadataMode

from pipelines.corpus import CorpusSpec
from pipelines.readers.sources import read_documents
from pipelines.splitting.splitter import SectionSplitter
from pipelines.splitting.tokens import count_tokens, open_tokenizer
from tests.conftest import shared_data_folder

SITES = {"docs_physical_ai_textbook": "docusaurus", "docs_redux": "docusaurus", "docs_fastapi": "mkdocs"}
PARAGRAPH = re.compile(r"(?<=\n\n)[A-Z][^\n#`|]{60,600}(?=\n\n)")
EDITS = 300


def read_site(name: str, flavour: str, folder: Path) -> list[Document]:
    """The pages of one of the public sites."""
    source = {"kind": "markdown", "path": "docs", "flavour": flavour}
    declared = {"name": "site", "folder": folder / name, "source": source, "base_url": "https://example.org"}
    read = read_documents(CorpusSpec.model_validate(declared), max_page_chars=2_000_000)
    return [page for page in read if isinstance(page, Document)]


def edit_page(page: Document, span: tuple[int, int], new: str) -> Document:
    """The page with `new` in place of a span that holds no heading."""
    shift = len(new) - (span[1] - span[0])
    headings = [
        {**heading, "start": heading["start"] + moved, "end": heading["end"] + moved}
        for heading in page.metadata["headings"]
        for moved in [shift if heading["start"] >= span[1] else 0]
    ]
    text = page.text[: span[0]] + new + page.text[span[1] :]
    return Document(id_=page.id_, text=text, metadata={**page.metadata, "headings": headings})


def edit_paragraph(text: str, kind: int) -> str:
    """A paragraph after an edit: changed, followed by a new one, or gone."""
    return [text.replace(" ", " indeed ", 1) + " So it is.", f"{text}\n\nOne more paragraph. It is short.", ""][
        kind % 3
    ]


def count_changes(splitter: SectionSplitter, pages: Sequence[Document], edits: int, seed: int = 5) -> Counter[int]:
    """How many of `edits` paragraph edits change how many nodes."""
    generator = random.Random(seed)
    candidates = [(page, match) for page in pages for match in PARAGRAPH.finditer(page.text)]
    changes: Counter[int] = Counter()
    for kind, (page, match) in enumerate(generator.sample(candidates, min(edits, len(candidates)))):
        edited = edit_page(page, match.span(), edit_paragraph(match.group(), kind))
        before, after = (
            Counter(node.get_content(MetadataMode.EMBED) for node in splitter([version])) for version in (page, edited)
        )
        changes[(after - before).total()] += 1
    return changes


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure_site(name: str, flavour: str) -> str:
    """The figures of one site, as lines."""
    splitter, pages = SectionSplitter(), read_site(name, flavour, shared_data_folder())
    nodes = splitter(pages)
    bare = min(cpu_seconds(lambda: [open_tokenizer().encode(page.text) for page in pages]) for _ in range(3))
    whole = min(cpu_seconds(lambda: splitter(pages)) for _ in range(3))
    tokens = [count_tokens(node.get_content(MetadataMode.EMBED)) for node in nodes]
    changes = dict(sorted(count_changes(splitter, pages, EDITS).items()))
    return (
        f"{name}: {len(pages)} pages, {len(nodes)} nodes\n"
        f"  {len(pages) / whole:.0f} pages a CPU second; {whole / bare:.1f} times a bare tokenization\n"
        f"  tokens: mean {statistics.mean(tokens):.0f}, median {statistics.median(tokens):.0f}, max {max(tokens)}\n"
        f"  edits of a paragraph by the number of nodes that they change: {changes}"
    )


def main() -> None:
    """Prints one block a site."""
    for name, flavour in SITES.items():
        print(measure_site(name, flavour), flush=True)


if __name__ == "__main__":
    main()
