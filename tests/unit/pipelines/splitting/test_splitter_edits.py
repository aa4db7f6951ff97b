"""An edit of one paragraph of a long section embeds at most three nodes anew, wherever it is and whatever the sizes."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.schema import MetadataMode

from pipelines.splitting.splitter import NodeIds, SectionSplitter
from tests.support.markdown_pages import WORDS, join_page

# With the least paragraphs that are a long section at that size: at least some ten nodes, and four of the largest.
SIZES = [((96, 16), 22), ((128, 0), 26), ((256, 32), 36), ((512, 64), 45)]


class Author:
    """Writes paragraphs that fit into the least room (96 tokens): a longer one is several nodes by itself."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def sentence(self) -> str:
        return " ".join(self._random.choices(WORDS, k=self._random.randint(3, 12))) + "."

    def paragraph(self) -> str:
        lines = [self.sentence() for _ in range(self._random.randint(1, 3))]
        kind = self._random.choice(["prose"] * 6 + ["list", "code", "lead-in"])
        if kind == "list":
            return "\n".join(f"- {line}" for line in lines)
        if kind == "code":
            return "\n".join(["```", *lines, "```"])
        return lines[0][:-1] + ":" if kind == "lead-in" else " ".join(lines)


def embedded_texts(splitter: SectionSplitter, paragraphs: list[str]) -> Counter[str]:
    page = join_page(["Opening."], [(1, "Title", []), (2, "Long", paragraphs), (2, "Next", ["Closing."])])
    return Counter(node.get_content(MetadataMode.EMBED) for node in splitter([page]))


@pytest.mark.parametrize(("sizes", "least"), SIZES, ids=str)
# The bound rests on hashes (see pipelines.splitting.cutting): a few edits in ten thousand, beside a stretch without a
# cut, change a fourth node, so the examples are always the same ones.
@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32),
    more=st.integers(0, 35),
    place=st.floats(0, 1, exclude_max=True),
    edit=st.sampled_from(["change", "add", "drop"]),
)
def test_an_edit_changes_at_most_three_nodes(
    sizes: tuple[int, int], least: int, seed: int, more: int, place: float, edit: str
) -> None:
    author, count = Author(seed), least + more
    paragraphs = [author.paragraph() for _ in range(count)]
    at = int(place * count)
    after = paragraphs[at + (edit != "add") :]
    edited = paragraphs[:at] + ([] if edit == "drop" else [author.paragraph()]) + after
    splitter = SectionSplitter(max_tokens=sizes[0], overlap_tokens=sizes[1])
    old, new = embedded_texts(splitter, paragraphs), embedded_texts(splitter, edited)
    assert min(old.total(), new.total()) > 3
    assert (new - old).total() <= 3
    assert (old - new).total() <= 4


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), place=st.integers(0, 119))
def test_a_new_sentence_in_an_endless_paragraph_changes_at_most_three_nodes(seed: int, place: int) -> None:
    author = Author(seed)
    lines = [author.sentence() for _ in range(120)]
    splitter = SectionSplitter(max_tokens=128, overlap_tokens=16)
    old = embedded_texts(splitter, [" ".join(lines)])
    new = embedded_texts(splitter, [" ".join([*lines[:place], author.sentence(), *lines[place:]])])
    assert old.total() > 8
    assert (new - old).total() <= 3


def test_an_edit_keeps_the_ids_of_all_other_nodes_of_the_page() -> None:
    paragraphs = [
        " ".join(WORDS[(i * 5 + j * 3) % len(WORDS)] + str(i * j) for j in range(30)) + "." for i in range(40)
    ]
    edited = [*paragraphs[:20], "An added paragraph.", *paragraphs[20:]]
    splitter, ids = SectionSplitter(), NodeIds(corpus="book")
    old, new = (
        {node.node_id for node in ids(splitter([join_page([], [(2, "Long", found), (2, "Next", ["End."])])]))}
        for found in (paragraphs, edited)
    )
    assert len(old) > 10
    assert 1 <= len(new - old) <= 3


def test_repeated_paragraphs_are_cut_and_bounded_too() -> None:
    """Where every place is equally strong no maximum exists, and the middle decides."""
    nodes = embedded_texts(
        SectionSplitter(max_tokens=96, overlap_tokens=16), ["The same robot turns the same wheel."] * 200
    )
    assert nodes.total() >= 200 * 8 // 96
