"""`footnoted replay`: a recorded answer made again."""

import json
import sys
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from app.cli.options import ConfigOption, JsonOption, out
from app.cli.outcomes import DIFFERS, DONE
from app.cli.running import operate_visibly, settings_of

if TYPE_CHECKING:
    from app.schemas.answers import SourceBody
    from app.schemas.replays import DifferenceBody, ReplayBody

_SHOWN = 10


def replay(
    context: typer.Context,
    message_id: Annotated[UUID, typer.Argument(help="The id of a recorded answer.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a recorded answer again and show what differs; a remote model is asked once more."""
    replayed = operate_visibly(context, settings_of(context, config), lambda backend, _: backend.replay(message_id))
    if as_json:
        sys.stdout.write(replayed.model_dump_json() + "\n")
    else:
        print_replay(out, replayed)
    raise typer.Exit(DONE if replayed.same else DIFFERS)


def print_replay(console: Console, replayed: "ReplayBody") -> None:
    """The question, the state of the collection, and each difference with both sides."""
    console.print(Text(f"{replayed.question}\n", style="bold"))
    if replayed.collection_state != "active":
        searched = "it was searched" if replayed.collection_state == "kept" else "the active one was searched"
        console.print(Text(f"The collection {replayed.collection} is {replayed.collection_state}: {searched}."))
    for source in replayed.changed_sources:
        _print_changed(console, source)
    for difference in replayed.differences:
        _print_difference(console, difference)
    count = len(replayed.differences)
    if count:
        console.print(Text(f"{count} {'difference' if count == 1 else 'differences'}", style="yellow"))
    else:
        console.print(Text("The same answer from the same passages.", style="green"))


def _print_changed(console: Console, source: "SourceBody") -> None:
    """A source that can no longer be looked up where it was cited from."""
    what = "is gone" if source.page_state == "gone" else "has changed since"
    console.print(Text(f"[{source.id}] {source.title}: the page {what}. What was cited:", style="yellow"))
    console.print(Text(f"    {source.url}", style="cyan"), soft_wrap=True)
    console.print(Padding(Text(source.text, style="italic"), (0, 0, 0, 4)))


def _print_difference(console: Console, difference: "DifferenceBody") -> None:
    console.print(Text(difference.what, style="bold"))
    for sign, style, value in (("-", "red", difference.recorded), ("+", "green", difference.replayed)):
        values = value if isinstance(value, list) else [value]
        for one in values[:_SHOWN]:
            shown = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
            console.print(Text(f"  {sign} {shown}", style=style), soft_wrap=True)
        if len(values) > _SHOWN:
            console.print(Text(f"  {sign} and {len(values) - _SHOWN} more", style=style))
