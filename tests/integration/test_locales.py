"""Pages of several locales in one index: each is searched by the stems of its own language."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from llama_index.core.schema import TextNode

from pipelines.retrieval.section_nodes import PAYLOAD_KEYS
from pipelines.retrieval.vector_store import LegQuery
from pipelines.text.bm25 import Bm25Encoder
from pipelines.types import Filters
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of

PAGES = {
    None: "She mentions nationalities.",
    "fr": "Les enfants mangeront des pommes.",
    "hi": "रोबोट २००७ में शुरू हुआ।",
    "zh-Hans": "机器人操作系统始于二〇〇七年。",
}


@pytest.fixture
async def vectors(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


@pytest.mark.parametrize(
    ("locale", "asked", "found"),
    [
        (None, "nationality", True),
        ("fr", "il mangeait", True),  # one stem in French, none in English
        ("fr", "les des", False),  # stop words there
        ("hi", "2007", True),
        ("zh-Hans", "操作系统", True),
    ],
)
async def test_words_are_those_of_the_locale(vectors: EdgeShards, locale: str | None, asked: str, found: bool) -> None:
    store = await collections_of(vectors).open("locales", dimension=2)
    nodes = []
    for number, (name, text) in enumerate(PAGES.items()):
        metadata = {"uri": f"{number}", "url": f"https://e.org/{number}", "locale": name, "start": 0, "end": len(text)}
        nodes.append(
            TextNode(
                id_=f"00000000-0000-4000-8000-00000000000{number}",
                text=text,
                embedding=[1.0, 0.0],
                metadata={key: value for key, value in metadata.items() if value is not None},
                excluded_embed_metadata_keys=list(PAYLOAD_KEYS),
            )
        )
    await store.async_add(nodes)
    filters = Filters(versions=(None,), locales=(locale,))
    (legs,) = await store.aquery_legs([LegQuery([1.0, 0.0], asked)], filters=filters)
    assert any(hit.score > 0 and hit.payload["text"] == PAGES[locale] for hit in legs.bm25) is found


def test_a_locale_that_names_no_known_language_is_read_as_the_corpus() -> None:
    english = Bm25Encoder("english")
    assert english.for_locale(None) is english.for_locale("en-GB") is english.for_locale("tlh") is english
    assert english.for_locale("fr") is english.for_locale("fr-CA")
    assert english.for_locale("fr").params["language"] == "french"
