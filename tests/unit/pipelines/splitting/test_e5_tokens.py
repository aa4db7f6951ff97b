"""multilingual-e5-small's tokens: what a slice costs, and where text without white space may be cut."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import MetadataMode

from pipelines.splitting.e5_tokens import open_e5_tokenizer
from pipelines.splitting.e5_weights import E5_EMBEDDING
from pipelines.splitting.sections import build_breadcrumb
from pipelines.splitting.splitter import SectionSplitter
from pipelines.splitting.tokens import count_tokens, map_tokens, special_tokens
from tests.support.markdown_pages import join_page, paragraphs

CHINESE = "机器人操作系统提供硬件抽象和底层设备控制。节点之间通过话题交换消息，也可以调用服务。" * 40
URDU = "روبوٹ آپریٹنگ سسٹم ہارڈویئر کو الگ رکھتا ہے۔ نوڈ آپس میں پیغام بھیجتے ہیں۔ " * 60


def bare(text: str) -> int:
    return count_tokens(text, E5_EMBEDDING) - special_tokens(E5_EMBEDDING)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello world", ["Hello", "world"]),
        ("½ cup", ["½", "cup"]),
        ("ﬁle  names", ["ﬁle", "names"]),
        ("a\u200bb", ["a", "b"]),
    ],
)
def test_spans_lie_in_the_text_as_it_is(text: str, tokens: list[str]) -> None:
    spans = open_e5_tokenizer().spans(text)
    assert [text[start:end].strip(" \u200b") for start, end in spans.tolist()] == tokens


@settings(max_examples=120, deadline=None)
@given(text=st.one_of(st.text(max_size=200), paragraphs))
@example(text="각각 e\u0301 x\u200by ﷺ 你好 ½½")
def test_spans_stay_in_order_inside_the_text(text: str) -> None:
    spans = open_e5_tokenizer().spans(text).tolist()
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


@settings(max_examples=80, deadline=None)
@given(text=paragraphs, data=st.data())
def test_a_slice_between_words_costs_what_the_tokenizer_makes_of_it(text: str, data: st.DataObject) -> None:
    tokens = map_tokens([text], E5_EMBEDDING)[0]
    starts = [*tokens.word_starts(0, len(text)), len(text)]
    low, high = sorted(data.draw(st.tuples(st.sampled_from(starts), st.sampled_from(starts))))
    assert abs(tokens.cost(low, high) - bare(text[low:high])) <= 1


def test_text_without_white_space_may_be_cut_between_tokens() -> None:
    tokens = map_tokens([CHINESE], E5_EMBEDDING)[0]
    assert len(tokens.word_starts(0, len(CHINESE))) > len(CHINESE) // 4
    assert tokens.cost(0, len(CHINESE)) == bare(CHINESE)
    english = map_tokens(["Several tokenizers tokenise"], E5_EMBEDDING)[0]
    assert english.word_starts(0, 100) == [0, 8, 19]


@pytest.mark.parametrize(("text", "language"), [(CHINESE, "zh"), (URDU, "ur"), ("word " * 900, "en")])
def test_chunks_hold_at_most_so_many_tokens_of_the_model(text: str, language: str) -> None:
    splitter = SectionSplitter(max_tokens=128, overlap_tokens=16, embedding=E5_EMBEDDING, language=language)
    page = join_page([], [(2, "概述", [text])])
    nodes = splitter([page])
    sizes = [count_tokens(node.get_content(MetadataMode.EMBED), E5_EMBEDDING) for node in nodes]
    assert len(nodes) > 3
    assert max(sizes) <= 128 + 2
    assert sum(sizes) / len(sizes) > 40  # and they are no crumbs
    assert all(
        page.get_content()[node.metadata["start"] : node.metadata["end"]] == node.get_content(MetadataMode.NONE)
        for node in nodes
    )


def test_breadcrumbs_are_counted_in_the_same_tokens() -> None:
    crumb = build_breadcrumb("ROS 2 की शुरुआत", ["स्थापना", "आवश्यकताएँ"], 40, E5_EMBEDDING)
    assert crumb.text == "ROS 2 की शुरुआत > स्थापना > आवश्यकताएँ"
    assert crumb.tokens == bare(crumb.text)
    assert build_breadcrumb("机器人操作系统的历史与现状" * 20, [], 12, E5_EMBEDDING).tokens <= 12
