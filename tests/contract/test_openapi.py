"""The OpenAPI document: kept in `docs/`, true to the code, and what the server does is what it says."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.openapi import build_document, dump_document
from tests.conftest import ROOT
from tests.support.served_book import serve_book

CASES = 20


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document()


def test_the_copy_in_docs_is_the_code_s(document: dict[str, Any]) -> None:
    kept = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert kept == dump_document(document), "run `make openapi`"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_every_operation_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["tags"], place
            assert {"400", "401", "403", "429", "500", "503"} <= operation["responses"].keys(), place
            error = operation["responses"]["401"]["content"]
            kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
            assert list(error) == [kind], place


def test_tags_are_described(document: dict[str, Any]) -> None:
    described = {tag["name"] for tag in document["tags"]}
    used = {tag for item in document["paths"].values() for operation in item.values() for tag in operation["tags"]}
    assert used == described


async def test_the_server_does_what_its_document_says(tmp_path: Path) -> None:
    """Schemathesis: every operation with data that the document allows and data that it does not."""
    with serve_book(tmp_path / "book") as served:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("st")),
            "--config-file", str(ROOT / "tests" / "contract" / "schemathesis.toml"),
            "run", f"{served.url}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {served.token}",
            "--phases", "examples,coverage,fuzzing",
            "--max-examples", str(CASES),
            "--generation-deterministic", "--no-color", "--warnings", "off",
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(process.communicate(), 200)
    text = out.decode()
    print(text[-600:])  # noqa: T201
    assert process.returncode == 0, text[-6_000:]
    assert int(re.findall(r"(\d+) generated", text)[-1]) > 500
