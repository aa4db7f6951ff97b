"""`footnoted probe`: what the verifier of a corpus lets through of claims altered from its own pages."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.running import run, settings_of

if TYPE_CHECKING:
    from pipelines.evaluation.probe import Probe

_SHOWN_EXAMPLES = 2


def probe(
    context: typer.Context,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    claims: Annotated[int, typer.Option("--claims", min=1, max=5_000, help="At most so many of each kind.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Show what the corpus's verifier lets through of claims that are altered from the pages.

    Numbers, names, code, negation, antonyms, subjects, inventions. An LLM that verifies is paid once a claim.
    """
    from app.cli.local_evaluation import run_probe

    settings = settings_of(context, config)
    with err.status("Probing the verifier"):
        found = run(run_probe(settings, corpus=corpus, per_kind=claims))
    if as_json:
        out.file.write(found.model_dump_json() + "\n")
    else:
        _print_probe(found)


def _print_probe(found: "Probe") -> None:
    title = f"{found.verifier} on {found.corpus}, claims from {found.sentences} sentences"
    table = Table(title=title, title_justify="left")
    for column in ("claims", "n", "let through", "partial", "caught", "not judged"):
        table.add_column(column, justify="left" if column == "claims" else "right")
    for name, kind in found.kinds.items():
        through = f"{kind.supported} ({100 * kind.supported / kind.claims:.0f} %)" if kind.claims else "-"
        counts = (kind.partial, kind.unsupported, kind.not_evaluated)
        table.add_row(name, str(kind.claims), through, *map(str, counts))
    out.print(table)
    out.print("Unaltered claims should all be let through, the others none.", style="dim")
    for name, kind in found.kinds.items():
        for example in kind.examples[:_SHOWN_EXAMPLES]:
            out.print(Text.assemble((f"{name}, {example.status}: ", "yellow"), example.claim))
