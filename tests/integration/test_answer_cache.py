"""Answers that are given again: to the same question of the same readers, until the pages or the rules change."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.auth.api_keys import ApiKeys
from app.conversations import answer_cache
from pipelines.bootstrap import Resources, open_resources
from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.events import Finished
from pipelines.types import Answer, Question, Usage
from storage_config.postgres.database import Database
from storage_config.records.corpora import ensure_corpus
from storage_config.settings import Settings, read_settings
from tests.conftest import ROOT
from tests.support.models import model_folder
from tests.support.serving import OpenWorld, of_type, open_client, read_parts

CHAT = "/api/v1/chat"
K1 = {"question": "What does the parameter k1 control?", "stream": False}
PAGE = "https://example.org/handbook/search/bm25"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    shutil.copytree(ROOT / "notebooks" / "data", tmp_path / "site", ignore=shutil.ignore_patterns(".footnoted"))
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    return read_settings(
        config=tmp_path / "site" / "footnoted.toml", data_dir=data, DATABASE_URL=database_url, answer_cache_size=8
    )


@dataclass(frozen=True)
class Served:
    client: httpx.AsyncClient
    resources: Resources
    app: FastAPI

    async def ask(self, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        answered = await self.client.post(CHAT, json=body, headers=headers)
        assert answered.status_code == 200, answered.text
        told: dict[str, Any] = answered.json()
        return told

    async def is_cached(self, body: dict[str, Any], **headers: str) -> bool:
        return "cached" in (await self.ask(body, **headers))["flags"]

    async def settle(self) -> None:
        """What is kept in the background is kept."""
        await self.app.state.footnoted.use_cases.writer.drain(10)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Served]:
    async with open_resources(settings) as resources:
        world = OpenWorld(resources)
        async with open_client(world) as client:
            yield Served(client, resources, world.app)


async def test_the_same_question_is_answered_again_until_the_pages_change(settings: Settings) -> None:
    async with serving(settings) as served:
        ingestion = served.resources.corpus().ingestion
        await ingestion.ingest()
        first = await served.ask(K1)
        await served.settle()
        again = await served.ask({**K1, "question": "  what does the\nparameter k1 control? "})
        assert ("cached" in first["flags"], "cached" in again["flags"]) == (False, True)
        told_apart = {"id", "conversation_id", "flags", "timings", "usage", "suggestions"}
        assert {k: v for k, v in first.items() if k not in told_apart} == {
            k: v for k, v in again.items() if k not in told_apart
        }
        assert again["usage"]["calls"] == 0
        # It is recorded as any other, and can be made again.
        owner = {"authorization": f"Bearer {served.resources.local_token}"}
        replayed = await served.client.post(f"/api/v1/messages/{again['id']}/replay", headers=owner)
        assert (replayed.status_code, replayed.json()["text"]) == (200, again["text"])

        streamed = await served.client.post(CHAT, json={**K1, "stream": True})
        parts = read_parts(streamed.text)
        (metadata,) = of_type(parts, "message-metadata")
        assert "cached" in metadata["messageMetadata"]["flags"]
        assert "".join(part["delta"] for part in of_type(parts, "text-delta")) == first["text"]
        assert of_type(parts, "data-sources")

        await ingestion.ingest()  # nothing changed
        assert await served.is_cached(K1)
        page = settings.config.parent / "book" / "02-search" / "02-bm25.md"
        said = page.read_text(encoding="utf-8")
        page.write_text(said.replace("says how soon saturation", "rules how soon saturation"), encoding="utf-8")
        await ingestion.ingest()
        changed = await served.ask(K1)
        assert "cached" not in changed["flags"]
        assert "rules how soon" in changed["text"]
        await served.settle()
        page.unlink()
        await ingestion.ingest()
        assert not await served.is_cached(K1)


async def test_what_makes_another_answer_is_another_question(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: list[dict[str, Any]] = [
        {"scope": "page", "page": {"url": PAGE}},
        {"page": {"url": PAGE}},
        {"filters": {"source_quality": ["book"]}},
        {"level": "beginner"},
        {"language": "de"},
    ]
    async with serving(settings) as served:
        await served.resources.corpus().ingestion.ingest()
        await served.ask(K1)
        await served.settle()
        assert await served.is_cached(K1)
        for more in other:
            assert not await served.is_cached({**K1, **more}), more
        await served.settle()
        for more in other:
            assert await served.is_cached({**K1, **more}), more
        # What leans on what was said before is never kept, nor is another answer to the same question.
        talk = await served.ask(K1)
        for more in ({"conversation_id": talk["conversation_id"]}, {}):
            said = [{"role": "user", "parts": [{"type": "text", "text": text}]} for text in ("BM25?", K1["question"])]
            body = {**K1, **more} if more else {"messages": said, "stream": False}
            assert not await served.is_cached(body)
        keys = ApiKeys(served.resources.database)
        for groups in ((), ("staff",), ("staff", "board")):
            made = await keys.create(name="reader", role="reader", groups=groups)
            shown = {"authorization": f"Bearer {made.secret}"}
            assert await served.is_cached(K1, **shown) is (groups == ())
        monkeypatch.setattr(answer_cache, "PROMPT_VERSION", "another")
        assert not await served.is_cached(K1)


async def test_another_declaration_answers_anew_and_the_oldest_answers_leave(settings: Settings) -> None:
    async with serving(settings) as served:
        await served.resources.corpus().ingestion.ingest()
        for number in range(12):
            await served.ask({**K1, "question": f"What does the parameter k1 control in case {number}?"})
            await served.settle()
        await served.ask(K1)
        await served.settle()
        assert settings.database_url is not None
        with psycopg.connect(settings.database_url.get_secret_value()) as connection:
            kept = connection.execute("SELECT answer::text || provenance::text FROM answer_cache").fetchall()
        assert len(kept) == 8
        # What was asked is not kept: it may say who asked.
        assert not any("in case" in row[0] for row in kept)
        assert await served.is_cached(K1)
    declared = settings.config.read_text(encoding="utf-8")
    settings.config.write_text(declared.replace('grounding = "flag"', 'grounding = "strict"'), encoding="utf-8")
    async with serving(settings) as served:
        assert not await served.is_cached(K1)


async def test_nothing_is_kept_unless_it_is_asked_for(settings: Settings) -> None:
    plain = settings.model_copy(update={"answer_cache_size": Settings(_env_file=None).answer_cache_size})
    async with serving(plain) as served:
        await served.resources.corpus().ingestion.ingest()
        for _ in range(2):
            assert not await served.is_cached(K1)
            await served.settle()


async def test_case_tells_commands_and_names_apart(settings: Settings) -> None:
    async with serving(settings) as served:
        await served.resources.corpus().ingestion.ingest()
        await served.ask(K1)
        await served.settle()
        assert await served.is_cached(K1)
        assert not await served.is_cached({**K1, "question": "What does the parameter K1 control?"})


def _finished(**changes: Any) -> Finished:
    plain: dict[str, Any] = {"status": "answered", "flags": ()} | changes.pop("answer", {})
    answer = Answer(text="It is.", claims=(), sources=(), closest=(), model="m", usage=Usage(), timings={}, **plain)
    return Finished(answer, {"collection": "c1", "finish_reason": "stop", "rerank": "none", **changes})


@pytest.mark.parametrize(
    ("finished", "is_kept"),
    [
        (_finished(), True),
        (_finished(answer={"status": "refused"}), True),
        (_finished(answer={"status": "interrupted"}), False),
        (_finished(answer={"flags": ("claims_not_evaluated",)}), False),
        (_finished(answer={"status": "partial", "flags": ("truncated",)}), False),
        (_finished(finish_reason="length"), False),
        (_finished(collection="c0"), False),
        (_finished(rerank="cohere/r", retrieved=[{"rerank": None}]), False),
        (_finished(rerank="cohere/r", retrieved=[{"rerank": 0.5}]), True),
    ],
)
async def test_what_was_wrong_for_a_moment_is_not_kept(database: Database, finished: Finished, is_kept: bool) -> None:
    corpus = await database.run(lambda session: ensure_corpus(session, name="docs"))
    active = text("UPDATE corpora SET active_collection = 'c1' WHERE id = :id")
    await database.run(lambda session: session.execute(active, {"id": corpus.id}))
    cache = answer_cache.AnswerCache(database, Settings(answer_cache_size=8, _env_file=None))
    spec = CorpusSpec(
        name="docs", folder=Path(), source=MarkdownSource(kind="markdown", path=Path()), base_url="https://e.org"
    )
    lookup = await cache.find("docs", spec.digest(), Question("Why?"))
    await cache.keep(lookup, finished)
    again = await cache.find("docs", spec.digest(), Question("Why?"))
    assert again.found is not None
    assert (again.found.answer is not None) is is_kept
