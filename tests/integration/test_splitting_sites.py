"""Every page of three public sites, read and split: slices, bounds, sections, edits and the cost of it all."""

from pathlib import Path

import pytest
from llama_index.core.schema import BaseNode, Document, MetadataMode

from pipelines.splitting.splitter import NodeIds, SectionSplitter
from pipelines.splitting.tokens import count_tokens, open_tokenizer
from pipelines.types import Heading
from tests.load.bench_splitting import SITES, count_changes, cpu_seconds, read_site

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module", params=SITES)
def pages(request: pytest.FixtureRequest, shared_data: Path) -> list[Document]:
    return read_site(request.param, SITES[request.param], shared_data)


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
    changes = count_changes(SectionSplitter(), pages, 40)
    assert changes.total() == 40
    assert max(changes) <= 3


def test_splitting_costs_little_beside_bare_tokenization(pages: list[Document]) -> None:
    splitter = SectionSplitter()
    bare = cpu_seconds(lambda: [open_tokenizer().encode(page.text) for page in pages])
    whole = cpu_seconds(lambda: splitter(pages))
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
