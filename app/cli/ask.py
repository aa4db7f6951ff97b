"""`footnoted ask`: one question."""

import sys
from typing import Annotated

import typer

from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.outcomes import WRONG_USE
from app.cli.running import operate_visibly, settings_of


def ask(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="QUESTION", help="The question.")],
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with footnotes."""
    settings = settings_of(context, config)
    question = " ".join(words)  # who forgets the quotes is understood too
    if not 0 < len(question.strip()) <= settings.max_question_chars:
        err.print(f"QUESTION: must have 1 to {settings.max_question_chars} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    answer = operate_visibly(context, settings, lambda backend: backend.ask(question, corpus=corpus))
    if as_json:
        sys.stdout.write(answer.model_dump_json() + "\n")
        return
    from app.cli.terminal import print_answer

    print_answer(out, answer)
