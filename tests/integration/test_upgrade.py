"""An index that an older version built is upgraded in place: its pages stay, its answers are read and made again.

`tests/fixtures/older_index` holds a small site and what the version of 25 November 2026 made of it (schema 0003): a
dump of its database, with four answers, and the folder of its embedded vectors, packed.
"""

import shutil
import tarfile
import time
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from app.conversations.metered_corpus import Asker
from app.conversations.replays import ReplayedMessage
from app.conversations.transcripts import TranscriptQuery, read_transcript
from app.conversations.use_cases import open_use_cases
from app.corpus.status import read_status
from app.schemas.conversations import TranscriptBody
from pipelines.bootstrap import Resources, open_resources
from pipelines.retrieval.retriever import QueryText
from pipelines.types import IngestionReport
from storage_config.errors import SchemaOutdated
from storage_config.postgres.database import Session
from storage_config.postgres.migrations.schema import upgrade_url
from storage_config.settings import Settings, read_settings
from tests.conftest import ROOT
from tests.support.models import model_folder

FOLDER = ROOT / "tests" / "fixtures" / "older_index"
PAGES = 5
OLD_COLLECTION = "pumps-5dd6f2048aeec52f"
# Its quotes hold what the readers of then made of 2^10 and of struck text.
ANSWERED = {
    "Which fuse does the pump use?": "The pump uses a fuse of 6 amperes.",
    "What does the year cost and how many litres does the tank hold?": "The tank holds 210\nlitres",
}
REFUSED = "Who won the football world cup?"


@pytest.fixture
def older(empty_database_url: str, tmp_path: Path) -> Settings:
    """The older version's state, as it left it."""
    shutil.copytree(FOLDER / "site", tmp_path / "site")
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    with tarfile.open(FOLDER / "vectors.tar.gz") as packed:
        packed.extractall(data, filter="data")
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute((FOLDER / "database.sql").read_bytes())
    return read_settings(config=tmp_path / "site" / "footnoted.toml", data_dir=data, DATABASE_URL=empty_database_url)


@pytest.fixture
def answers(older: Settings) -> dict[str, UUID]:
    """Ids of the recorded answers by their questions."""
    return {
        str(asked): answer
        for asked, answer in select(
            older,
            """SELECT question.text, answer.id FROM messages answer
        JOIN messages question ON question.id = answer.parent_id WHERE answer.role = 'assistant'""",
        )
    }


def select(settings: Settings, query: LiteralString, *values: object) -> list[Any]:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


async def upgrade(settings: Settings) -> None:
    assert settings.database_url is not None
    with pytest.raises(SchemaOutdated, match="footnoted db upgrade"):
        async with open_resources(settings):
            pass
    await upgrade_url(settings.database_url.get_secret_value())


async def ingest(resources: Resources) -> IngestionReport:
    return await resources.corpus().ingestion.ingest()


async def replay(resources: Resources, message_id: UUID) -> ReplayedMessage:
    async with open_use_cases(resources) as use_cases:
        return await use_cases.replays.replay(message_id, Asker("local", time.perf_counter(), "local"))


async def read_conversation(resources: Resources, answer_id: UUID) -> TranscriptBody:
    ((conversation, owner),) = select(resources.settings, """SELECT c.id, c.owner FROM messages m
        JOIN conversations c ON c.id = m.conversation_id WHERE m.id = %s""", answer_id)  # fmt: skip

    async def read(session: Session) -> TranscriptBody | None:
        return await read_transcript(session, TranscriptQuery(conversation, owner, 10, None))

    transcript = await resources.database.run(read)
    assert transcript is not None
    return transcript


async def test_the_index_is_built_anew_beside_the_old_one_and_no_page_goes(older: Settings) -> None:
    await upgrade(older)
    async with open_resources(older) as resources:
        plan = await resources.corpus().ingestion.plan()
        assert (plan.count("removed"), plan.count("added"), plan.rebuild) == (0, 0, True)
        found, index = await resources.corpus().index.retrieve([QueryText("Which fuse does the pump use?")])
        assert index.collection == OLD_COLLECTION  # readers are served from it until the new one is complete
        assert "fuse of 6 amperes" in found.passages[0].text
        report = await ingest(resources)  # raises RemovalRefused where too much would go
        assert (report.added, report.removed, report.failed) == (0, 0, 0)
        assert report.changed + report.unchanged == PAGES
        assert report.left_out == {"draft": 1, "partial": 1}
        assert report.nodes_embedded == report.nodes_total > 0
        assert await resources.vectors.names() == [resources.corpus().ingestion.collection]
        status = await read_status(resources.storage, ["pumps"])
        assert status.corpora[0].documents.indexed == PAGES
        assert status.qdrant.bytes < status.qdrant.limit_bytes / 100
        assert status.postgres.bytes < status.postgres.limit_bytes / 10
        again = await ingest(resources)
        assert (again.unchanged, again.nodes_embedded) == (PAGES, 0)


async def test_pages_say_afterwards_what_they_say(older: Settings) -> None:
    await upgrade(older)
    async with open_resources(older) as resources:
        await ingest(resources)
        found, _ = await resources.corpus().index.retrieve([QueryText("How many litres does the tank hold?")])
        text = " ".join(passage.text for passage in found.passages)
        assert "2^10" in text
        assert "80 euro a year" in text
        assert "100" not in text
        assert "210" not in text


async def test_old_answers_are_read_as_they_were_given(older: Settings, answers: dict[str, UUID]) -> None:
    await upgrade(older)
    async with open_resources(older) as resources:
        before = {asked: await read_conversation(resources, answer) for asked, answer in answers.items()}
        await ingest(resources)
        for asked, answer in answers.items():
            said = _said(await read_conversation(resources, answer))
            assert said == _said(before[asked])
            assert ANSWERED.get(asked, "The documentation does not answer this.") in said


async def test_old_answers_are_made_again_from_their_own_index_and_from_the_new_one(
    older: Settings, answers: dict[str, UUID]
) -> None:
    await upgrade(older)
    async with open_resources(older) as resources:
        for asked, words in ANSWERED.items():
            made = await replay(resources, answers[asked])
            assert made.replay.collection_state == "active"
            assert not {"collection", "shape"} & {one.what for one in made.replay.differences}
            assert words in made.recorded.text
            assert words in " ".join(source.text for source in made.replay.answer.sources)
        await ingest(resources)
        for asked in ANSWERED:
            made = await replay(resources, answers[asked])
            assert made.replay.collection_state == "gone"
            assert "210" not in " ".join(source.text for source in made.replay.answer.sources)
            assert "collection" in {one.what for one in made.replay.differences}
        refused = await replay(resources, answers[REFUSED])
        assert refused.replay.answer.status == "refused"


def _said(conversation: TranscriptBody) -> str:
    """The answer, with the quotes of its footnotes."""
    answer = conversation.messages[-1].answer
    assert answer is not None
    assert all(source.page_state in ("as_cited", "changed") for source in answer.sources)
    quotes = [citation.quote for claim in answer.claims for citation in claim.citations]
    return "\n".join([answer.text, *quotes])
