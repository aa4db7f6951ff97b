"""What `footnoted replay` shows."""

import io
from uuid import UUID

from rich.console import Console

from app.cli.replay import print_replay
from app.schemas.answers import UsageBody
from app.schemas.replays import DifferenceBody, ReplayBody

SAME = ReplayBody(
    id=UUID(int=1),
    corpus="docs",
    question="How soon?",
    same=True,
    collection="docs-f1",
    collection_state="active",
    differences=[],
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
