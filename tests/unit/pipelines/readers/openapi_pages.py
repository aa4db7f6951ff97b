"""OpenAPI documents read from strings, for the tests of their reader."""

import json
from pathlib import Path
from typing import Any

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, OpenApiSource
from pipelines.readers.openapi.source import OpenApiPages
from pipelines.types import PageFailure


def read(folder: Path, text: str | dict[str, Any], **declared: Any) -> dict[str, Document]:
    (folder / "api.yaml").write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    source = OpenApiSource(kind="openapi", path=Path("api.yaml"), **declared)
    spec = CorpusSpec(name="b", folder=folder, source=source, base_url="https://example.org/api")
    pages = list(OpenApiPages(spec, source, max_page_chars=200_000).read())
    assert not any(isinstance(page, PageFailure) for page in pages)
    found = {page.metadata["uri"]: page for page in pages if isinstance(page, Document)}
    assert list(found) == sorted(found)
    for page in found.values():
        for heading in page.metadata["headings"]:
            line = page.text[heading["start"] : heading["end"]]
            assert line == f"{'#' * heading['level']} {heading['text']}"
    return found
