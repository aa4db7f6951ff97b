"""What commands that need no model load: read in a process of its own, for this one has everything loaded."""

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

MODELS = ("llama_index", "openai", "cohere", "onnxruntime", "tokenizers", "qdrant_client")
READ = "import json, sys, {module}; print(json.dumps([name for name in {names} if name in sys.modules]))"


def _loaded(module: str, names: tuple[str, ...]) -> list[str]:
    script = READ.format(module=module, names=names)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def test_asking_loads_no_server_and_no_protocol() -> None:
    assert _loaded("app.cli.local_pipelines", ("fastapi", "starlette", "uvicorn", "mcp", "openai", "cohere")) == []


@pytest.mark.parametrize(
    ("module", "beside"),
    [
        ("app.cli.main", ("fastapi", "starlette", "mcp", "httpx", "sqlalchemy", "numpy")),  # `--help`, `init`
        ("app.cli.local_backend", ("fastapi", "mcp", "httpx")),  # `status`, `keys`, `insights`, `db`
        ("app.cli.server_backend", ("fastapi", "mcp", "sqlalchemy")),
        ("app.main", ()),  # `openapi`
    ],
)
def test_no_model_is_loaded_where_none_is_needed(module: str, beside: tuple[str, ...]) -> None:
    assert _loaded(module, (*MODELS, *beside)) == []


@pytest.mark.parametrize("after", [0.02, 0.1, 0.2, 0.3])
def test_ctrl_c_while_the_commands_are_loaded_is_no_failure(after: float) -> None:
    """The script says when it begins: before that it is the interpreter that starts."""
    script = (
        "import app.cli.console, signal, sys; take = signal.signal\n"
        "def told(*words):\n    signal.signal = take; take(*words); print(flush=True)\n"
        "signal.signal = told; sys.argv = ['footnoted', '--help']; app.cli.console.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode in (130, 0), err) == (True, "")
    if after < 0.1:
        assert process.returncode == 130


@pytest.mark.parametrize("where", ["typer.main.get_group", "app.cli.main.configure_logs", "threading._shutdown"])
def test_ctrl_c_before_a_command_begins_and_after_it_ended_is_no_failure(where: str) -> None:
    """There no command takes it: where Typer puts the commands together, and where the interpreter ends."""
    module, _, name = where.rpartition(".")
    script = (
        "import app.cli.console, app.cli.main, os, signal, sys, threading, typer.main\n"
        f"real = {where}\n"
        "def interrupted(*words, **named):\n    os.kill(os.getpid(), signal.SIGINT); return real(*words, **named)\n"
        f"{module}.{name} = interrupted; sys.argv = ['footnoted', '--version']; app.cli.console.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")
