"""Answers that an owner writes over the API: given, changed and deleted like those in pages, and kept across runs."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.bakery import BASE_URL, Bakery, open_owner, write_bakery

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWERS = "/api/v1/curated-answers"
PAGE = """---
answers:
  refunds:
    - Can I get a refund?
    - How do I get my money back?
---

# Asked at the counter

## Refunds

Yes, within a day of the purchase.
"""
PARKING = {
    "questions": ["Is there parking?", "Where can I park my car?"],
    "text": "Yes, behind the mill. [Ask us](https://bakery.example/us) for a **key** of the gate.\n\n- Two hours free.",
}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Bakery:
    folder = write_bakery(tmp_path_factory.mktemp("own") / "bakery")
    (folder / "docs" / "faq.md").write_text(PAGE, encoding="utf-8")
    return Bakery(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(bakery: Bakery) -> AsyncIterator[httpx.AsyncClient]:
    async with open_owner(bakery) as client:
        yield client


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def forgotten(client: httpx.AsyncClient) -> AsyncIterator[None]:
    """Each test begins without answers of its own."""
    yield
    for one in (await client.get(ANSWERS)).json()["items"]:
        assert (await client.delete(f"{ANSWERS}/{one['id']}")).status_code == 204


async def ask(client: httpx.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/chat", json={"question": question, "stream": False, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def write(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await client.post(ANSWERS, json=PARKING | changes)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_it_is_given_to_its_questions_whole_and_checked(client: httpx.AsyncClient) -> None:
    assert "curated" not in (await ask(client, "Is there parking?"))["flags"]
    made = await write(client)
    assert (made["url"], made["given_url"]) == (BASE_URL, None)
    for question in ("Is there any parking?", "where can I park a car"):
        found = await ask(client, question)
        assert "curated" in found["flags"]
        (source,) = found["sources"]
        assert (source["document_id"], source["url"], source["quality"]) == (made["id"], BASE_URL, "official")
        page = (await client.get(f"/api/v1/documents/{made['id']}")).json()
        quotes = [citation for claim in found["claims"] for citation in claim["citations"]]
        assert [one["quote"] for one in quotes] == [
            "Yes, behind the mill.", "Ask us for a **key** of the gate.", "Two hours free.",
        ]  # fmt: skip
        assert all(page["text"][one["start"] : one["end"]] == one["quote"] for one in quotes)
    assert "curated" not in (await ask(client, "Is there parking for bicycles?"))["flags"]


async def test_a_change_counts_for_the_next_question_and_a_deletion_too(client: httpx.AsyncClient) -> None:
    made = await write(client)
    url = f"{BASE_URL}/dough"
    other = {"questions": ["Is there parking?"], "text": "No: come by tram.", "url": url}
    changed = await client.put(f"{ANSWERS}/{made['id']}", json=other)
    assert changed.status_code == 200, changed.text
    assert changed.json() == {**other, "id": made["id"], "given_url": url, "access": None} | {
        "updated_at": changed.json()["updated_at"]
    }
    assert changed.json()["updated_at"] > made["updated_at"]
    found = await ask(client, "Is there parking?")
    assert ("No: come by tram." in found["text"], found["sources"][0]["url"]) == (True, url)
    assert "curated" not in (await ask(client, "Where can I park my car?"))["flags"]
    assert (await client.delete(f"{ANSWERS}/{made['id']}")).status_code == 204
    assert "curated" not in (await ask(client, "Is there parking?"))["flags"]
    for call in (client.delete(f"{ANSWERS}/{made['id']}"), client.put(f"{ANSWERS}/{made['id']}", json=other)):
        response = await call
        assert (response.status_code, response.json()["type"]) == (404, "urn:footnoted:problem:answer-not-found")


async def test_it_outlives_ingestions_and_is_no_page_of_the_site(client: httpx.AsyncClient, bakery: Bakery) -> None:
    made = await write(client, url=f"{BASE_URL}/oven")
    report = await bakery.app.state.footnoted.resources.corpora["bakery"].ingestion.ingest(allow_removals=True)
    assert (report.removed, report.failed) == (0, 0)
    await write(client, questions=["Is there a garden?"], text="Yes.")
    (status,) = (await client.get("/api/v1/status")).json()["corpora"]
    assert status["last_run"]["report"]["unchanged"] == report.unchanged > 1, "not the run of that answer"
    assert "curated" in (await ask(client, "Is there parking?"))["flags"]
    # The address is still that of the page: its sections are asked about, and its own text is read.
    here = await ask(client, "What is steam?", page={"url": f"{BASE_URL}/oven"}, scope="page")
    assert here["sources"][0]["url"] == f"{BASE_URL}/oven#steam"
    suggested = (await client.get("/api/v1/suggestions", params={"url": f"{BASE_URL}/oven"})).json()["questions"]
    assert f"{BASE_URL}/oven#steam" in [one["url"] for one in suggested]
    # Who asks the page alone gets what leads there, too.
    alone = await ask(client, "Is there parking?", page={"url": f"{BASE_URL}/oven"}, scope="page")
    assert [one["document_id"] for one in alone["sources"]] == [made["id"]]
    elsewhere = await ask(client, "Is there parking?", page={"url": f"{BASE_URL}/dough"}, scope="page")
    assert "curated" not in elsewhere["flags"]


async def test_those_in_pages_are_listed_beside_and_changed_there(client: httpx.AsyncClient) -> None:
    made = await write(client)
    listed = (await client.get(ANSWERS, params={"corpus": "bakery"})).json()
    assert (listed["corpus"], listed["items"], listed["in_pages_total"]) == ("bakery", [made], 1)
    (written,) = listed["in_pages"]
    assert written == {
        "document_id": written["document_id"], "uri": "faq.md", "title": "Asked at the counter",
        "questions": ["Can I get a refund?", "How do I get my money back?"],
        "text": "Yes, within a day of the purchase.", "url": f"{BASE_URL}/faq#refunds",
    }  # fmt: skip
    response = await client.put(f"{ANSWERS}/{written['document_id']}", json=PARKING)
    assert response.json()["type"] == "urn:footnoted:problem:answer-not-found"
    assert "a page has it" in response.json()["title"]


async def test_a_question_has_one_answer(client: httpx.AsyncClient) -> None:
    made = await write(client)
    for question, url in (("  IS there   parking", BASE_URL), ("can i get a refund", f"{BASE_URL}/faq#refunds")):
        response = await client.post(ANSWERS, json={"questions": ["Is it far?", question], "text": "No."})
        problem = response.json()
        assert (response.status_code, problem["type"]) == (409, "urn:footnoted:problem:question-answered")
        assert (problem["question"], problem["url"]) == (" ".join(question.split()), url)
    assert len((await client.get(ANSWERS)).json()["items"]) == 1
    same = await client.put(f"{ANSWERS}/{made['id']}", json=PARKING | {"text": "Its own questions are no others."})
    assert same.status_code == 200, same.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"questions": []}, "questions"),
        ({"questions": ["Is it far?"] * 21}, "questions"),
        ({"questions": ["Is it far?", "is it  far"]}, "questions.1"),
        ({"questions": ["?!"]}, "questions.0"),
        ({"questions": ["a\x00b"]}, "questions.0"),
        ({"questions": ["x" * 301]}, "questions.0"),
        ({"text": " \n"}, "text"),
        ({"text": "<!-- nothing that is seen -->"}, "text"),
        ({"text": "# A heading alone"}, "text"),
        ({"text": "word " * 700}, "text"),
        ({"text": "x" * 6_001}, "text"),
        ({"url": "ftp://example.org"}, "url"),
        ({"url": "https://example.org/a#b"}, "url"),
        ({"access": ["a\nb"]}, "access.0"),
        ({"corpus": "other"}, "corpus"),
        ({"title": "T"}, "title"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, change: dict[str, Any], field: str) -> None:
    response = await client.post(ANSWERS, json=PARKING | change)
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
    assert (await client.get(ANSWERS)).json()["items"] == []


async def test_what_looks_like_front_matter_is_text(client: httpx.AsyncClient) -> None:
    text = '---\ndraft: true\naccess: [staff]\n---\n\nYes. {% raw %} <Card title="x"/> import a from "b"'
    made = await write(client, text=text)
    assert (await client.get(ANSWERS)).json()["items"][0]["text"] == text
    page = (await client.get(f"/api/v1/documents/{made['id']}")).json()
    assert ("Yes." in page["text"], page["status"]) == (True, "indexed")
    assert "curated" in (await ask(client, "Is there parking?"))["flags"]


async def test_one_for_a_group_is_for_nobody_else(client: httpx.AsyncClient) -> None:
    await write(client, access=["staff"])
    asked = {"question": "Is there parking?", "stream": False}
    for groups in (["staff"], []):
        body = {"name": "reader", "role": "reader", "groups": groups}
        key = (await client.post("/api/v1/keys", json=body)).json()["key"]
        told = await client.post("/api/v1/chat", json=asked, headers={"authorization": f"Bearer {key}"})
        assert ("curated" in told.json()["flags"], "mill" in told.text) == (bool(groups), bool(groups))


async def test_only_an_owner_reads_and_writes_them(client: httpx.AsyncClient) -> None:
    made = await write(client)
    place = f"{ANSWERS}/{made['id']}"
    key = (await client.post("/api/v1/keys", json={"name": "w", "role": "writer"})).json()["key"]
    for headers, status in (({"authorization": f"Bearer {key}"}, 403), ({"authorization": ""}, 401)):
        for method, url in (
            ("GET", ANSWERS), ("POST", ANSWERS), ("PUT", place), ("DELETE", place),
            ("DELETE", f"/api/v1/documents/{made['id']}"),
        ):  # fmt: skip
            sent = PARKING if method in ("POST", "PUT") else None
            response = await client.request(method, url, headers=headers, json=sent)
            assert response.status_code == status, (method, url)
    taken = {"kind": "markdown", "uri": "_answers/mine.md", "content": "# Mine\n\nWords."}
    response = await client.post("/api/v1/documents", json=taken)
    assert [one["field"] for one in response.json()["errors"]] == ["uri"]
