"""Markdown pages for the splitter's tests, made by hypothesis; the offsets of headings are known by construction."""

from dataclasses import asdict

from hypothesis import strategies as st
from llama_index.core.schema import Document

from pipelines.types import Heading

WORDS = [
    "the", "a", "robot", "sensor", "learns", "search", "index", "page", "node", "token", "vector", "reader", "answer",
    "cites", "section", "path", "finds", "holds", "value", "question", "language", "model", "graph", "moves", "turns",
    "camera", "light", "wheel", "joint", "motor", "plans", "reward", "policy",
]  # fmt: skip
ODD_WORDS = [
    "x" * 400, "é" * 150, "e\u0301" * 90, "각" * 90, "😀👩‍👩‍👧" * 40, "9f8e7d6c" * 12, "[SEP]", "[MASK][PAD]", "…",
    "``", "a\u200bb\u00adc", "https://example.org/a/b?c=d&e=f#g", "**bold**", "\x1c\x1d", "\ufffd", "ประเทศไทย" * 15,
]  # fmt: skip

words = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(ODD_WORDS))
sentences = st.lists(words, min_size=1, max_size=20).map(lambda found: " ".join(found).capitalize() + ".")
chinese = st.text("搜索引擎把网页分成段落并给出答案", min_size=1, max_size=300).map(lambda text: text + "。")
paragraphs = st.lists(st.one_of(sentences, chinese), min_size=1, max_size=4).map(" ".join)
wild = st.text(min_size=1, max_size=400)
lists = st.lists(st.tuples(st.sampled_from(["- ", "  - ", "1. ", "    * "]), sentences), min_size=1, max_size=8).map(
    lambda items: "\n".join(mark + text for mark, text in items)
)
fences = st.tuples(st.sampled_from(["```", "~~~~"]), st.lists(words | st.just("# not a heading"), max_size=40)).map(
    lambda fence: "\n".join([fence[0] + "py", *fence[1], fence[0]])
)
tables = st.lists(st.tuples(words, sentences), min_size=1, max_size=20).map(
    lambda rows: "\n".join(["| a | b |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows)])
)
lead_ins = sentences.map(lambda text: text[:-1] + ":")
blocks = st.one_of(paragraphs, paragraphs, lists, fences, tables, lead_ins, wild)
heading_texts = st.one_of(st.sampled_from(["Usage", "Options", "Über uns", "设置"]), sentences)
sections = st.tuples(st.integers(1, 6), heading_texts, st.lists(blocks, max_size=4))


def build_page(text: str, headings: list[Heading], *, title: str = "The page", uri: str = "guide/page.md") -> Document:
    """A Document as the readers hand it over."""
    return Document(
        id_=uri,
        text=text,
        metadata={
            "uri": uri,
            "url": "https://example.org/guide/page",
            "title": title,
            "source_quality": "official",
            "bibliography": None,
            "headings": [asdict(heading) for heading in headings],
            "content_hash": "0" * 64,
        },
    )


def join_page(before: list[str], found: list[tuple[int, str, list[str]]], line_feed: str = "\n") -> Document:
    """The page of an opening and sections of (level, heading, blocks), with anchors numbered from 0."""
    gap = line_feed * 2
    text = "".join(block.replace("\n", line_feed) + gap for block in before)
    headings: list[Heading] = []
    for number, (level, heading, body) in enumerate(found):
        line = f"{'#' * level} {heading}"
        headings.append(Heading(level, heading, f"anchor-{number}", len(text), len(text) + len(line)))
        text += line + gap + "".join(block.replace("\n", line_feed) + gap for block in body)
    return build_page(text, headings)


pages = st.builds(
    join_page, st.lists(blocks, max_size=2), st.lists(sections, max_size=4), st.sampled_from(["\n", "\r\n"])
)
