"""One contract of section stores, run over the embedded engine, over a server's REST (emulated) and over a real one."""

import asyncio
import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import MetadataMode, TextNode
from llama_index.core.vector_stores import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQueryMode
from llama_index.vector_stores.qdrant import QdrantVectorStore

from pipelines.retrieval.section_nodes import node_of, payload_of
from pipelines.retrieval.section_store import SectionVectorStore
from pipelines.retrieval.vector_store import Collections, EdgeVectorStore, LegQuery, SectionStore
from pipelines.types import Filters
from storage_config.errors import VectorsUnavailable
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from storage_config.vectors.points import SCROLL_BATCH, UPSERT_BATCH
from storage_config.vectors.qdrant import ServerCollections, build_qdrant_client
from tests.emulators.qdrant import QdrantEmulator, memory_folder
from tests.support.collections import collections_of
from tests.support.needs import needs

DIMENSION = 4
Store = SectionVectorStore
LIVE = pytest.param("live", marks=pytest.mark.live)
LEFT, RIGHT = [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]


def node_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def section(name: str, text: str, *, uri: str = "guide.md", **metadata: Any) -> TextNode:
    vector = metadata.pop("vector", LEFT)
    full: dict[str, Any] = {
        "uri": uri, "url": f"https://example.org/{uri}#{name}", "title": "Guide", "heading_path": ["Install", name],
        "anchor": name, "start": 0, "end": len(text), "source_quality": "official", "ordinal": 0, **metadata,
    }  # fmt: skip
    return TextNode(id_=node_id(name), text=text, metadata=full, embedding=vector)


class Opened:
    """Collections of one backend, and a name that no other test uses."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.name = f"contract-{uuid.uuid4().hex}"

    async def store(self, dimension: int = DIMENSION) -> Store:
        return await self.collections.open(self.name, dimension=dimension)


@pytest.fixture(params=["edge", "server", LIVE])
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Opened]:
    if request.param == "edge":
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            opened = Opened(collections_of(EdgeShards(Path(folder) / "vectors")))
            yield opened
            await opened.collections.close()
        return
    needs(request.param != "live" or "QDRANT_URL" in os.environ, "QDRANT_URL is not set: no cluster to test against")
    async with QdrantEmulator() as emulator:
        overrides = {} if request.param == "live" else {"QDRANT_URL": emulator.url}
        backend = ServerCollections(build_qdrant_client(read_settings(**overrides)))
        opened = Opened(collections_of(backend))
        yield opened
        await opened.collections.delete(opened.name)
        await opened.collections.close()


@pytest.fixture
async def store(opened: Opened) -> Store:
    return await opened.store()


async def ids(store: SectionStore) -> set[str]:
    return set(await store.alist_points())


def found(result: Any) -> list[str]:
    return list(result.ids)


class TestSectionStore:
    async def test_it_is_a_llama_index_store(self, store: Store) -> None:
        assert isinstance(store, BasePydanticVectorStore)
        assert isinstance(store, EdgeVectorStore | QdrantVectorStore)
        contract: SectionStore = store
        assert contract is store

    async def test_what_was_added_comes_back(self, store: Store) -> None:
        one = section("one", "Put the flour in.", bibliography={"type": "book", "issued": {"date-parts": [[2020]]}})
        assert await store.async_add([one]) == [node_id("one")]
        listed = await store.alist_points()
        assert listed == {node_id("one"): payload_of(one)}
        assert await store.acount() == 1

    async def test_adding_again_replaces(self, store: Store) -> None:
        await store.async_add([section("one", "Old text about flour.")])
        await store.async_add([section("one", "New text about sugar.", vector=RIGHT)])
        assert await store.acount() == 1
        (legs,) = await store.aquery_legs([LegQuery(RIGHT, "sugar")])
        assert legs.dense[0].score == pytest.approx(1.0, abs=1e-5)
        assert legs.bm25[0].payload["text"] == "New text about sugar."
        (legs,) = await store.aquery_legs([LegQuery(RIGHT, "flour")])
        assert legs.bm25 == ()

    async def test_adding_nothing(self, store: Store) -> None:
        assert await store.async_add([]) == []
        assert await store.acount() == 0

    async def test_batches_and_pages_lose_nothing(self, store: Store) -> None:
        count = max(SCROLL_BATCH, UPSERT_BATCH) + 7
        nodes = [section(f"s{i}", f"Section number {i}.", uri=f"p{i % 3}.md") for i in range(count)]
        await store.async_add(nodes)
        assert await store.acount() == count
        assert await ids(store) == {node.node_id for node in nodes}
        assert set(await store.alist_points("p1.md")) == {node_id(f"s{i}") for i in range(count) if i % 3 == 1}
        await store.adelete_nodes([node.node_id for node in nodes])
        assert await store.acount() == 0

    async def test_deleting_no_ids_deletes_nothing(self, store: Store) -> None:
        await store.async_add([section("one", "One."), section("two", "Two.")])
        await store.adelete_nodes([])
        await store.adelete_nodes()
        await store.adelete_nodes(filters=MetadataFilters(filters=[]))
        assert await store.acount() == 2

    async def test_deleting_ids(self, store: Store) -> None:
        await store.async_add([section("one", "One."), section("two", "Two.")])
        await store.adelete_nodes([node_id("one"), node_id("never there")])
        assert await ids(store) == {node_id("two")}

    async def test_deleting_by_filter_stays_among_the_ids(self, store: Store) -> None:
        await store.async_add([section(n, n, uri=u) for n, u in (("a", "x.md"), ("b", "x.md"), ("c", "y.md"))])
        of_x = MetadataFilters(filters=[MetadataFilter(key="uri", value="x.md")])
        await store.adelete_nodes([node_id("b"), node_id("c")], of_x)
        assert await ids(store) == {node_id("a"), node_id("c")}
        await store.adelete_nodes(filters=of_x)
        assert await ids(store) == {node_id("c")}

    async def test_deleting_a_page(self, store: Store) -> None:
        await store.async_add([section("one", "One.", uri="a.md"), section("two", "Two.", uri="b.md")])
        await store.adelete("a.md")
        assert await ids(store) == {node_id("two")}

    async def test_a_payload_changes_without_its_vectors(self, store: Store) -> None:
        await store.async_add([section("one", "About flour.", vector=RIGHT), section("two", "Two.")])
        moved = section("one", "About flour.", start=40, end=52, bibliography=None)
        await store.aset_payloads([moved])
        assert (await store.alist_points())[node_id("one")] == payload_of(moved)
        (legs,) = await store.aquery_legs([LegQuery(RIGHT, "flour")])
        assert (legs.dense[0].id, legs.bm25[0].id) == (node_id("one"), node_id("one"))
        await store.aset_payloads([])

    async def test_a_payload_of_a_missing_point_is_an_error(self, store: Store) -> None:
        with pytest.raises(VectorsUnavailable):
            await store.aset_payloads([section("one", "One.")])

    async def test_both_legs_keep_raw_scores(self, store: Store) -> None:
        await store.async_add(
            [
                section("near", "The oven is hot.", vector=LEFT),
                section("far", "Flour flour flour.", vector=RIGHT),
                section("half", "Flour and water.", vector=[1.0, 1.0, 0.0, 0.0]),
            ]
        )
        (legs,) = await store.aquery_legs([LegQuery(LEFT, "flour")])
        assert [hit.id for hit in legs.dense] == [node_id("near"), node_id("half"), node_id("far")]
        assert [hit.score for hit in legs.dense] == pytest.approx([1.0, 0.70711, 0.0], abs=1e-4)
        assert [hit.id for hit in legs.bm25] == [node_id("far"), node_id("half")]
        assert legs.bm25[0].score > legs.bm25[1].score > 0

    async def test_several_texts_each_with_its_legs(self, store: Store) -> None:
        await store.async_add([section("one", "Flour.", vector=LEFT), section("two", "Water.", vector=RIGHT)])
        queries = [LegQuery(LEFT, "the of"), LegQuery(RIGHT, "flour"), LegQuery(RIGHT, "water")]
        first, second, third = await store.aquery_legs(queries, top_k=1)
        assert (first.dense[0].id, first.bm25) == (node_id("one"), ())
        assert (second.dense[0].id, second.bm25[0].id) == (node_id("two"), node_id("one"))
        assert (third.dense[0].id, third.bm25[0].id) == (node_id("two"), node_id("two"))
        assert await store.aquery_legs([]) == []

    async def test_our_filters(self, store: Store) -> None:
        await store.async_add(
            [
                section("a", "Flour here.", uri="x.md", source_quality="peer_reviewed"),
                section("b", "Flour there.", uri="x.md", source_quality="blog"),
                section("c", "Flour everywhere.", uri="y.md", source_quality="blog"),
            ]
        )

        async def under(filters: Filters) -> set[str]:
            (legs,) = await store.aquery_legs([LegQuery(LEFT, "flour")], filters=filters)
            assert {hit.id for hit in legs.dense} == {hit.id for hit in legs.bm25}
            return {hit.id for hit in legs.dense}

        assert len(await under(Filters())) == 3
        assert await under(Filters(source_quality=("blog",))) == {node_id("b"), node_id("c")}
        assert await under(Filters(uris=("x.md",))) == {node_id("a"), node_id("b")}
        assert await under(Filters(uris=("x.md",), source_quality=("blog", "preprint"))) == {node_id("b")}
        assert await under(Filters(uris=("z.md",))) == set()

    async def test_text_without_words_is_kept(self, store: Store) -> None:
        bare = section("bare", "—", title="", heading_path=[])
        await store.async_add([bare])
        (legs,) = await store.aquery_legs([LegQuery(LEFT, "—")])
        assert (legs.dense[0].id, legs.bm25) == (bare.node_id, ())

    async def test_unspaced_scripts_are_found_by_a_part(self, store: Store) -> None:
        await store.async_add([section("ja", "東京都の天気予報です。"), section("th", "สวัสดีครับ")])
        (legs,) = await store.aquery_legs([LegQuery(LEFT, "天気")])
        assert [hit.id for hit in legs.bm25] == [node_id("ja")]

    async def test_clearing_leaves_a_collection_that_works(self, store: Store) -> None:
        await store.async_add([section("one", "One.")])
        await store.aclear()
        assert await store.acount() == 0
        await store.async_add([section("two", "Two.")])
        assert await store.acount() == 1

    async def test_dropping(self, opened: Opened, store: Store) -> None:
        await store.async_add([section("one", "One.")])
        assert opened.name in await opened.collections.names()
        await store.adrop()
        assert opened.name not in await opened.collections.names()
        with pytest.raises(VectorsUnavailable):
            await store.acount()
        await opened.collections.delete(opened.name)

    async def test_only_what_exists_is_opened(self, opened: Opened) -> None:
        assert await opened.collections.open_existing(opened.name) is None
        assert opened.name not in await opened.collections.names()
        store = await opened.store()
        await store.async_add([section("one", "One.")])
        existing = await opened.collections.open_existing(opened.name)
        assert existing is not None
        assert await existing.acount() == 1

    async def test_opening_again_finds_the_points(self, opened: Opened, store: Store) -> None:
        await store.async_add([section("one", "One.")])
        again = await opened.store()
        assert await ids(again) == {node_id("one")}

    async def test_another_dimension_is_refused(self, opened: Opened, store: Store) -> None:
        with pytest.raises(VectorsUnavailable, match="dimension 4, not 8"):
            await opened.store(dimension=8)
        with pytest.raises(VectorsUnavailable):
            await store.async_add([section("one", "One.", vector=[1.0] * 8)])

    async def test_stats(self, opened: Opened, store: Store) -> None:
        await store.async_add([section("one", "One."), section("two", "Two.")])
        stats = await opened.collections.stats(opened.name)
        assert stats.points == 2
        assert stats.bytes > 2 * DIMENSION * 4

    async def test_readers_and_writers_together(self, store: Store) -> None:
        await store.async_add([section("first", "Flour.")])

        async def write(worker: int) -> None:
            for number in range(4):
                await store.async_add([section(f"w{worker}-{number}", f"Flour {worker} {number}.")])

        async def read() -> None:
            counts = [len((await store.aquery_legs([LegQuery(LEFT, "flour")]))[0].dense) for _ in range(10)]
            assert counts == sorted(counts)  # nothing that was seen goes away
            assert counts[0] >= 1

        await asyncio.gather(*(write(worker) for worker in range(4)), read(), read())
        assert await store.acount() == 17


class TestLlamaIndexQueries:
    @pytest.fixture
    async def filled(self, store: Store) -> Store:
        await store.async_add(
            [
                section("near", "The oven is hot.", uri="a.md", vector=LEFT, ordinal=0),
                section("far", "Flour for bread.", uri="b.md", vector=RIGHT, ordinal=1),
                section("half", "Flour and water.", uri="b.md", vector=[1.0, 1.0, 0.0, 0.0], ordinal=2),
            ]
        )
        return store

    def query(self, mode: VectorStoreQueryMode = VectorStoreQueryMode.HYBRID, **more: Any) -> VectorStoreQuery:
        defaults: dict[str, Any] = {"query_embedding": LEFT, "query_str": "flour", "similarity_top_k": 3}
        return VectorStoreQuery(mode=mode, **{**defaults, **more})

    @pytest.mark.parametrize("mode", [VectorStoreQueryMode.DEFAULT, VectorStoreQueryMode.HYBRID])
    async def test_an_answer_of_an_owner_is_no_hit(self, filled: Store, mode: VectorStoreQueryMode) -> None:
        await filled.async_add([section("answer", "Hot.", uri="a.md", vector=LEFT, question="Is the oven hot?")])
        found = await filled.aquery(self.query(mode, similarity_top_k=9))
        assert set(found.ids or ()) == {node_id(name) for name in ("near", "far", "half")}

    async def test_default_is_cosine(self, filled: Store) -> None:
        result = await filled.aquery(self.query(VectorStoreQueryMode.DEFAULT, query_str=None, similarity_top_k=2))
        assert found(result) == [node_id("near"), node_id("half")]
        assert result.similarities == pytest.approx([1.0, 0.70711], abs=1e-4)

    @pytest.mark.parametrize("mode", [VectorStoreQueryMode.SPARSE, VectorStoreQueryMode.TEXT_SEARCH])
    async def test_sparse_is_bm25(self, filled: Store, mode: VectorStoreQueryMode) -> None:
        result = await filled.aquery(self.query(mode, query_embedding=None))
        assert set(found(result)) == {node_id("far"), node_id("half")}
        assert found(await filled.aquery(self.query(mode, query_str="the"))) == []

    async def test_hybrid_fuses_and_alpha_counts_at_its_ends(self, filled: Store) -> None:
        assert found(await filled.aquery(self.query()))[0] == node_id("half")
        assert found(await filled.aquery(self.query(alpha=1.0)))[0] == node_id("near")
        bm25_only = await filled.aquery(self.query(alpha=0.0, similarity_top_k=3))
        assert set(found(bm25_only)[:2]) == {node_id("far"), node_id("half")}
        assert len(found(await filled.aquery(self.query(hybrid_top_k=1)))) == 1

    async def test_a_mode_without_what_it_needs_is_refused(self, filled: Store) -> None:
        with pytest.raises(ValueError, match="query_str"):
            await filled.aquery(self.query(query_str=None))
        with pytest.raises(ValueError, match="query_embedding"):
            await filled.aquery(self.query(query_embedding=None))
        with pytest.raises(ValueError, match="svm"):
            await filled.aquery(self.query(VectorStoreQueryMode.SVM))

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ([MetadataFilter(key="uri", value="b.md")], {"far", "half"}),
            ([MetadataFilter(key="uri", value="b.md", operator=FilterOperator.NE)], {"near"}),
            ([MetadataFilter(key="uri", value=["a.md", "c.md"], operator=FilterOperator.IN)], {"near"}),
            ([MetadataFilter(key="uri", value=["a.md"], operator=FilterOperator.NIN)], {"far", "half"}),
            ([MetadataFilter(key="ordinal", value=1, operator=FilterOperator.GTE)], {"far", "half"}),
            ([MetadataFilter(key="ordinal", value=1, operator=FilterOperator.LT)], {"near"}),
            ([MetadataFilter(key="ordinal", value=1.0)], {"far"}),
            (
                [MetadataFilter(key="bibliography", value=None, operator=FilterOperator.IS_EMPTY)],
                {"near", "far", "half"},
            ),
            ([MetadataFilter(key="heading_path", value="far", operator=FilterOperator.CONTAINS)], {"far"}),
            ([MetadataFilter(key="heading_path", value=["far", "near"], operator=FilterOperator.ANY)], {"far", "near"}),
            ([MetadataFilter(key="heading_path", value=["Install", "far"], operator=FilterOperator.ALL)], {"far"}),
        ],
        ids=lambda value: value[0].operator.value if isinstance(value, list) else "",
    )
    async def test_metadata_filters(self, filled: Store, filters: Sequence[MetadataFilter], expected: set[str]) -> None:
        asked = self.query(VectorStoreQueryMode.DEFAULT, filters=MetadataFilters(filters=list(filters)))
        assert set(found(await filled.aquery(asked))) == {node_id(name) for name in expected}

    async def test_nested_filters_and_conditions(self, filled: Store) -> None:
        a, b = MetadataFilter(key="uri", value="a.md"), MetadataFilter(key="ordinal", value=2)
        either = MetadataFilters(filters=[a, b], condition=FilterCondition.OR)
        neither = MetadataFilters(filters=[either, MetadataFilters(filters=[])], condition=FilterCondition.NOT)
        default = VectorStoreQueryMode.DEFAULT
        assert set(found(await filled.aquery(self.query(default, filters=either)))) == {
            node_id("near"),
            node_id("half"),
        }
        assert found(await filled.aquery(self.query(default, filters=neither))) == [node_id("far")]

    async def test_doc_ids_are_pages_and_node_ids_are_nodes(self, filled: Store) -> None:
        default = VectorStoreQueryMode.DEFAULT
        assert found(await filled.aquery(self.query(default, doc_ids=["a.md"]))) == [node_id("near")]
        assert found(await filled.aquery(self.query(default, node_ids=[node_id("far")]))) == [node_id("far")]

    async def test_an_unsupported_operator_is_named(self, filled: Store) -> None:
        text = MetadataFilter(key="uri", value="a", operator=FilterOperator.TEXT_MATCH)
        with pytest.raises(ValueError, match="text_match"):
            await filled.aquery(self.query(filters=MetadataFilters(filters=[text])))

    async def test_nodes_come_back_as_they_were_embedded(self, filled: Store) -> None:
        (node,) = await filled.aget_nodes([node_id("far"), node_id("never there")])
        assert node.get_content(MetadataMode.EMBED) == "Guide > Install > far\n\nFlour for bread."
        assert (node.ref_doc_id, node.metadata["start"]) == ("b.md", 0)
        filters = MetadataFilters(filters=[MetadataFilter(key="uri", value="b.md")])
        assert {n.node_id for n in await filled.aget_nodes(filters=filters)} == {node_id("far"), node_id("half")}
        assert len(await filled.aget_nodes()) == 3
        assert payload_of(node) == payload_of(node_of(node.node_id, payload_of(node)))

    async def test_sync_twins_in_a_thread(self, filled: Store) -> None:
        def use() -> list[str]:
            added = filled.add([section("late", "Late.", uri="c.md")])
            assert found(filled.query(self.query(node_ids=added))) == added
            filled.delete("a.md")
            filled.delete_nodes([node_id("far")])
            return [node.node_id for node in filled.get_nodes()]

        assert set(await asyncio.to_thread(use)) == {node_id("half"), node_id("late")}
        await asyncio.to_thread(filled.clear)
        assert await filled.acount() == 0
