"""Answers that owners wrote, over sites made by chance: cited as official, and only within what the reader may find."""

from pathlib import Path

import pytest

from pipelines.answering.chat_engine import ChatEngine
from pipelines.types import Filters, PageContext, Question
from storage_config.postgres.database import Database
from storage_config.records.access import may_read
from storage_config.vectors.points import PointCollections
from tests.support.generated_sites import (
    GROUPS,
    TAGS,
    GeneratedSite,
    answer,
    curated_question,
    open_engine,
    write_generated_site,
)


@pytest.fixture(params=[31, 32, 33])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> GeneratedSite:
    return write_generated_site(tmp_path / "site", request.param)


@pytest.fixture
async def engine(site: GeneratedSite, database: Database, either_vectors: PointCollections) -> ChatEngine:
    return await open_engine(site.spec, database, either_vectors)


async def test_they_keep_to_access_versions_tags_and_scope(site: GeneratedSite, engine: ChatEngine) -> None:
    told = 0
    for number, page in enumerate(site.pages.values()):
        groups = (None, (), site.some(GROUPS))[number % 3]
        tags = site.some(TAGS) if number % 4 == 0 else ()
        filters, scope = Filters(groups=groups, tags=tags), ("all", "page")[number % 2]
        asked = Question(curated_question(page), page=PageContext(page.url), filters=filters, scope=scope)  # type: ignore[arg-type]
        answered = await answer(engine, asked)
        # Other pages of its edition may have the very question, of another first section.
        here = [one for one in site.pages.values() if (one.version, one.locale) == (page.version, page.locale)]
        may = [
            one
            for one in here
            if may_read(one.access, groups)
            and (not tags or set(tags) & set(one.tags))
            and (scope == "all" or one == page)
        ]
        wanted = {one.url for one in may if curated_question(one) == asked.text}
        assert {source.url.partition("#")[0] for source in answered.sources} <= {one.url for one in may}
        assert ("curated" in answered.flags) == bool(wanted)
        if wanted:
            (source,) = answered.sources
            assert source.url.partition("#")[0] in wanted
            assert source.quality == "official"
            told += 1
    assert told > len(site.pages) // 3
