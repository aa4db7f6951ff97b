"""Every notebook runs from top to bottom, offline, in a kernel of its own, and is kept without outputs."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TIMEOUT_SECONDS = 180


def read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def printed(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What each code cell printed, by the id of the cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.id: "".join(output.get("text", "") for output in cell.outputs) for cell in cells}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A kernel sees our packages, no settings of ours, and proxies that lead nowhere."""
    for name in os.environ:
        if name.startswith("FOOTNOTED_") or name in ("DATABASE_URL", "QDRANT_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_cleared(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_numbered_and_opens_with_its_concept(path: Path) -> None:
    assert path.stem[:2].isdigit()
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")


def test_ingest_and_ask() -> None:
    notebook = read(ROOT / "notebooks" / "01_ingest_and_ask.ipynb")
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT / "notebooks")}},
    )
    client.execute()
    shown = printed(notebook)
    assert "first run: 12 pages added" in shown["ingest"]
    assert "second run: 0 pages added, 12 unchanged\n    0 passages embedded" in shown["ingest"]
    assert "each further occurrence adds less than the one before" in shown["ask"]
    assert "/search/bm25#term-frequency-saturates" in shown["ask"]
    assert "supported: characters" in shown["ask"]
    assert "»BM25 limits the weight" in shown["check"]
    assert shown["refuse"].startswith("refused")
