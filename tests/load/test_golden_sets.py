"""The golden sets are well made: they can be read, and the pages they ask about hold what they ask for."""

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.evaluation.golden import read_golden
from pipelines.evaluation.grading import plain, unknown_urls
from pipelines.evaluation.sections import PageSections
from storage_config.records.document_texts import PublishedOutline
from tests.load.bench_golden import BLIND, GOLDEN, SETS, read_set
from tests.load.golden_sites import SITES, read_pages

FILES = sorted(path.name for path in GOLDEN.glob("*.jsonl"))


def test_there_are_sets() -> None:
    assert {"textbook.jsonl", "redux.jsonl", "fastapi.jsonl"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_set_is_large_and_of_many_kinds(name: str) -> None:
    questions = read_golden(GOLDEN / name)
    # A question of a site beside the project is worth a point at most, one of a package asked once three.
    assert len(questions) >= (60 if name in ("textbook.jsonl", "redux.jsonl", "fastapi.jsonl") else 30)
    assert {question.expect for question in questions} >= {"answer", "refusal"}
    assert not any(question.draft for question in questions)


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Document]]:
    """The pages of each site, once."""
    return {}


ASKED = [
    name for name in SETS if (GOLDEN / f"{name}.jsonl").is_file() and (name not in BLIND or SITES[name].path.is_dir())
]


@pytest.mark.parametrize("name", ASKED)
def test_the_pages_have_what_is_asked_for(name: str, shared_data: Path, pages: dict[str, list[Document]]) -> None:
    (asked,) = read_set(name, GOLDEN)
    if asked.site not in pages:
        pages[asked.site] = read_pages(SITES[asked.site])
    read = pages[asked.site]
    outlines = [_outline(page.metadata) for page in read]
    assert unknown_urls(asked.questions, PageSections.of(outlines, SITES[asked.site].base_url)) == []
    texts = [plain(page.text) for page in read]
    nowhere = [
        (question.id, part)
        for question in asked.questions
        for part in question.needed
        if not any(plain(words) in text for words in part for text in texts)
    ]
    assert nowhere == []


def _outline(metadata: dict[str, Any]) -> PublishedOutline:
    return PublishedOutline(metadata["uri"], metadata["url"], list(metadata["headings"]))
