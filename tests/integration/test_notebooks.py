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


# What each notebook shows, by the id of the cell. Its figures are measured anew at each run.
SHOWN = {
    "01_ingest_and_ask": {
        "ingest": ["first run: 12 pages added", "second run: 0 pages added, 12 unchanged\n    0 passages embedded"],
        "ask": [
            "each further occurrence adds less than the one before",
            "/search/bm25#term-frequency-saturates",
            "supported: characters",
        ],
        "check": ["»BM25 limits the weight"],
        "refuse": ["refused"],
    },
    "02_inside_retrieval": {
        "search": ["Term frequency saturates"],
        "legs": ["  1    1    1    weight of a repeated term"],
    },
    "03_chunking": {
        "cuts": ["ours\n      0 of 76 speaks of two sections"],
        "offsets": ["/search/bm25#the-parameter-k1", "Ranking with BM25 > Term frequency saturates > The parameter k1"],
    },
    "04_chat_and_claims": {
        "events": ["claim:   supported with 1 quotes", "done:    answered"],
        "chat": [
            "> And which values of it are usual?\n**Quoted from the documentation:**\n\nValues between 1.2 and 2.0"
        ],
        "claims": ["supported (0.99): Values between 1.2 and 2.0 are usual."],
        "verify": ["changed: 3.0", "changed: not", "missing: elasticsearch"],
    },
    "05_evaluate": {
        "evaluate": ["all: 25 questions\n    right 100.0 % (21/21)", "refused 100.0 % (3/3)"],
        "probe": ["unaltered     40 of 40 pass", "number         0 of"],
    },
    "06_rerun_after_a_change": {
        "edit": ["11 pages unchanged", "02-search/02-bm25.md: changed, 1 of 8 passages to embed"],
        "again": ["1 page changed, 1 passages embedded", "Values between 0.9 and 1.8 are usual."],
        "remove": ["1 page removed\nrefused"],
    },
    "07_llama_index": {
        "evaluate": ["ours  {'hit_rate': 1.0, 'mrr': 1.0}"],
        "engine": ["1 https://example.org/handbook/search/bm25#term-frequency-saturates"],
        "events": ["StreamChatDeltaReceivedEvent ChatEngine.stream", "RetrievalEndEvent SectionRetriever"],
    },
}
PLOTTED = {"02_inside_retrieval": ["plot"], "03_chunking": ["lengths"], "05_evaluate": ["probe"]}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_shows_what_its_words_say(path: Path) -> None:
    notebook = read(path)
    client = NotebookClient(
        notebook, timeout=TIMEOUT_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    shown = printed(notebook)
    for cell, texts in SHOWN[path.stem].items():
        for text in texts:
            assert text in shown[cell], cell
    plots = [
        cell.id for cell in notebook.cells for one in cell.get("outputs", []) if "image/png" in one.get("data", {})
    ]
    assert plots == PLOTTED.get(path.stem, [])
