"""Every page of three public sites, read and split: slices, bounds, sections, edits and the cost of it all."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.schema import BaseNode, Document, MetadataMode

from pipelines.corpus import CorpusSpec
from pipelines.readers import read_documents
from pipelines.splitting import NodeIds, SectionSplitter
from pipelines.tokens import count_tokens, open_tokenizer
from pipelines.types import Heading

SITES = {"docs_physical_ai_textbook": "docusaurus", "docs_redux": "docusaurus", "docs_fastapi": "mkdocs"}
PARAGRAPH = re.compile(r"(?<=\n\n)[A-Z][^\n#`|]{60,600}(?=\n\n)")

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module", params=SITES)
def pages(request: pytest.FixtureRequest, shared_data: Path) -> list[Document]:
    source = {"kind": "markdown", "path": "docs", "flavour": SITES[request.param]}
    declared = {"name": "site", "folder": shared_data / request.param, "source": source, "base_url": "https://e.org"}
    read = read_documents(CorpusSpec.model_validate(declared), max_page_chars=2_000_000)
    return [page for page in read if isinstance(page, Document)]


@pytest.fixture(scope="module")
def nodes(pages: list[Document]) -> list[BaseNode]:
    return NodeIds(corpus="site")(SectionSplitter()(pages))


def test_every_node_is_an_exact_slice_within_the_bound(pages: list[Document], nodes: list[BaseNode]) -> None:
    texts = {page.id_: page.text for page in pages}
    wrong = [
        node.metadata["url"]
        for node in nodes
        if node.get_content() != texts[node.metadata["uri"]][node.metadata["start"] : node.metadata["end"]]
        or count_tokens(node.get_content(MetadataMode.EMBED)) > 256
    ]
    assert not wrong
    assert {node.metadata["uri"] for node in nodes} == {page.id_ for page in pages if page.text.strip()}
    assert len({node.node_id for node in nodes}) == len(nodes) > 500


def test_every_node_has_the_anchor_and_the_path_of_the_section_it_starts_in(
    pages: list[Document], nodes: list[BaseNode]
) -> None:
    headings = {page.id_: [Heading(**heading) for heading in page.metadata["headings"]] for page in pages}
    for node in nodes:
        before = [found for found in headings[node.metadata["uri"]] if found.start <= node.metadata["start"]]
        if not before or (len(before) == 1 and before[0].level == 1):
            assert node.metadata["heading_path"] == []
            assert "#" not in node.metadata["url"]
        else:
            assert node.metadata["heading_path"][-1] == before[-1].text
            assert before[-1].anchor is None or node.metadata["url"].endswith(f"#{before[-1].anchor}")
        spanned = [found for found in headings[node.metadata["uri"]] if _inside(found, node)]
        assert not spanned or not _has_text(pages, node)


def test_an_edit_of_a_paragraph_embeds_at_most_three_nodes(pages: list[Document]) -> None:
    splitter, generator = SectionSplitter(), random.Random(5)
    changes: Counter[int] = Counter()
    for page, span, new in _edits(pages, generator, count=40):
        before, after = (
            Counter(node.get_content(MetadataMode.EMBED) for node in splitter([version]))
            for version in (page, _edit(page, span, new))
        )
        changes[(after - before).total()] += 1
    assert changes.total() == 40
    assert max(changes) <= 3


def test_splitting_costs_little_beside_bare_tokenization(pages: list[Document]) -> None:
    def seconds(work: object) -> float:
        began = time.process_time()
        assert callable(work)
        work()
        return time.process_time() - began

    splitter = SectionSplitter()
    bare = seconds(lambda: [open_tokenizer().encode(page.text) for page in pages])
    whole = seconds(lambda: splitter(pages))
    assert whole < 5 * bare  # 2 on an idle machine, the tokenization itself included


def _inside(heading: Heading, node: BaseNode) -> bool:
    return bool(node.metadata["start"] < heading.start < node.metadata["end"])


def _has_text(pages: list[Document], node: BaseNode) -> bool:
    """Whether the node's page holds more than headings."""
    page = next(page for page in pages if page.id_ == node.metadata["uri"])
    cuts = [
        0,
        *(at for heading in page.metadata["headings"] for at in (heading["start"], heading["end"])),
        len(page.text),
    ]
    return any(page.text[start:end].strip() for start, end in zip(cuts[::2], cuts[1::2], strict=True))


def _edits(
    pages: list[Document], generator: random.Random, count: int
) -> Iterator[tuple[Document, tuple[int, int], str]]:
    """Pages with the span of a paragraph and what stands there afterwards: changed, extended by one, or nothing."""
    candidates = [(page, match) for page in pages for match in PARAGRAPH.finditer(page.text)]
    for number, (page, match) in enumerate(generator.sample(candidates, count)):
        text = match.group()
        new = [
            text.replace(" ", " indeed ", 1) + " So it is.",
            f"{text}\n\nOne more paragraph of two sentences. Here.",
            "",
        ]
        yield page, match.span(), new[number % 3]


def _edit(page: Document, span: tuple[int, int], new: str) -> Document:
    shift = len(new) - (span[1] - span[0])
    headings = [
        {**heading, "start": heading["start"] + moved, "end": heading["end"] + moved}
        for heading in page.metadata["headings"]
        for moved in [shift if heading["start"] >= span[1] else 0]
    ]
    text = page.text[: span[0]] + new + page.text[span[1] :]
    return Document(id_=page.id_, text=text, metadata={**page.metadata, "headings": headings})
