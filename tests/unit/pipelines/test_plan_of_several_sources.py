"""What a plan counts as lost by which source, where records say the label of a source that is declared no more."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from llama_index.core.schema import Document

from pipelines.errors import RemovalRefused
from pipelines.ingestion.plan import Comparison, IngestionPlan, compare_pages
from pipelines.readers.page_source import SourcePage, SourceState, UnchangedPage
from pipelines.types import SourceFailure
from storage_config.records.documents import DocumentState


def recorded(prefix: str, count: int, source: str | None) -> dict[str, DocumentState]:
    uris = [f"{prefix}{number}.md" for number in range(count)]
    return {
        uri: DocumentState(
            id=uuid4(), uri=uri, content_hash="h", status="indexed", origin="source", fingerprint="f", node_count=1,
            etag=None, last_modified=None, read_with=None, indexed_at=datetime.now(UTC), source=source,
        )
        for uri in uris
    }  # fmt: skip


def compare(states: dict[str, DocumentState], *read: SourcePage) -> tuple[Comparison, IngestionPlan]:
    found = compare_pages(read, states, fingerprint="f")
    plan = IngestionPlan(
        "all", "c", "f", False, tuple(found.pages), found.unchanged, tuple(found.failures), losses=tuple(found.losses)
    )
    return found, plan


def unchanged(states: dict[str, DocumentState], count: int) -> list[UnchangedPage]:
    return [UnchangedPage(uri) for uri in list(states)[:count]]


@pytest.mark.parametrize("label", ["docs", None])
def test_pages_of_an_older_label_count_for_who_may_have_them(label: str | None) -> None:
    docs, blog = recorded("", 20, label), recorded("blog/", 100, "blog")
    manual = SourceState("manual", lambda uri: not uri.startswith("blog/"))
    rest: list[SourcePage] = [SourceState("blog", lambda uri: uri.startswith("blog/")), *unchanged(blog, 100)]
    _, plan = compare(docs | blog, manual, *unchanged(docs, 1), *rest)
    with pytest.raises(RemovalRefused, match="19 of 20 pages of manual"):
        plan.check_removals()
    _, plan = compare(docs | blog, manual, *unchanged(docs, 20), *rest)
    plan.check_removals()


def test_pages_of_an_older_label_hide_no_loss_of_a_source_itself() -> None:
    old, more, blog = recorded("old", 20, "docs"), recorded("more", 4, "more"), recorded("blog/", 100, "blog")
    states = old | more | blog
    found, plan = compare(
        states,
        SourceState("manual", lambda uri: not uri.startswith("blog/")), *unchanged(old, 20),
        SourceState("more", lambda uri: not uri.startswith("blog/")), *unchanged(more, 2),
        SourceState("blog", lambda uri: uri.startswith("blog/")), *unchanged(blog, 100),
    )  # fmt: skip
    assert {page.uri for page in found.pages} == {"more2.md", "more3.md"}
    with pytest.raises(RemovalRefused, match="2 of 4 pages of more"):
        plan.check_removals()


def page(uri: str, content_hash: str) -> Document:
    return Document(id_=uri, text="x", metadata={"uri": uri, "content_hash": content_hash})


def test_a_page_of_an_older_label_is_not_taken_from_a_source_that_failed() -> None:
    states = recorded("", 2, "docs")  # the label of before its path changed
    manual = SourceState("manual", lambda uri: True, SourceFailure("manual", "is missing"))
    more = SourceState("more", lambda uri: True)
    found, _ = compare(states, manual, more, page("0.md", "another"), page("1.md", "h"))
    assert [failure.message for failure in found.failures] == ["is a page of manual, which failed", "is missing"]
    assert [one.uri for one in found.pages] == []
    # what the failed source cannot have is the other one's
    away = SourceState("manual", lambda uri: uri.startswith("manual/"), SourceFailure("manual", "is missing"))
    found, _ = compare(states, away, more, page("0.md", "another"), page("1.md", "h"))
    assert [failure.message for failure in found.failures] == ["is missing"]
    assert [one.uri for one in found.pages] == ["0.md"]
