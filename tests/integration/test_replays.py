"""Recorded answers made again from the real stores: in the use case, by the route, after the page changed."""

import shutil
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from app.conversations.chat import Ask
from app.conversations.metered_corpus import Asker
from app.conversations.replays import ReplayedMessage
from app.conversations.use_cases import open_use_cases
from pipelines.bootstrap import Resources, open_resources
from pipelines.types import Answer, HistoryMessage, PageContext
from storage_config.records.documents import get_document
from storage_config.records.ids import new_id
from storage_config.records.text_hash import hash_text
from storage_config.settings import Settings, read_settings
from tests.conftest import ROOT
from tests.support.models import model_folder
from tests.support.serving import OpenWorld, open_client

SELECTED = "A lease of the bicycle lasts three days."
QUOTED = "The parameter `k1` says how soon saturation sets in."


@dataclass(frozen=True)
class Recorded:
    """An answer and the id of its message."""

    id: UUID
    answer: Answer


@pytest.fixture(scope="module")
def settings(open_folder: Path) -> Settings:
    """A copy of the sample book that may be edited, and a data folder of its own."""
    site, data = open_folder / "replays", open_folder / "replays-data"
    shutil.copytree(ROOT / "notebooks" / "data", site, ignore=shutil.ignore_patterns(".footnoted"))
    data.mkdir(mode=0o755)
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    return read_settings(config=site / "footnoted.toml", data_dir=data)


async def ask(resources: Resources, ask: Ask) -> Recorded:
    """Asks through the use case, which records."""
    async with open_use_cases(resources) as use_cases:
        turn = await use_cases.chat.open_turn(ask, began=time.perf_counter())
        return Recorded(turn.answer_id, await use_cases.chat.answer(turn))


async def replay_message(resources: Resources, message_id: UUID) -> ReplayedMessage:
    """Makes it again through the use case."""
    async with open_use_cases(resources) as use_cases:
        return await use_cases.replays.replay(message_id, Asker("local", time.perf_counter(), "local"))


async def test_an_answer_is_made_again_and_what_differs_is_told(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        await resources.corpus().ingestion.ingest()
        history = (
            HistoryMessage("user", "How does BM25 weigh terms?"),
            HistoryMessage("assistant", "It saturates. [1]"),
        )
        page = PageContext("https://example.org/handbook/search/bm25", "how soon saturation sets in")
        plain = await ask(resources, Ask("What does the parameter k1 control?"))
        follow_up = await ask(resources, Ask("And what does that one control?", history=history, page=page))
        refused = await ask(resources, Ask("Who won the football world cup in 1998?"))
        saturation = replace(page, url=f"{page.url}#term-frequency-saturates")
        in_section = await ask(resources, Ask("What does k1 say?", page=saturation, scope="section"))
        elsewhere = PageContext("https://elsewhere.org/page", f"Of note: {SELECTED}")
        of_selection = await ask(resources, Ask("How long does a lease last?", page=elsewhere, scope="selection"))
        assert [one.document_id for one in of_selection.answer.sources] == [None]
        assert {one.url for one in in_section.answer.sources} <= {saturation.url, f"{page.url}#the-parameter-k1"}
        for recorded in (plain, follow_up, refused, in_section, of_selection):
            again = await replay_message(resources, recorded.id)
            assert again.replay.differences == ()
            assert again.changed_sources == ()
            assert again.replay.answer.text == recorded.answer.text
            assert again.recorded.text == recorded.answer.text
        assert QUOTED in plain.answer.text
        for source in plain.answer.sources:
            find = partial(get_document, document_id=UUID(str(source.document_id)))
            cited = await resources.storage.database.run(find)
            assert cited is not None
            assert source.text_hash == hash_text(cited.text)
            assert (source.page_state, cited.text[source.start : source.end]) == ("as_cited", source.text)

        bm25 = settings.config.parent / "book" / "02-search" / "02-bm25.md"
        text = bm25.read_text(encoding="utf-8")
        bm25.write_text(text.replace(QUOTED, "The parameter `k1` rules when saturation sets in."), encoding="utf-8")
        await resources.corpus().ingestion.ingest()
        again_now = await replay_message(resources, plain.id)
        changed = again_now.replay
        assert changed.collection_state == "active"
        whats = {one.what: one for one in changed.differences}
        assert {"retrieved", "text", "claims"} <= whats.keys()
        assert "rules when saturation" in whats["text"].replayed
        (old,), (new,) = whats["retrieved"].recorded[:1], whats["retrieved"].replayed[:1]
        assert (old["rank"], new["rank"]) == (1, 1)
        assert old["node_id"] != new["node_id"]
        assert [source.page_state for source in again_now.changed_sources] == ["changed"] * len(
            again_now.changed_sources
        )
        assert any(QUOTED in source.text for source in again_now.changed_sources)
        await _over_http(resources, plain)


async def _over_http(resources: Resources, recorded: Recorded) -> None:
    async with open_client(OpenWorld(resources)) as client:
        url = f"/api/v1/messages/{recorded.id}/replay"
        assert (await client.post(url)).status_code == 401
        assert (await client.post(url, headers={"authorization": "Bearer no"})).status_code == 401
        owner = {"authorization": f"Bearer {resources.local_token}"}
        body = (await client.post(url, headers=owner)).json()
        assert (body["id"], body["corpus"], body["same"]) == (str(recorded.id), "handbook", False)
        assert body["question"] == "What does the parameter k1 control?"
        assert "rules when saturation" in body["text"]
        missing = await client.post(f"/api/v1/messages/{new_id()}/replay", headers=owner)
        assert (missing.status_code, missing.json()["type"]) == (404, "urn:footnoted:problem:message-not-found")
        assert (await client.post("/api/v1/messages/seven/replay", headers=owner)).status_code == 422
