"""A Qdrant server that misbehaves, behind the real client: bounded retries, bounded waits, errors in our words."""

from collections.abc import AsyncIterator
from time import monotonic

import pytest
from qdrant_client import AsyncQdrantClient

from pipelines.retrieval.server_store import ServerVectorStore
from pipelines.retrieval.vector_store import LegQuery
from pipelines.text.bm25 import Bm25Encoder
from storage_config.errors import VectorsUnavailable
from storage_config.settings import read_settings
from storage_config.storage import build_vectors
from storage_config.vectors.points import INDEXED_KEYS
from storage_config.vectors.qdrant import ATTEMPTS, ServerCollections, ServerPoints, build_qdrant_client
from tests.contract.test_vector_store import LEFT, section
from tests.emulators.qdrant import VENDOR_TEXT, QdrantEmulator
from tests.emulators.server import Failure

SEARCH_SECONDS = 0.5


@pytest.fixture
async def emulator() -> AsyncIterator[QdrantEmulator]:
    async with QdrantEmulator() as emulator:
        yield emulator


@pytest.fixture
async def collections(emulator: QdrantEmulator) -> AsyncIterator[ServerCollections]:
    client = build_qdrant_client(read_settings(QDRANT_URL=emulator.url))
    collections = ServerCollections(client, search_seconds=SEARCH_SECONDS)
    yield collections
    emulator.failing = None
    await collections.close()


@pytest.fixture
async def store(collections: ServerCollections) -> ServerVectorStore:
    store = ServerVectorStore(await collections.open("site", dimension=4), Bm25Encoder())
    await store.async_add([section("one", "About flour.")])
    return store


async def search(store: ServerVectorStore) -> int:
    (legs,) = await store.aquery_legs([LegQuery(LEFT, "flour")])
    return len(legs.dense) + len(legs.bm25)


async def test_a_search_is_one_request(emulator: QdrantEmulator, store: ServerVectorStore) -> None:
    before = emulator.calls
    await store.aquery_legs([LegQuery(LEFT, "flour"), LegQuery(LEFT, "water"), LegQuery(LEFT, "the")])
    assert emulator.calls == before + 1
    assert emulator.received[-1].path.endswith("/points/query/batch")
    assert len(emulator.received[-1].json()["searches"]) == 5  # three dense legs, two texts with words


@pytest.mark.parametrize(
    "failure",
    [
        Failure("status", status=500),
        Failure("status", status=503),
        Failure("status", status=429),
        Failure("status", status=429, retry_after="1"),
        Failure("garbage"),
        Failure("cut"),
        Failure("refuse"),
    ],
    ids=lambda failure: f"{failure.kind}-{failure.status}-{failure.retry_after}",
)
async def test_one_failure_is_survived_and_many_are_told(
    emulator: QdrantEmulator, store: ServerVectorStore, failure: Failure
) -> None:
    emulator.failures.append(failure)
    assert await search(store) == 2
    emulator.failing = failure
    before = emulator.calls
    with pytest.raises(VectorsUnavailable) as caught:
        await search(store)
    assert emulator.calls == before + ATTEMPTS
    assert VENDOR_TEXT not in str(caught.value)
    emulator.failing = None
    assert await search(store) == 2


async def test_a_write_is_tried_again_and_stays_one_point(emulator: QdrantEmulator, store: ServerVectorStore) -> None:
    emulator.failures.extend([Failure("status", status=502), Failure("cut")])
    await store.async_add([section("two", "About water.")])
    assert await store.acount() == 2


async def test_a_stall_ends_in_time(emulator: QdrantEmulator, store: ServerVectorStore) -> None:
    emulator.failing = Failure("silence")
    started = monotonic()
    with pytest.raises(VectorsUnavailable, match=r"within 0\.5 s"):
        await search(store)
    assert monotonic() - started < SEARCH_SECONDS + 1
    assert emulator.calls_to("query/batch") == 1


async def test_a_refusal_is_not_repeated(emulator: QdrantEmulator, store: ServerVectorStore) -> None:
    await store.adrop()
    before = emulator.calls
    with pytest.raises(VectorsUnavailable, match="HTTP 404"):
        await store.acount()
    assert emulator.calls == before + 1


async def test_nobody_listens(emulator: QdrantEmulator) -> None:
    client = build_qdrant_client(read_settings(QDRANT_URL="http://127.0.0.1:1"))
    with pytest.raises(VectorsUnavailable, match="ConnectError"):
        await ServerPoints(client, "site").count()
    await client.close()


async def test_the_key_goes_along(emulator: QdrantEmulator) -> None:
    async with QdrantEmulator(api_key="emulated-key") as locked:
        with pytest.warns(UserWarning, match="insecure connection"):
            client = build_qdrant_client(read_settings(QDRANT_URL=locked.url, QDRANT_API_KEY="emulated-key"))
        assert await ServerCollections(client).names() == []
        await client.close()
        stranger = build_qdrant_client(read_settings(QDRANT_URL=locked.url))
        with pytest.raises(VectorsUnavailable, match="HTTP 401") as caught:
            await ServerCollections(stranger).names()
        assert "emulated-key" not in str(caught.value)
        await stranger.close()


async def test_what_a_killed_start_left_out_is_made_up_for(
    emulator: QdrantEmulator, collections: ServerCollections
) -> None:
    emulator.failures.extend([None, None, None, *[Failure("status", status=500)] * ATTEMPTS])
    with pytest.raises(VectorsUnavailable):  # exists, created, described; then the first index fails
        await collections.open("site", dimension=4)
    assert emulator.collections["site"].indexes == {}
    await collections.open("site", dimension=4)
    assert set(emulator.collections["site"].indexes) == set(INDEXED_KEYS)


async def test_two_starts_at_once_make_one_collection(emulator: QdrantEmulator, collections: ServerCollections) -> None:
    await collections.open("site", dimension=4)
    await collections._create("site", 4)  # the slower one is told 409
    assert await collections.names() == ["site"]


async def test_what_is_not_emulated_says_so(emulator: QdrantEmulator) -> None:
    client = AsyncQdrantClient(url=emulator.url, check_compatibility=False)
    with pytest.raises(Exception, match="501"):
        await client.get_aliases()
    await client.close()


def test_without_a_url_there_is_no_client() -> None:
    with pytest.raises(ValueError, match="QDRANT_URL"):
        build_qdrant_client(read_settings())


async def test_a_new_collection_is_spread_as_the_settings_say(emulator: QdrantEmulator) -> None:
    collections = build_vectors(read_settings(QDRANT_URL=emulator.url, qdrant_shards=6, qdrant_replicas=2))
    await collections.open("spread", dimension=4)
    await collections.close()
    (made,) = [one.json() for one in emulator.received if one.method == "PUT" and one.path.endswith("/spread")]
    assert (made["shard_number"], made["replication_factor"]) == (6, 2)
