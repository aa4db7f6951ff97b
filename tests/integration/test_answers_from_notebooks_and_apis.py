"""Notebooks and OpenAPI documents from the ingestion to a cited answer, whose footnotes open the right place."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import copy_model, invoke, run_here

DECLARED = """
[corpora.handbook]
base_url = "https://my.site/docs"
source = [
  { kind = "markdown", path = "docs", include = ["**/*.md", "**/*.ipynb"] },
  { kind = "openapi", path = "openapi.json", base_url = "https://my.site/api" },
  { kind = "openapi", path = "admin.yaml", base_url = "https://my.site/admin", viewer = "swagger-ui" },
]
"""
GUIDE = "# Guide\n\n## Water\n\nA pump is primed with water before its first run.\n"
NOTEBOOK = [
    ("markdown", "# Measuring flow\n\nThis chapter measures.\n"),
    ("markdown", "## Calibrate the flow meter\n\nThe flow meter is calibrated with a bucket of ten litres.\n"),
    ("code", "%matplotlib inline\nlitres = measure(seconds=40)\nprint(litres)"),
    ("markdown", "## Read the *gauge*\n\nThe pressure gauge is read at eye level, twice a day.\n"),
]
API = {
    "openapi": "3.1.0",
    "info": {"title": "Pump control", "version": "2", "description": "Remote control of pumps."},
    "paths": {
        "/pumps/{id}/stop": {
            "post": {
                "tags": ["Pumps"], "operationId": "stopPump", "summary": "Stop a pump",
                "description": "Stopping a pump closes its outlet valve within three seconds.",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"202": {"description": "The pump is slowing down."}},
            }
        },
        "/alarms": {
            "get": {
                "tags": ["Alarms"], "operationId": "listAlarms", "summary": "List alarms",
                "description": "Alarms of the last ninety days are listed, the newest first.",
                "responses": {"200": {"description": "The alarms."}},
            }
        },
    },
}  # fmt: skip
ADMIN = """
openapi: 3.0.3
info: { title: Administration, version: "1" }
paths:
  /operators:
    put:
      tags: [Operators]
      operationId: inviteOperator
      summary: Invite an operator
      description: An invitation of an operator expires after two weeks.
      responses: { "204": { description: Sent } }
"""


def notebook() -> dict[str, Any]:
    cells = []
    for kind, source in NOTEBOOK:
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        if kind == "code":
            output = {"output_type": "stream", "name": "stdout", "text": ["412 litres\n"]}
            cell |= {"execution_count": 1, "outputs": [output]}
        cells.append(cell)
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": cells}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ingested site."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "docs").mkdir()
    (folder / "docs" / "guide.md").write_text(GUIDE)
    (folder / "docs" / "flow.ipynb").write_text(json.dumps(notebook()))
    (folder / "openapi.json").write_text(json.dumps(API))
    (folder / "admin.yaml").write_text(ADMIN)
    (folder / "footnoted.toml").write_text(DECLARED)
    copy_model(folder)
    ingested = invoke(folder, "ingest", "--json")
    assert ingested.code == 0, ingested.err
    assert json.loads(ingested.out)["added"] == 2 + 3 + 2
    return folder


@pytest.mark.parametrize(
    ("question", "words", "url"),
    [
        ("What is the flow meter calibrated with?", "a bucket of ten litres",
         "https://my.site/docs/flow.ipynb#calibrate-the-flow-meter"),
        ("When is the pressure gauge read?", "at eye level, twice a day", "https://my.site/docs/flow.ipynb#read-the-gauge"),
        ("What happens to the outlet valve when a pump is stopped?", "closes its outlet valve within three seconds",
         "https://my.site/api#tag/Pumps/operation/stopPump"),
        ("Which alarms are listed?", "the last ninety days", "https://my.site/api#tag/Alarms/operation/listAlarms"),
        ("When does an invitation of an operator expire?", "after two weeks",
         "https://my.site/admin#/Operators/inviteOperator"),
    ],
)  # fmt: skip
async def test_answers_cite_the_cell_or_the_operation(site: Path, question: str, words: str, url: str) -> None:
    asked = await run_here(site, "ask", question, "--json")
    assert asked.code == 0, asked.err
    answer = json.loads(asked.out)
    assert answer["status"] == "answered"
    assert words in answer["text"]
    sources = {source["id"]: source for source in answer["sources"]}
    citation = next(
        citation for claim in answer["claims"] for citation in claim["citations"] if words in citation["quote"]
    )
    source = sources[citation["source"]]
    assert source["url"] == url
    # The quote lies in its passage where both say it lies in the page.
    at = citation["start"] - source["start"]
    assert source["text"][at : at + len(citation["quote"])] == citation["quote"]
    shown = await run_here(site, "ask", question)
    assert url in shown.out


async def test_code_and_its_output_are_in_the_page(site: Path) -> None:
    shown = await run_here(site, "show", "docs/flow.ipynb")
    assert "litres = measure(seconds=40)" in shown.out
    assert "412 litres" in shown.out
    assert "%matplotlib" not in shown.out
