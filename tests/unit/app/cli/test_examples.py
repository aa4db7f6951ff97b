"""The examples that --help shows are commands, with options that there are."""

import shlex

import pytest
from typer.testing import CliRunner

from app.cli.main import _EXAMPLES, app

EXAMPLES = [(name, example) for name, examples in _EXAMPLES.items() for example in examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_an_example_is_understood(name: str, example: str) -> None:
    program, command, *words = shlex.split(example)
    end = next((n for n, word in enumerate(words) if word in ("|", ">")), len(words))
    asked = CliRunner().invoke(app, [command, *words[:end], "--help"])
    assert (program, command) == ("footnoted", name)
    assert asked.exit_code == 0, asked.output
    assert "Examples:" in asked.output
