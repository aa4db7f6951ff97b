"""What commands that need no model load: read in a process of its own, for this one has everything loaded."""

import json
import subprocess
import sys

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
