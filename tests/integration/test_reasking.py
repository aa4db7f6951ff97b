"""Questions without a good answer are asked again once pages changed: that is told, and counts as nobody's question."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.conversations import reasking
from app.conversations.metered_corpus import MeteredCorpus
from app.conversations.reasking import Reasked, Reasking
from pipelines.types import Answer, Question
from storage_config.postgres.database import Session
from storage_config.records.insights import Period, list_answers_to_ask_again
from storage_config.records.reasked_answers import ReaskedVerdict, save_verdict
from tests.support.bakery import BASE_URL, Bakery, write_bakery
from tests.support.serving import open_client
from tests.support.waiting import eventually

RYE = "What does a loaf of rye cost?"
WHEAT = "Who delivers the wheat to the mill?"
PRICES = "# Prices\n\n## Rye\n\nA loaf of rye costs four euros.\n"


class Site:
    """The bakery as it is served, and its pages on disk."""

    def __init__(self, folder: Path, bakery: Bakery, client: httpx.AsyncClient) -> None:
        self.folder, self.bakery, self.client = folder, bakery, client

    @property
    def reasking(self) -> Reasking:
        used: Reasking = self.bakery.app.state.footnoted.use_cases.reasking
        return used

    async def ask(self, question: str) -> dict[str, Any]:
        response = await self.client.post("/api/v1/chat", json={"question": question, "stream": False})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def write(self, name: str, content: str | None) -> None:
        page = self.folder / "docs" / name
        page.unlink() if content is None else page.write_text(content, encoding="utf-8")
        corpus = self.bakery.app.state.footnoted.resources.corpora["bakery"]
        await corpus.ingestion.ingest(allow_removals=True)

    async def ask_again(self) -> Reasked:
        return await self.reasking.ask_again("bakery")

    async def insights(self) -> dict[str, Any]:
        token = self.bakery.app.state.footnoted.resources.local_token
        response = await self.client.get("/api/v1/insights", headers={"authorization": f"Bearer {token}"})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr(reasking, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(reasking, "_QUIET_SECONDS", 0.0)
    folder = write_bakery(tmp_path / "bakery")
    bakery = Bakery(folder)
    async with open_client(bakery) as client:
        await bakery.ingest()
        yield Site(folder, bakery, client)


def unanswered(insights: dict[str, Any]) -> list[str]:
    return [one["question"] for one in insights["unanswered"]["clusters"]]


async def test_what_a_new_page_answers_is_told_with_its_section_and_counts_as_nobodys_question(site: Site) -> None:
    for question in (RYE, RYE.lower(), WHEAT):
        assert (await site.ask(question))["status"] == "refused"
    before = await site.insights()
    assert (before["unanswered"]["found"], before["resolved"]) == (2, [])
    await site.write("prices.md", PRICES)
    assert await site.ask_again() == Reasked(asked=2, resolved=1)
    after = await site.insights()
    assert unanswered(after) == [WHEAT]
    (resolved,) = after["resolved"]
    assert resolved["question"].casefold() == RYE.casefold()
    assert (resolved["url"], resolved["title"], resolved["heading_path"]) == (
        f"{BASE_URL}/prices#rye",
        "Prices",
        ["Rye"],
    )
    assert after["totals"] == before["totals"]
    assert after["cited"] == before["cited"]
    (week,) = after["weeks"]
    assert (week["refused"], week["resolved"]) == (3, 1)


async def test_what_the_owner_answers_is_resolved_until_that_answer_goes(site: Site) -> None:
    """It leads to a page of the site, which stays."""
    await site.ask(RYE)
    site.client.headers.update(site.bakery.owner)
    own = {"questions": [RYE], "text": "Four euros.", "url": f"{BASE_URL}/dough"}
    made = (await site.client.post("/api/v1/curated-answers", json=own)).json()
    await eventually(lambda: _is_resolved(site, [RYE]))
    never = (await site.insights())["never_cited"]
    assert (never["pages_total"], RYE in [page["title"] for page in never["pages"]]) == (3, False)
    assert (await site.client.delete(f"/api/v1/curated-answers/{made['id']}")).status_code == 204
    await eventually(lambda: _is_resolved(site, []))
    assert unanswered(await site.insights()) == [RYE]


async def _is_resolved(site: Site, questions: list[str]) -> bool:
    return [one["question"] for one in (await site.insights())["resolved"]] == questions


async def test_a_revision_is_asked_once_and_a_verdict_is_the_newest(site: Site) -> None:
    await site.ask(RYE)
    await site.write("prices.md", PRICES)
    assert await site.ask_again() == Reasked(1, 1)
    assert await site.ask_again() == Reasked(0, 0)
    first = (await site.insights())["resolved"][0]["resolved_at"]
    await site.write("more.md", "# More\n\nNothing of that.\n")
    assert await site.ask_again() == Reasked(0, 0)  # the page that answers it is as it was
    await site.write("prices.md", f"{PRICES}\nWheat costs three.\n")
    assert await site.ask_again() == Reasked(1, 1)
    assert (await site.insights())["resolved"][0]["resolved_at"] == first
    await site.write("prices.md", None)
    assert await site.ask_again() == Reasked(1, 0)
    assert unanswered(await site.insights()) == [RYE]


async def test_a_page_for_others_resolves_nothing_for_who_asked(site: Site) -> None:
    await site.ask(RYE)
    await site.write("prices.md", f"---\naccess: [staff]\n---\n{PRICES}")
    assert await site.ask_again() == Reasked(1, 0)
    assert (await site.insights())["resolved"] == []


async def test_the_verdict_goes_with_the_conversation(site: Site) -> None:
    asked = await site.ask(RYE)
    await site.write("prices.md", PRICES)
    await site.ask_again()
    deleted = await site.client.delete(f"/api/v1/conversations/{asked['conversation_id']}")
    assert deleted.status_code == 204
    insights = await site.insights()
    assert (insights["resolved"], insights["weeks"]) == ([], [])
    verdict = ReaskedVerdict(UUID(asked["id"]), 1, datetime.now(UTC), "answered", True, "u", "t")
    await site.bakery.app.state.footnoted.resources.database.run(partial(save_verdict, verdict=verdict))


async def test_the_most_asked_come_first_and_no_more_than_the_limit(site: Site) -> None:
    for question in (WHEAT, RYE, RYE):
        await site.ask(question)
    database = site.bakery.app.state.footnoted.resources.database
    period = Period("bakery", datetime.now(UTC) - timedelta(days=1), datetime.now(UTC))

    async def read(session: Session) -> list[str]:
        found = await list_answers_to_ask_again(session, period=period, revision=99, limit=1)
        return [one.question["text"] for one in found]

    assert await database.run(read) == [RYE]
    metered = site.bakery.app.state.footnoted.use_cases.chat._corpora
    assert await Reasking(database, metered, limit=1).ask_again("bakery") == Reasked(1, 0)
    assert await Reasking(database, metered, limit=0).ask_again("bakery") == Reasked(0, 0)


async def test_a_question_that_fails_holds_up_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in (WHEAT, WHEAT, RYE):
        await site.ask(question)
    await site.write("prices.md", PRICES)
    asked_again = MeteredCorpus.ask_again

    async def fail(corpus: MeteredCorpus, question: Question) -> Answer:
        if question.text == WHEAT:
            raise ValueError("ours")
        return await asked_again(corpus, question)

    monkeypatch.setattr(MeteredCorpus, "ask_again", fail)
    assert await site.ask_again() == Reasked(1, 1)
    assert await site.ask_again() == Reasked(0, 0)
    monkeypatch.setattr(MeteredCorpus, "ask_again", asked_again)
    await site.write("more.md", "# More\n\nNothing of that.\n")
    assert await site.ask_again() == Reasked(1, 0)


async def test_two_processes_ask_each_question_once(site: Site) -> None:
    for question in (WHEAT, RYE):
        await site.ask(question)
    await site.write("prices.md", PRICES)
    database = site.bakery.app.state.footnoted.resources.database
    other = Reasking(database, site.bakery.app.state.footnoted.use_cases.corpora, limit=20)
    found = await asyncio.gather(site.ask_again(), other.ask_again("bakery"))
    assert sum(one.asked for one in found) == 2


async def test_a_corpus_is_asked_again_once_in_a_while(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.ask(RYE)
    await site.write("prices.md", PRICES)
    await site.ask_again()
    await site.write("prices.md", None)
    monkeypatch.setattr(reasking, "_QUIET_SECONDS", 600.0)
    site.reasking.start("bakery")
    await asyncio.sleep(1.0)
    assert len((await site.insights())["resolved"]) == 1
    assert await site.ask_again() == Reasked(1, 0)


async def test_a_page_for_members_resolves_a_question_for_members_only(site: Site) -> None:
    await site.ask(RYE)
    token = site.bakery.app.state.footnoted.resources.local_token
    local = {"question": RYE, "stream": False}
    asked = await site.client.post("/api/v1/chat", json=local, headers={"authorization": f"Bearer {token}"})
    assert asked.json()["status"] == "refused"
    await site.write("prices.md", f"---\naccess: [staff]\n---\n{PRICES}")
    assert await site.ask_again() == Reasked(2, 1)
    insights = await site.insights()
    assert (unanswered(insights), insights["resolved"]) == ([RYE], [])


async def test_a_record_that_does_not_say_what_its_asker_may_read_is_not_asked_again(site: Site) -> None:
    await site.ask(RYE)
    await site.write("prices.md", f"---\naccess: [staff]\n---\n{PRICES}")
    database = site.bakery.app.state.footnoted.resources.database
    forget = "UPDATE messages SET provenance = provenance #- '{question,filters,groups}' WHERE provenance IS NOT NULL"

    async def age(session: Session) -> None:
        await session.execute(text(forget))

    await database.run(age)
    assert await site.ask_again() == Reasked(0, 0)


async def test_a_verdict_is_as_old_as_its_question(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.ask(RYE)
    await site.write("prices.md", PRICES)
    asked_again = MeteredCorpus.ask_again

    async def change_meanwhile(corpus: MeteredCorpus, question: Question) -> Answer:
        answer = await asked_again(corpus, question)
        await site.write("prices.md", f"{PRICES}\nWheat costs three.\n")
        return answer

    monkeypatch.setattr(MeteredCorpus, "ask_again", change_meanwhile)
    assert await site.ask_again() == Reasked(1, 1)
    monkeypatch.setattr(MeteredCorpus, "ask_again", asked_again)
    assert await site.ask_again() == Reasked(1, 1)


async def test_an_ingestion_and_a_page_that_is_sent_start_it(site: Site) -> None:
    await site.ask(RYE)
    token = site.bakery.app.state.footnoted.resources.local_token
    site.client.headers["authorization"] = f"Bearer {token}"
    sent = {"kind": "markdown", "uri": "prices.md", "content": PRICES}
    assert (await site.client.post("/api/v1/documents", json=sent)).status_code == 201

    async def is_resolved() -> bool:
        return bool((await site.insights())["resolved"])

    await eventually(is_resolved)
    await site.ask(WHEAT)
    (site.folder / "docs" / "mill.md").write_text("# Mill\n\nAnna delivers the wheat to the mill.\n", encoding="utf-8")
    assert (await site.client.post("/api/v1/ingestions", json={})).status_code == 202

    async def are_both() -> bool:
        return len((await site.insights())["resolved"]) == 2

    await eventually(are_both)
