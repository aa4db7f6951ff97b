"""The plan as a comment: what it says, that names of pages stay text, and that it stays short enough to be posted."""

from typing import Any

from markdown_it import MarkdownIt

from app.cli.plan_markdown import plan_markdown
from app.schemas.ingestions import PageCostBody, PageErrorBody, PlanBody

COMMENT_CHARS = 65_536


def plan(*pages: PageCostBody, **changes: Any) -> PlanBody:
    counts = {"added": 0, "changed": 0, "pipeline_changed": 0, "unchanged": 0, "removed": 0, "nodes": 0}
    members = {"corpus": "docs", "collection": "docs-1", "rebuild": False, "nodes_to_embed": 0, "errors": []}
    return PlanBody.model_validate({**counts, **members, "pages": [page.model_dump() for page in pages], **changes})


def cost(uri: str, **changes: Any) -> PageCostBody:
    return PageCostBody.model_validate({"uri": uri, "action": "changed", "nodes": 3, "nodes_to_embed": 1, **changes})


def rendered(shown: PlanBody) -> str:
    return str(MarkdownIt("gfm-like", {"linkify": False}).render(plan_markdown(shown)))


def test_it_says_what_would_be_done() -> None:
    shown = plan(
        cost("guide/install.md"),
        cost("old.md", action="pipeline_changed", version="1.0"),
        changed=1, pipeline_changed=1, unchanged=7, nodes=6, nodes_to_embed=2, left_out={"draft": 3},
    )  # fmt: skip
    text = plan_markdown(shown)
    assert "Pages: 2 changed, 7 unchanged. Chunks to embed: 2 of 6." in text
    assert "| `guide/install.md` | changed | 3 | 1 |" in text
    assert "| `old.md` `1.0` | pipeline changed | 3 | 1 |" in text
    assert "Left out: 3 draft." in text
    assert "<table>" in rendered(shown)


def test_nothing_to_do_is_one_line() -> None:
    assert plan_markdown(plan(unchanged=4)) == "### Index of docs\n\nPages: 4 unchanged. Chunks to embed: 0 of 0.\n"


def test_a_rebuild_is_told_but_not_of_a_first_run() -> None:
    assert "built anew" in plan_markdown(plan(cost("a.md"), rebuild=True, pipeline_changed=1))
    assert "built anew" not in plan_markdown(plan(cost("a.md", action="added"), rebuild=True, added=1))


def test_names_and_messages_are_text() -> None:
    hostile = "a|b](https://evil.example) <img src=x> @everyone `x` **b**\n\n# head.md"
    shown = plan(cost(hostile), changed=1, errors=[PageErrorBody(path=hostile, message=hostile)])
    html = rendered(shown)
    assert not any(mark in html for mark in ("<a ", "<img", "<strong", "<h1"))
    assert html.count("<td") == 4
    assert html.count("@everyone") == html.count("<code>") == 3, "in code nobody is called"


def test_thousands_of_pages_fit_a_comment() -> None:
    pages = [cost(f"{'_' * 300}{number}.md") for number in range(5_000)]
    errors = [PageErrorBody(path="*" * 500, message="|" * 5_000)] * 500
    text = plan_markdown(plan(*pages, changed=5_000, errors=errors, warnings=errors))
    assert len(text) < COMMENT_CHARS
    assert "… 4900 more" in text
    assert "… 480 more" in text
