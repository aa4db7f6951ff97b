"""Answers that are written over the API: kept as they were written, read as pages that are nothing but the answer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.corpus import CorpusSpec
from pipelines.errors import PageError
from pipelines.readers.own_answer import pack_own_answer, unpack_own_answer
from pipelines.readers.sources import read_upload
from pipelines.types import OwnAnswer, Upload
from tests.support.page_offsets import offsets_are_exact

URI = "_answers/1"
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def spec(**source: Any) -> CorpusSpec:
    declared = {"kind": "markdown", "path": "docs", "flavour": "docusaurus", **source}
    rules = [{"match": "**", "quality": "blog"}]
    return CorpusSpec.model_validate(
        {"name": "book", "folder": Path("/nowhere"), "source": declared, "base_url": "https://book.test/docs"}
        | {"source_quality": rules}
    )


def read(answer: OwnAnswer, corpus: CorpusSpec | None = None) -> Any:
    upload = Upload("answer", pack_own_answer(answer), URI, answer.url)
    return read_upload(corpus or spec(), upload, max_page_chars=2_000)


@given(st.lists(words, min_size=1).map(tuple), words, st.none() | st.lists(words).map(tuple))
def test_it_is_kept_as_it_was_written(questions: tuple[str, ...], text: str, access: tuple[str, ...] | None) -> None:
    answer = OwnAnswer(questions, text, "https://book.test/a", access)
    assert unpack_own_answer(pack_own_answer(answer), answer.url) == answer


def test_all_of_it_answers_each_question() -> None:
    page = read(OwnAnswer(('Is it "free"?', "What: does it cost? # nothing"), "Yes.\n\n## Why\n\nIt is *ours*."))
    assert page.text == "Yes.\n\n## Why\n\nIt is *ours*."
    said = page.metadata
    assert (said["title"], said["url"], said["source_quality"]) == (
        'Is it "free"?',
        "https://book.test/docs",
        "official",
    )
    assert [(one["question"], one["anchor"], one["start"], one["end"]) for one in said["answers"]] == [
        ('Is it "free"?', None, 0, len(page.text)),
        ("What: does it cost? # nothing", None, 0, len(page.text)),
    ]
    assert [(one["text"], one["anchor"]) for one in said["headings"]] == [("Why", None)]


@pytest.mark.parametrize("sign", ["\x1b", "\x7f", "\x9f", "\ufffe", "\U0001f600", "\\", '"'])
def test_a_question_may_hold_any_sign(sign: str) -> None:
    said = read(OwnAnswer((f"Is it {sign}free?",), "Yes.")).metadata
    assert [one["question"] for one in said["answers"]] == [said["title"]] == [f"Is it {sign}free?"]


def test_groups_are_its_own_or_those_of_the_corpus() -> None:
    closed = spec(access=["members"])
    assert read(OwnAnswer(("Is it free?",), "Yes."), closed).metadata["access"] == ["members"]
    assert read(OwnAnswer(("Is it free?",), "Yes.", access=("staff",)), closed).metadata["access"] == ["staff"]
    assert "access" not in read(OwnAnswer(("Is it free?",), "Yes.", access=()), closed).metadata


@pytest.mark.parametrize("flavour", ["docusaurus", "mkdocs", "mdbook", "starlight", "vitepress", "plain"])
def test_it_is_plain_markdown_whatever_the_pages_are(flavour: str) -> None:
    text = 'import A from "./a"\n\n{{ page.title }} {#x} --8<-- "b.md"\n\n---\ndraft: true\n---\n\n:rocket: `<T>`'
    page = read(OwnAnswer(("Is it free?",), text), spec(flavour=flavour))
    assert page.text == read(OwnAnswer(("Is it free?",), text), spec(flavour="plain")).text
    assert page.text.startswith('import A from "./a"')


def test_warnings_count_the_lines_that_were_written() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPL2"
    (warning,) = read(OwnAnswer(("Which key?",), f"This one:\n\n    {key}\n")).metadata["warnings"]
    assert warning.startswith("line 3 ")


@pytest.mark.parametrize("text", ["", "<!-- nothing -->", "[a]: https://book.test"])
def test_one_that_says_nothing_is_none(text: str) -> None:
    with pytest.raises(PageError, match="readers do not see"):
        read(OwnAnswer(("Is it free?",), text))


@given(
    st.lists(st.sampled_from(["# A\n\n", "## B\n", "- c\n", "**d** ", "|e|\n|-|\n|f|\n", "<b>g</b>", "---\n", "\n\n"]))
)
def test_any_markdown_keeps_its_offsets(pieces: list[str]) -> None:
    try:
        page = read(OwnAnswer(("Is it free?",), "Yes. " + "".join(pieces)))
    except PageError:
        return
    assert offsets_are_exact(page)
    assert all(page.text[one["start"] : one["end"]].strip() for one in page.metadata["answers"])
