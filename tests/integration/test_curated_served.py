"""A page of answers that the owner wrote, asked over HTTP: first, whole, checked, and counted."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.bakery import BASE_URL, Bakery, open_owner, write_bakery
from tests.support.serving import of_type, read_parts

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAQ = f"{BASE_URL}/faq"
PAGE = """---
title: Asked at the counter
answers:
  refunds:
    - Can I get a refund?
    - How do I get my money back?
  which-bread: Which bread is free of nuts?
  nowhere: Is there parking?
---

# Asked at the counter

## Refunds

Yes, within a day of the purchase. Bring the receipt:

- Bread is paid back in money.
- Cakes are paid back as vouchers. [Ask us](https://bakery.example/us).

### Vouchers

Nobody is paid for vouchers?

## Which bread

| bread | nuts |
|---|---|
| rye | no |
"""
NEAR_MISSES = (
    "Can I get a receipt?",
    "How do I get my bread back?",
    "Which cake is free of nuts?",
    "Is there parking?",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder = write_bakery(tmp_path_factory.mktemp("curated") / "bakery")
    (folder / "docs" / "faq.md").write_text(PAGE, encoding="utf-8")
    bakery = Bakery(folder)
    async with open_owner(bakery) as client:
        yield client


async def ask(client: httpx.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/chat", json={"question": question, "stream": False, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_it_is_quoted_whole_and_every_sentence_is_checked(client: httpx.AsyncClient) -> None:
    found = await ask(client, "Is it possible to get a refund?")
    assert "curated" in found["flags"]
    (source,) = found["sources"]
    assert (source["url"], source["quality"]) == (f"{FAQ}#refunds", "official")
    quotes = [citation["quote"] for claim in found["claims"] for citation in claim["citations"]]
    assert quotes == [
        "Yes, within a day of the purchase.", "Bring the receipt:", "Bread is paid back in money.",
        "Cakes are paid back as vouchers.", "Ask us.", "Nobody is paid for vouchers?",
    ]  # fmt: skip
    page = (await client.get(f"/api/v1/documents/{source['document_id']}")).json()
    for claim in found["claims"]:
        for citation in claim["citations"]:
            assert claim["status"] in ("supported", "not_checkable")  # a question is no claim
            assert page["text"][citation["start"] : citation["end"]] == citation["quote"]


async def test_the_document_tells_its_questions_beside_its_chunks(client: httpx.AsyncClient) -> None:
    documents = (await client.get("/api/v1/documents")).json()["items"]
    (faq,) = (one for one in documents if one["uri"] == "faq.md")
    page = (await client.get(f"/api/v1/documents/{faq['id']}")).json()
    asked = [(one["question"], one["anchor"]) for one in page["answers"]]
    assert asked == [
        ("Can I get a refund?", "refunds"), ("How do I get my money back?", "refunds"),
        ("Which bread is free of nuts?", "which-bread"),
    ]  # fmt: skip
    assert faq["node_count"] == len(page["chunks"]) + len(asked)
    assert all(chunk["text"] != page["answers"][0]["question"] for chunk in page["chunks"])


async def test_a_near_miss_gets_no_answer_of_another_question(client: httpx.AsyncClient) -> None:
    for question in NEAR_MISSES:
        assert "curated" not in (await ask(client, question))["flags"], question


async def test_a_table_is_quoted_whole(client: httpx.AsyncClient) -> None:
    found = await ask(client, "Which bread is nut free?")
    assert "| bread | nuts |\n| --- | --- |\n| rye | no |" in found["text"]


async def test_it_comes_first_on_the_stream_and_in_a_search(client: httpx.AsyncClient) -> None:
    question = "How can I get my money back?"
    streamed = await client.post("/api/v1/chat", json={"question": question})
    (first, *_) = of_type(read_parts(streamed.text), "source-url")
    assert first["url"] == f"{FAQ}#refunds"
    searched = (await client.post("/api/v1/search", json={"query": question})).json()
    assert searched["passages"][0]["url"] == f"{FAQ}#refunds"
    assert searched["passages"][0]["quality"] == "official"


async def test_a_page_that_is_sent_has_answers_as_well_until_it_goes(client: httpx.AsyncClient) -> None:
    content = "---\nanswers:\n  - Do you bake on Sundays?\n---\n# Sundays\n\nOnly in December.\n"
    sent = {"kind": "markdown", "uri": "extra/sundays.md", "content": content}
    response = await client.post("/api/v1/documents", json=sent)
    assert response.status_code == 201, response.text
    found = await ask(client, "Are you baking on Sundays?")
    assert "Only in December." in found["text"]
    assert "curated" in found["flags"]
    gone = await client.delete(f"/api/v1/documents/{response.json()['id']}")
    assert gone.status_code == 204
    assert "curated" not in (await ask(client, "Are you baking on Sundays?"))["flags"]


async def test_insights_tell_how_often_each_answered(client: httpx.AsyncClient) -> None:
    before = {one["question"]: one["answers"] for one in await uses(client)}
    await ask(client, "Can I get a refund?")
    await ask(client, "can i get a REFUND")
    after = {one["question"]: one["answers"] for one in await uses(client)}
    assert after["Can I get a refund?"] == before["Can I get a refund?"] + 2
    assert after.keys() == {"Can I get a refund?", "How do I get my money back?", "Which bread is free of nuts?"}


async def uses(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    curated = (await client.get("/api/v1/insights")).json()["curated"]
    questions: list[dict[str, Any]] = curated["questions"]
    assert curated["total"] == len(questions) == 3
    assert curated["unused"] == sum(one["answers"] == 0 for one in questions)
    return questions
