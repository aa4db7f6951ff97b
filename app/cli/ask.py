"""`footnoted ask`: one question."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.backend import CommandBackend
from app.cli.command_question import CommandQuestion
from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.outcomes import WRONG_USE
from app.cli.running import operate_visibly, settings_of

if TYPE_CHECKING:
    from app.schemas.answers import AnswerBody


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

    async def ask_once(backend: CommandBackend, hide_stage: Callable[[], None]) -> "AnswerBody":
        if as_json:
            return await backend.ask(CommandQuestion(question, corpus))
        from app.cli.terminal import show_text

        with show_text(out, hide_stage) as on_text:
            return await backend.ask(CommandQuestion(question, corpus), on_text=on_text)

    answer = operate_visibly(context, settings, ask_once)
    if as_json:
        sys.stdout.write(answer.model_dump_json() + "\n")
        return
    from app.cli.terminal import print_answer

    print_answer(out, answer)
