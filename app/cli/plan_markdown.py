"""The plan of an ingestion as markdown, for a comment under a change of the pages."""

from collections.abc import Iterator, Sequence

from app.markdown import as_code
from app.schemas.ingestions import PageCostBody, PageErrorBody, PlanBody
from storage_config.editions import Edition

# A comment holds 65,536 characters on GitHub, and nobody reads that many.
_PAGES, _ERRORS, _NAME_CHARS, _MESSAGE_CHARS = 100, 20, 200, 300


def plan_markdown(plan: PlanBody) -> str:
    """A heading, the sum, a table of the pages, and what could not be read; at most 65,000 characters."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: PlanBody) -> Iterator[str]:
    yield f"### Index of {plan.corpus}"
    yield ""
    yield _summary(plan)
    if plan.rebuild and plan.unchanged + plan.changed + plan.pipeline_changed:
        yield ""
        yield "All vectors are built anew; readers are switched to them when they are complete."
    if plan.pages:
        yield ""
        yield "| page | is | chunks | to embed |"
        yield "|---|---|--:|--:|"
        yield from (_row(page) for page in plan.pages[:_PAGES])
        if len(plan.pages) > _PAGES:
            yield f"| … {len(plan.pages) - _PAGES} more | | | |"
    if plan.left_out:
        yield ""
        yield "Left out: " + ", ".join(f"{count} {reason}" for reason, count in plan.left_out.items()) + "."
    yield from _named("These pages cannot be read, and keep the version that they have:", plan.errors)
    yield from _named("Read, but not all of it:", plan.warnings)


def _summary(plan: PlanBody) -> str:
    counts = {
        "added": plan.added,
        "changed": plan.changed + plan.pipeline_changed,
        "removed": plan.removed,
        "unchanged": plan.unchanged,
    }
    pages = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no pages"
    return f"Pages: {pages}. Chunks to embed: {plan.nodes_to_embed} of {plan.nodes}."


def _row(page: PageCostBody) -> str:
    edition = Edition(page.version, page.locale).name
    name = as_code(page.uri, limit=_NAME_CHARS) + (f" {as_code(edition, limit=_NAME_CHARS)}" if edition else "")
    return f"| {name} | {page.action.replace('_', ' ')} | {page.nodes} | {page.nodes_to_embed} |"


def _named(title: str, named: Sequence[PageErrorBody]) -> Iterator[str]:
    if not named:
        return
    yield ""
    yield title
    yield ""
    for one in named[:_ERRORS]:
        yield f"- {as_code(one.path, limit=_NAME_CHARS)}: {as_code(one.message, limit=_MESSAGE_CHARS)}"
    if len(named) > _ERRORS:
        yield f"- … {len(named) - _ERRORS} more"
