"""Nodes of every page are exact slices in their section, within their bound, under lasting ids."""

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.schema import BaseNode, Document, MetadataMode

from pipelines.splitting.splitter import NodeIds, SectionSplitter
from pipelines.splitting.tokens import count_tokens
from pipelines.types import Heading
from tests.support.markdown_pages import WORDS, build_page, join_page, pages

# Room from the least that is allowed to the default, with and without overlap.
splitters = st.sampled_from([(64, 0), (64, 32), (96, 16), (256, 32)]).map(
    lambda sizes: SectionSplitter(max_tokens=sizes[0], overlap_tokens=sizes[1])
)
SMALL = SectionSplitter(max_tokens=64, overlap_tokens=16)


def spans(nodes: list[BaseNode]) -> list[tuple[int, int]]:
    return [(node.metadata["start"], node.metadata["end"]) for node in nodes]


def sentence(number: int, length: int = 9) -> str:
    return " ".join([f"Fact{number}", *(WORDS[(number * 7 + i) % len(WORDS)] for i in range(length))]) + "."


def paragraph(number: int, count: int = 3) -> str:
    return " ".join(sentence(number * 10 + i) for i in range(count))


@settings(max_examples=40, deadline=None)
@given(page=pages, splitter=splitters)
def test_any_page_is_split_as_it_should(page: Document, splitter: SectionSplitter) -> None:
    """One page for all that holds of every page: hypothesis takes longer to write one than we to split it."""
    nodes = splitter([page])
    assert_exact_slices_within_the_bound(page, splitter, nodes)
    assert_sections_are_kept_and_nothing_is_missed(page, nodes)
    assert [node.metadata["ordinal"] for node in nodes] == list(range(len(nodes)))
    assert [end for _, end in spans(nodes)] == sorted(end for _, end in spans(nodes))
    ids = [node.node_id for node in NodeIds(corpus="book")(nodes)]
    assert len(set(ids)) == len(ids)
    assert [node.node_id for node in NodeIds(corpus="book")(splitter([page]))] == ids


def assert_exact_slices_within_the_bound(page: Document, splitter: SectionSplitter, nodes: list[BaseNode]) -> None:
    for node in nodes:
        start, end = node.metadata["start"], node.metadata["end"]
        text = node.get_content(MetadataMode.NONE)
        assert text == page.text[start:end]
        assert text == text.strip() != ""
        embedded = node.get_content(MetadataMode.EMBED)
        assert embedded == f"{node.metadata['breadcrumb']}\n\n{text}".lstrip()
        assert count_tokens(embedded) <= splitter.max_tokens


def assert_sections_are_kept_and_nothing_is_missed(page: Document, nodes: list[BaseNode]) -> None:
    headings = [Heading(**heading) for heading in page.metadata["headings"]]
    only_headings = not any(
        page.text[start:end].strip()
        for start, end in zip(
            [0, *(h.end for h in headings)], [*(h.start for h in headings), len(page.text)], strict=True
        )
    )
    covered = bytearray(len(page.text))
    for start, end in spans(nodes):
        assert only_headings or not [heading for heading in headings if start < heading.start < end]
        covered[start:end] = b"\1" * (end - start)
    for heading in headings:
        covered[heading.start : heading.end] = b"\1" * (heading.end - heading.start)
    assert not "".join(letter for letter, seen in zip(page.text, covered, strict=True) if not seen).strip()


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=600))
def test_any_text_without_headings_can_be_split(text: str) -> None:
    nodes = SMALL([build_page(text, [])])
    assert bool(nodes) == bool(text.strip())
    assert all(node.get_content() == text[start:end] for node, (start, end) in zip(nodes, spans(nodes), strict=True))
    assert all(count_tokens(node.get_content(MetadataMode.EMBED)) <= 64 for node in nodes)


def test_a_section_that_fits_is_one_node() -> None:
    page = join_page(
        [], [(1, "Title", ["Opening."]), (2, "Usage", [paragraph(1), paragraph(2)]), (3, "More", ["Deep."])]
    )
    nodes = SectionSplitter()([page])
    assert [node.metadata["heading_path"] for node in nodes] == [[], ["Usage"], ["Usage", "More"]]
    assert [node.metadata["url"] for node in nodes] == [
        "https://example.org/guide/page",
        "https://example.org/guide/page#anchor-1",
        "https://example.org/guide/page#anchor-2",
    ]
    assert nodes[2].get_content(MetadataMode.EMBED) == "The page > Usage > More\n\n### More\n\nDeep."
    assert nodes[2].get_content(MetadataMode.NONE) == "### More\n\nDeep."


def test_before_the_first_heading_the_path_is_empty_and_the_url_has_no_anchor() -> None:
    node = SectionSplitter()([join_page(["Before."], [(2, "Usage", ["Text."])])])[0]
    assert (node.metadata["heading_path"], node.metadata["anchor"]) == ([], None)
    assert node.metadata["url"] == "https://example.org/guide/page"


def test_metadata_is_the_nodes_own_and_none_of_it_is_embedded_but_the_breadcrumb() -> None:
    page = join_page([], [(2, "Usage", ["Text."])])
    page.metadata["document_id"] = "0190"
    node = SectionSplitter()([page])[0]
    assert set(node.metadata) == {
        "document_id", "uri", "url", "title", "heading_path", "anchor", "start", "end", "ordinal", "source_quality",
        "bibliography", "breadcrumb", "before", "after", "table_head", "text_hash",
    }  # fmt: skip
    assert node.ref_doc_id == "guide/page.md"
    assert node.source_node is not None
    assert node.source_node.metadata == {}
    assert node.get_content(MetadataMode.LLM) == node.get_content(MetadataMode.EMBED)


def test_a_fence_is_cut_only_where_it_alone_is_too_long_and_then_between_lines() -> None:
    code = "```py\n" + "\n".join(f"value_{i} = compute({i}) # step {i}" for i in range(4)) + "\n```"
    page = join_page([], [(2, "Usage", [paragraph(1), code, paragraph(2), paragraph(3)])])
    nodes = SectionSplitter(max_tokens=96, overlap_tokens=0)([page])
    holding = [node.get_content() for node in nodes if "value_" in node.get_content()]
    assert any(code in text for text in holding)
    assert all(text.count("```") % 2 == 0 for text in holding)
    long = "```py\n" + "\n".join(f"value_{i} = compute({i}) # step {i}" for i in range(40)) + "\n```"
    lines = {line for node in SMALL([join_page([], [(2, "Usage", [long])])]) for line in node.get_content().split("\n")}
    assert lines == {"## Usage", "", *long.split("\n")}


def test_a_long_table_is_cut_between_rows_and_keeps_its_header_with_the_rule() -> None:
    rows = [f"| name {i} | {sentence(i)} |" for i in range(20)]
    table = "\n".join(["| name | fact |", "|---|---|", *rows])
    nodes = SectionSplitter(max_tokens=96, overlap_tokens=0)([join_page([], [(2, "Usage", [table])])])
    lines = [line for node in nodes for line in node.get_content().split("\n") if line.startswith("|")]
    assert lines == table.split("\n")
    assert any("| name | fact |\n|---|---|\n| name 0" in node.get_content() for node in nodes)


def test_a_lead_in_stays_with_what_it_introduces() -> None:
    bodies = [[paragraph(i), f"Set{i} the value as follows:", f"```py\nset_{i}(value)\n```"] for i in range(12)]
    page = join_page([], [(2, "Usage", [block for body in bodies for block in body])])
    texts = [node.get_content() for node in SectionSplitter(max_tokens=96, overlap_tokens=0)([page])]
    for i in range(12):
        assert any(f"Set{i} the value as follows:\n\n```py\nset_{i}(value)" in text for text in texts)


def test_the_overlap_is_whole_sentences_of_the_block_before() -> None:
    page = join_page([], [(2, "Usage", [paragraph(i, 4) for i in range(10)])])
    nodes = SectionSplitter(max_tokens=96, overlap_tokens=24)([page])
    repeated = [
        page.text[start:before_end]
        for (_, before_end), (start, _) in zip(spans(nodes), spans(nodes)[1:], strict=False)
        if start < before_end
    ]
    assert repeated
    known = {sentence(i * 10 + j) for i in range(10) for j in range(4)}
    for text in repeated:
        assert count_tokens(text) - 2 <= 24
        assert {part if part.endswith(".") else part + "." for part in text.split(". ")} <= known


@pytest.mark.parametrize(
    "word", ["x" * 50_000, "각" * 5_000, "e\u0301" * 5_000, "😀" * 5_000, "你" * 5_000, "ab1" * 60]
)
def test_one_enormous_word_stays_within_the_bound(word: str) -> None:
    nodes = SMALL([join_page([], [(2, "Usage", [word])])])
    assert max(count_tokens(node.get_content(MetadataMode.EMBED)) for node in nodes) <= 64
    assert "".join(node.get_content() for node in nodes).removeprefix("## Usage").strip() == word


@pytest.mark.parametrize("title", ["", "word " * 500, "w" * 5_000, "\n  Two \r\n lines  ", "很长的标题" * 100])
def test_a_breadcrumb_is_one_line_and_leaves_room_whatever_the_title(title: str) -> None:
    page = build_page(f"## Usage\n\n{paragraph(1, 12)}", [Heading(2, "Usage " * 200, "usage", 0, 8)], title=title)
    for node in SMALL([page]):
        assert "\n" not in node.metadata["breadcrumb"]
        assert count_tokens(node.metadata["breadcrumb"]) <= 64 // 4 + 2
        assert count_tokens(node.get_content(MetadataMode.EMBED)) <= 64


def test_equal_texts_of_a_page_have_ids_of_their_own_and_so_have_pages_and_corpora() -> None:
    page = join_page([], [(2, "Usage", ["Same."]), (2, "Usage", ["Same."])])
    other = join_page([], [(2, "Usage", ["Same."])])
    other.metadata["uri"] = "guide/other.md"
    split = [*SectionSplitter()([page]), *SectionSplitter()([other])]
    ids = [[node.node_id for node in NodeIds(corpus=corpus)(split)] for corpus in ("book", "docs")]
    assert len({*ids[0], *ids[1]}) == 6


def test_an_id_survives_a_move_on_the_page_and_a_new_quality() -> None:
    page = join_page([], [(2, "Usage", ["Text."])])
    moved = join_page(["Something new before."], [(2, "Usage", ["Text."])])
    moved.metadata["source_quality"] = "book"
    ids = NodeIds(corpus="book")
    assert ids(SectionSplitter()([page]))[0].node_id == ids(SectionSplitter()([moved]))[1].node_id


async def test_splitting_does_not_block_the_event_loop() -> None:
    threads: list[int] = []

    class Watching(SectionSplitter):
        def _parse_nodes(self, *args: Any, **kwargs: Any) -> list[BaseNode]:
            threads.append(threading.get_ident())
            return super()._parse_nodes(*args, **kwargs)

    page = join_page([], [(2, "Usage", ["Text."])])
    nodes = await asyncio.wait_for(Watching().acall([page]), timeout=10)
    assert len(nodes) == 1
    assert threads != [threading.get_ident()]


def test_a_pages_nodes_do_not_depend_on_the_pages_split_with_it() -> None:
    found = [join_page([], [(2, f"Usage {i}", [paragraph(i), paragraph(i + 1)])]) for i in range(40)]
    together = [node.get_content(MetadataMode.EMBED) for node in SMALL(found)]
    assert together == [node.get_content(MetadataMode.EMBED) for page in found for node in SMALL([page])]


@pytest.mark.parametrize(
    "sizes", [{"max_tokens": 63}, {"overlap_tokens": -1}, {"max_tokens": 64, "overlap_tokens": 33}]
)
def test_sizes_that_cannot_work_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="tokens"):
        SectionSplitter(**sizes)


def test_every_part_of_a_long_table_has_the_names_of_its_columns() -> None:
    head = "| Motor | Power | Weight |"
    rows = [f"| model-{number:03d} | {number * 7} watts | {number * 3} kilograms |" for number in range(1, 121)]
    text = "\n".join(["# M", "", head, "| --- | --- | --- |", *rows, "", "The end."])
    nodes = SMALL([build_page(text, [Heading(1, "M", None, 0, 3)])])
    assert len(nodes) > 10
    for node in nodes:
        embedded = node.get_content(MetadataMode.EMBED)
        assert embedded.count(head) == 1 or "| model-" not in embedded
        assert count_tokens(embedded) <= SMALL.max_tokens
        own = [line for line in node.get_content(MetadataMode.NONE).split("\n") if "model-" in line]
        assert all(line in rows for line in own)  # never cut inside of a row
    assert not nodes[-1].metadata["table_head"] or "model-120" in nodes[-1].get_content()


def test_a_head_that_is_as_long_as_a_node_is_not_repeated() -> None:
    head = "| " + " | ".join(f"column number {number}" for number in range(40)) + " |"
    rows = ["| " + " | ".join("x" for _ in range(40)) + " |" for _ in range(30)]
    text = "\n".join([head, "|" + " --- |" * 40, *rows])
    nodes = SMALL([build_page(text, [])])
    assert not any(node.metadata["table_head"] for node in nodes)


def test_an_answer_of_the_owner_is_a_node_of_its_own_that_its_question_alone_embeds() -> None:
    page = join_page([], [(1, "Shop", ["We sell."]), (2, "Refunds", ["Within 30 days."]), (3, "Vouchers", ["Never."])])
    start, end = page.text.index("Within"), page.text.index("Never.") + 6
    answer = {"question": "Money back?", "anchor": "refunds", "heading_path": ["Refunds"], "start": start, "end": end}
    plain = SMALL([page])
    page.metadata |= {"answers": [answer], "access": ["staff"], "version": "2.0", "source_quality": "blog"}
    *nodes, own = SMALL([page])
    assert spans(nodes) == spans(plain)
    assert [node.metadata["source_quality"] for node in nodes] == ["blog"] * len(nodes)
    assert own.get_content(MetadataMode.NONE) == page.text[start:end]
    assert own.get_content(MetadataMode.EMBED) == "Money back?"
    said = own.metadata
    assert (said["question"], said["source_quality"], said["ordinal"]) == ("Money back?", "official", len(nodes))
    assert (said["access"], said["version"], said["heading_path"]) == (["staff"], "2.0", ["Refunds"])
    assert said["url"].endswith("#refunds")
