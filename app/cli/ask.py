"""`footnoted ask`: one question."""

import sys

from rich.console import Console

from app.cli.operator import Operator
from app.cli.terminal import print_answer


async def ask(operator: Operator, question: str, *, corpus: str | None, as_json: bool, out: Console) -> None:
    """Prints the answer. Raises what the engine failed with."""
    answer = await operator.ask(question, corpus=corpus)
    if as_json:
        sys.stdout.write(answer.model_dump_json() + "\n")
    else:
        print_answer(out, answer)
