"""`footnoted chat`: a conversation in the terminal."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from app.cli.backend import CommandBackend, open_backend
from app.cli.command_question import CommandQuestion
from app.cli.options import ConfigOption, CorpusOption, err, out
from app.cli.outcomes import ServerSilent, message_of
from app.cli.running import ended, settings_of
from app.errors import AppError
from pipelines.errors import PipelineError
from storage_config.errors import StorageError
from storage_config.settings import Settings
from storage_config.vocabulary import Scope

if TYPE_CHECKING:
    from app.schemas.answers import AnswerBody

_PROMPT = "> "
_HELP = """\
/sources             the passages behind the last answer, whole
/scope all           questions are answered from all pages
/scope page URL      from that page alone; section URL#anchor: from that section
/new                 another conversation
/help                this
/quit, Ctrl+D        ends it; Ctrl+C stops an answer"""


def chat(context: typer.Context, config: ConfigOption = None, corpus: CorpusOption = None) -> None:
    """Ask one question after the other: follow-ups are understood, answers come as they are made."""
    settings = settings_of(context, config)
    if sys.stdin.isatty():
        with suppress(ImportError):  # where there is none, a line is edited as the terminal does it
            import readline  # noqa: F401 — with it, input() knows the lines before
        out.print("Ask, or /help.", style="dim")
    with asyncio.Runner() as runner:
        talk = Talk(runner, settings, corpus)
        try:
            talk.go_on_until_left()
        except (AppError, StorageError, PipelineError) as error:
            raise ended(error) from None
        finally:
            talk.close()


class Talk:
    """One conversation after the other. What does the work is opened at the first question, which then waits for it."""

    def __init__(self, runner: asyncio.Runner, settings: Settings, corpus: str | None) -> None:
        self._runner = runner
        self._settings = settings
        self._corpus = corpus
        self._stack = AsyncExitStack()
        self._backend: CommandBackend | None = None
        self._was_open = False
        self._conversation_id: UUID | None = None
        self._scope: Scope = "all"
        self._page: str | None = None
        self._last: AnswerBody | None = None

    def go_on_until_left(self) -> None:
        """Reads and answers lines. Raises what keeps the first question from being answered at all."""
        while True:
            try:
                line = input(_PROMPT if sys.stdin.isatty() else "").strip()
            except EOFError:
                return
            except KeyboardInterrupt:
                out.print()
                continue
            if line and not sys.stdin.isatty():  # what a terminal shows as it is typed
                out.print(f"{_PROMPT}{line}", style="bold", markup=False, highlight=False)
            if line in ("/quit", "/exit"):
                return
            if line.startswith("/"):
                self._obey(line)
            elif line:
                self._ask(line)

    def close(self) -> None:
        """Closes what was opened."""
        self._runner.run(self._stack.aclose())

    def _obey(self, line: str) -> None:
        command, _, argument = line.partition(" ")
        if command == "/sources":
            self._show_sources()
        elif command == "/scope":
            self._set_scope(argument.split())
        elif command == "/new":
            self._conversation_id = self._last = None
        elif command == "/help":
            out.print(_HELP, markup=False, highlight=False)
        else:
            _complain(f"{command}: no such command; /help names them.")

    def _show_sources(self) -> None:
        if self._last is None or not self._last.sources:
            _complain("No answer with sources yet.")
            return
        from app.cli.terminal import print_passages

        print_passages(out, self._last.sources)

    def _set_scope(self, words: list[str]) -> None:
        match words:
            case ["all"]:
                self._scope, self._page = "all", None
            case ["page" | "section" as scope, page]:
                self._scope, self._page = scope, page
            case _:
                _complain("/scope: all, page URL or section URL.")

    def _ask(self, question: str) -> None:
        if len(question) > self._settings.max_question_chars:
            _complain(f"A question has at most {self._settings.max_question_chars} characters.")
            return
        asked = CommandQuestion(question, self._corpus, self._conversation_id, self._scope, self._page)
        try:
            self._last = self._answered(asked)
        except KeyboardInterrupt:
            err.print("Stopped.", style="dim")
            return
        except (AppError, StorageError, PipelineError) as error:
            if not self._was_open:
                raise
            _complain(message_of(error))
            if isinstance(error, ServerSilent):
                self.close()  # the next question looks for the server again: it may have been started anew
                self._backend = None
            return
        self._conversation_id = self._last.conversation_id
        from app.cli.terminal import print_answer

        print_answer(out, self._last)
        out.print()

    def _answered(self, asked: CommandQuestion) -> "AnswerBody":
        if not err.is_terminal:
            return self._runner.run(self._work(asked, lambda stage: None, lambda: None))
        with err.status("Looking for a running server" if self._backend is None else "Searching") as line:
            return self._runner.run(self._work(asked, line.update, line.stop))

    async def _work(
        self, asked: CommandQuestion, on_stage: Callable[[str], None], hide_stage: Callable[[], None]
    ) -> "AnswerBody":
        from app.cli.terminal import show_text

        if self._backend is None:
            opening = open_backend(self._settings, command="footnoted chat", on_stage=on_stage)
            self._backend = await self._stack.enter_async_context(opening)
            self._was_open = True
        with show_text(out, hide_stage) as on_text:
            return await self._backend.ask(asked, on_text=on_text)


def _complain(words: str) -> None:
    err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
