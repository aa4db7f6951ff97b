"""Who wrote a page, and when, from its front matter to every wire and to the kept conversation."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.support.bakery import Bakery, write_bakery
from tests.support.serving import open_client

QUESTION = "What temperature must be set before the bread goes in?"
BEGINNING = "---\nauthors: [Ludwig van Beethoven, {literal: Bell Labs}]\nyear: 1802\n---\n"
AUTHORS = [
    {"family": "van Beethoven", "given": "Ludwig", "literal": None},
    {"family": None, "given": None, "literal": "Bell Labs"},
]


async def ask(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    response = await client.post("/api/v1/chat", json={"question": question, "stream": False})
    assert response.status_code == 200
    return dict(response.json())


async def test_sources_name_them_and_a_page_without_them_names_nobody(tmp_path: Path) -> None:
    folder = write_bakery(tmp_path / "bakery")
    oven = folder / "docs" / "oven.md"
    oven.write_text(BEGINNING + oven.read_text("utf-8"), "utf-8")
    bakery = Bakery(folder)
    async with open_client(bakery) as client:
        await bakery.ingest()
        answer = await ask(client, QUESTION)
        (source,) = answer["sources"]
        assert (source["authors"], source["published"]) == (AUTHORS, "1802")

        kept = (await client.get(f"/api/v1/conversations/{answer['conversation_id']}")).json()
        (again,) = kept["messages"][-1]["answer"]["sources"]
        assert (again["authors"], again["published"]) == (AUTHORS, "1802")

        streamed = (await client.post("/api/v1/chat", json={"question": QUESTION})).text
        parts = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
        told = [part["data"] for part in parts if part["type"] == "data-sources"][-1]
        assert (told[0]["authors"], told[0]["published"]) == (AUTHORS, "1802")

        found = (await client.post("/api/v1/search", json={"query": "temperature of the oven"})).json()["passages"]
        assert next(one for one in found if "/oven#" in one["url"])["authors"] == AUTHORS

        (other,) = (await ask(client, "How long does dough rest?"))["sources"]
        assert (other["authors"], other["published"]) == ([], None)
