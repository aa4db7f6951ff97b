"""What `footnoted replay` shows."""

import io
from uuid import UUID

from rich.console import Console

from app.cli.replay import print_replay
from app.schemas.answers import SourceBody, UsageBody
from app.schemas.replays import DifferenceBody, ReplayBody

SAME = ReplayBody(
    id=UUID(int=1),
    corpus="docs",
    question="How soon?",
    same=True,
    collection="docs-f1",
    collection_state="active",
    differences=[],
    changed_sources=[],
    status="answered",
    text="Soon. [1]",
    model="extractive",
    usage=UsageBody(prompt_tokens=0, completion_tokens=0, calls=0, cost=None),
    timings={},
)


def shown(replay: ReplayBody) -> str:
    out = io.StringIO()
    print_replay(Console(file=out, width=200), replay)
    return out.getvalue()


def test_nothing_differs() -> None:
    assert shown(SAME) == "How soon?\n\nThe same answer from the same passages.\n"


def test_a_source_whose_page_changed_is_shown_as_it_was_cited() -> None:
    source = SourceBody(
        id="1", document_id=str(UUID(int=2)), title="Ports", url="https://e.org/ports#open", heading_path=["Open"],
        text="A port is opened once.", start=0, end=22, quality="official", reference=None, text_hash=None,
        page_state="changed",
    )  # fmt: skip
    gone = source.model_copy(update={"id": "2", "page_state": "gone"})
    lines = shown(SAME.model_copy(update={"changed_sources": [source, gone]}))
    assert "[1] Ports: the page has changed since. What was cited:\n    https://e.org/ports#open\n" in lines
    assert "[2] Ports: the page is gone. What was cited:" in lines
    assert lines.count("A port is opened once.") == 2


def test_both_sides_of_each_difference_are_shown() -> None:
    differences = [
        DifferenceBody(what="text", recorded="Soon. [1]", replayed="[bold]Late[/bold]. [1]"),
        DifferenceBody(what="retrieved", recorded=[{"rank": 1}], replayed=[{"rank": n} for n in range(14)]),
    ]
    lines = shown(SAME.model_copy(update={"same": False, "differences": differences, "collection_state": "gone"}))
    assert "The collection docs-f1 is gone: the active one was searched." in lines
    assert "  - Soon. [1]\n  + [bold]Late[/bold]. [1]\n" in lines
    assert '  - {"rank": 1}\n' in lines
    assert "  + and 4 more\n" in lines
    assert lines.endswith("2 differences\n")
