"""What a node brings beside its own text."""

from hypothesis import given, settings
from llama_index.core.schema import BaseNode, Document, MetadataMode

from pipelines.splitting.splitter import SectionSplitter
from pipelines.splitting.surroundings import MAX_TOKENS
from pipelines.splitting.tokens import count_tokens
from tests.support.markdown_pages import join_page, pages


def whole(node: BaseNode) -> str:
    return f"{node.metadata['before']}{node.get_content(MetadataMode.NONE)}{node.metadata['after']}"


SMALL = SectionSplitter(max_tokens=64, overlap_tokens=0)
STEPS = ["To remove it:", *(f"{n}. Step number {n} removes a part of the server for good." for n in range(1, 9))]


@settings(max_examples=20, deadline=None)
@given(page=pages)
def test_a_node_with_its_surroundings_is_a_slice_of_its_page(page: Document) -> None:
    for node in SMALL([page]):
        before, after = node.metadata["before"], node.metadata["after"]
        start, end = node.metadata["start"] - len(before), node.metadata["end"] + len(after)
        widened = whole(node)
        assert page.text[start:end] == widened == widened.strip()
        assert count_tokens(widened) <= MAX_TOKENS + 2 or widened == node.get_content(MetadataMode.NONE)


def test_a_short_section_is_whole_in_each_of_its_nodes() -> None:
    page = join_page([], [(2, "Removing", STEPS), (2, "Other", ["Nothing of this belongs to it."])])
    removing = [node for node in SMALL([page]) if node.metadata["heading_path"] == ["Removing"]]
    assert len(removing) > 1
    wholes = {
        f"{node.metadata['before']}{node.get_content(MetadataMode.NONE)}{node.metadata['after']}" for node in removing
    }
    assert len(wholes) == 1
    assert all(step in wholes.copy().pop() for step in STEPS)


def test_a_long_section_gives_some_of_what_stands_around() -> None:
    paragraphs = [f"Paragraph {n} says a thing about the weather of day {n} and no more." for n in range(120)]
    nodes = SMALL([join_page([], [(2, "Weather", paragraphs)])])
    middle = nodes[len(nodes) // 2]
    assert middle.metadata["before"]
    assert middle.metadata["after"]
    assert count_tokens(whole(middle)) <= MAX_TOKENS + 2
