"""`footnoted chat`: what is kept from question to question, its own commands, and how an answer is left."""

import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console
from typer.testing import CliRunner

from app.cli import chat as chat_module
from app.cli.command_question import CommandQuestion, OnText
from app.cli.main import app
from app.cli.outcomes import UNAVAILABLE, ServerGone
from app.cli.terminal import show_text
from app.schemas.answers import AnswerBody
from storage_config.errors import VectorsUnavailable

CONVERSATION = UUID(int=7)
PAGE = "https://my.site/docs/oven"
SOURCE = {
    "id": "1", "document_id": str(UUID(int=1)), "title": "Oven", "url": f"{PAGE}#steam", "heading_path": ["Steam"],
    "text": "Steam is water.\n\nIt keeps the crust soft.", "start": 0, "end": 41, "quality": "official",
    "reference": None, "text_hash": None, "page_state": "as_cited",
}  # fmt: skip


def answer(text: str, *sources: dict[str, Any]) -> AnswerBody:
    return AnswerBody.model_validate(
        {
            "id": UUID(int=2), "conversation_id": CONVERSATION, "status": "answered", "text": text, "claims": [],
            "sources": list(sources), "closest": [], "flags": [], "model": "extractive", "contact": None,
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "calls": 0, "cost": None}, "timings": {},
            "suggestions": [],
        }
    )  # fmt: skip


class ScriptedBackend:
    """Gives its answers one after the other; what is no answer is raised."""

    def __init__(self, answers: Sequence[AnswerBody | BaseException]) -> None:
        self.answers = list(answers)
        self.asked: list[CommandQuestion] = []
        self.is_open = False
        self.opened = 0

    async def ask(self, asked: CommandQuestion, *, on_text: OnText) -> AnswerBody:
        self.asked.append(asked)
        given = self.answers.pop(0)
        if isinstance(given, BaseException):
            raise given
        on_text(given.text)
        return given


Play = Callable[..., tuple[ScriptedBackend, Any]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """Types the lines and ends the input: the backend, and how the command ended."""
    (tmp_path / "docs").mkdir()
    corpus = '[corpora.docs]\nbase_url = "https://my.site/docs"\nsource = { kind = "markdown", path = "docs" }\n'
    (tmp_path / "footnoted.toml").write_text(corpus, encoding="utf-8")

    def type_lines(
        *lines: str, answers: Sequence[AnswerBody | BaseException] = (), opens: Exception | None = None
    ) -> tuple[ScriptedBackend, Any]:
        backend = ScriptedBackend(answers)

        @asynccontextmanager
        async def opened(*_: object, **__: object) -> AsyncIterator[ScriptedBackend]:
            if opens is not None:
                raise opens
            backend.is_open = True
            backend.opened += 1
            yield backend
            backend.is_open = False

        monkeypatch.setattr(chat_module, "open_backend", opened)
        command = ["--config", str(tmp_path / "footnoted.toml"), "chat"]
        return backend, CliRunner().invoke(app, command, input="".join(f"{line}\n" for line in lines))

    return type_lines


def test_a_second_question_goes_on_with_the_conversation(play: Play) -> None:
    backend, ended = play("What is steam?", "", "And why?", answers=[answer("Water. [1]", SOURCE), answer("So.")])
    assert [(one.question, one.conversation_id) for one in backend.asked] == [
        ("What is steam?", None),
        ("And why?", CONVERSATION),
    ]
    assert ended.exit_code == 0
    assert "Water." in ended.stdout
    assert "Oven › Steam" in ended.stdout
    assert not backend.is_open, "what was opened is closed"


def test_new_begins_another_one(play: Play) -> None:
    backend, _ = play("a", "/new", "b", answers=[answer("A."), answer("B.")])
    assert [one.conversation_id for one in backend.asked] == [None, None]


def test_the_scope_goes_along_until_it_is_another(play: Play) -> None:
    lines = (f"/scope page {PAGE}", "a", f"/scope section {PAGE}#steam", "b", "/scope all", "c")
    backend, _ = play(*lines, answers=[answer("A."), answer("B."), answer("C.")])
    scopes = [(one.scope, one.page) for one in backend.asked]
    assert scopes == [("page", PAGE), ("section", f"{PAGE}#steam"), ("all", None)]


@pytest.mark.parametrize("line", ["/scope", "/scope page", "/scope selection x", "/scope page a b", "/scope all x"])
def test_a_wrong_scope_is_named_and_changes_nothing(play: Play, line: str) -> None:
    backend, ended = play(line, "a", answers=[answer("A.")])
    assert "/scope: all, page URL or section URL." in ended.stderr
    assert (backend.asked[0].scope, backend.asked[0].page) == ("all", None)


def test_sources_shows_the_whole_passages(play: Play) -> None:
    _, ended = play("/sources", "What is steam?", "/sources", answers=[answer("Water. [1]", SOURCE)])
    assert "No answer with sources yet." in ended.stderr
    assert "It keeps the crust soft." in ended.stdout


def test_help_names_the_commands_and_quit_ends(play: Play) -> None:
    backend, ended = play("/help", "/nothing", "/quit", "not asked")
    assert all(word in ended.stdout for word in ("/sources", "/scope page URL", "/new", "/quit"))
    assert "/nothing: no such command" in ended.stderr
    assert backend.asked == []
    assert ended.exit_code == 0


def test_an_answer_that_is_stopped_or_fails_ends_no_conversation(play: Play) -> None:
    backend, ended = play(
        "a", "b", "c", "d",
        answers=[answer("A."), KeyboardInterrupt(), VectorsUnavailable("qdrant is away"), answer("D.")],
    )  # fmt: skip
    assert "Stopped." in ended.stderr
    assert "qdrant is away" in ended.stderr
    assert "D." in ended.stdout
    assert [one.conversation_id for one in backend.asked[1:]] == [CONVERSATION] * 3


@pytest.mark.parametrize(("quality", "told"), [("unknown", False), ("official", False), ("blog", True)])
def test_only_of_sources_that_peers_could_review_it_is_told_that_none_did(play: Play, quality: str, told: bool) -> None:
    given = answer("Water. [1]", SOURCE | {"quality": quality}).model_copy(update={"flags": ["not_peer_reviewed"]})
    _, ended = play("What is steam?", answers=[given])
    assert ("not peer reviewed" in ended.stdout) == told


def test_a_server_that_is_started_anew_is_found_again(play: Play) -> None:
    backend, ended = play("a", "b", "c", answers=[answer("A."), ServerGone("It is gone."), answer("C.")])
    assert [one.question for one in backend.asked] == ["a", "b", "c"]
    assert backend.opened == 2, "after a server that is silent the next question looks for one"
    assert (ended.exit_code, "It is gone." in ended.stderr, "C." in ended.stdout) == (0, True, True)


def test_questions_from_a_pipe_stand_above_their_answers(play: Play) -> None:
    _, ended = play("What is steam?", answers=[answer("Water.")])
    assert ended.stdout.index("> What is steam?") < ended.stdout.index("Water.")


def test_a_question_that_is_too_long_is_not_asked(play: Play) -> None:
    backend, ended = play("x" * 100_000)
    assert backend.asked == []
    assert "at most" in ended.stderr


def test_what_cannot_be_opened_ends_it(play: Play) -> None:
    backend, ended = play("a", "b", opens=VectorsUnavailable("qdrant is away"))
    assert backend.asked == []
    assert ended.stderr.count("qdrant is away") == 1
    assert ended.exit_code == UNAVAILABLE


def test_text_grows_on_a_terminal_and_is_cleared() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=20, height=6)
    firsts: list[int] = []
    with show_text(console, lambda: firsts.append(1)) as grow:
        for number in range(40):
            grow(f"word{number} ")
    assert firsts == [1]
    assert "word39" in shown.getvalue()
    assert "\x1b[1A" in shown.getvalue(), "it is taken back line by line"


def test_text_is_not_shown_twice_where_there_is_no_terminal() -> None:
    shown = io.StringIO()
    with show_text(Console(file=shown)) as grow:
        grow("word")
    assert shown.getvalue() == ""
