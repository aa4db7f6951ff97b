"""What is kept, against the limits: the same for the API and the command line."""

from collections.abc import Iterable

from app.corpus.ingestions import build_ingestion_body
from app.schemas.status import CorpusStatusBody, DocumentCountsBody, EditionCountBody, StatusBody, StorageUsageBody
from storage_config.editions import Edition
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import Corpus, get_corpus
from storage_config.records.documents import DocumentCounts, count_documents, count_editions
from storage_config.records.ingestion_runs import IngestionRun, get_last_run
from storage_config.storage import Storage
from storage_config.usage import read_usage
from storage_config.vectors.points import CollectionStats

_Recorded = tuple[Corpus, DocumentCounts, list[tuple[Edition, int]], IngestionRun | None]


async def read_status(storage: Storage, names: Iterable[str]) -> StatusBody:
    """The corpora of these names. Asks both stores. Raises DatabaseUnavailable and VectorsUnavailable."""
    settings = storage.settings
    usage = await read_usage(storage.database, storage.vectors)
    corpora = [await _read_corpus(storage.database, name, usage.collections) for name in names]
    estimated = settings.qdrant_url is not None
    return StatusBody(
        qdrant=StorageUsageBody(bytes=usage.qdrant_bytes, limit_bytes=settings.qdrant_limit_bytes, estimated=estimated),
        postgres=StorageUsageBody(
            bytes=usage.postgres_bytes, limit_bytes=settings.postgres_limit_bytes, estimated=False
        ),
        corpora=corpora,
    )


async def _read_corpus(database: Database, name: str, collections: dict[str, CollectionStats]) -> CorpusStatusBody:
    async def read(session: Session) -> _Recorded | None:
        corpus = await get_corpus(session, name=name)
        if corpus is None:
            return None
        counts = await count_documents(session, corpus_id=corpus.id)
        editions = await count_editions(session, corpus_id=corpus.id)
        return corpus, counts, editions, await get_last_run(session, corpus_id=corpus.id)

    found = await database.run(read)
    if found is None:
        none = DocumentCountsBody(indexed=0, pending=0, failed=0)
        return CorpusStatusBody(corpus=name, collection=None, points=0, bytes=0, documents=none, last_run=None)
    corpus, counts, editions, run = found
    stats = collections.get(corpus.active_collection or "", CollectionStats(0, 0))
    return CorpusStatusBody(
        corpus=name,
        collection=corpus.active_collection,
        points=stats.points,
        bytes=stats.bytes,
        documents=DocumentCountsBody(indexed=counts.indexed, pending=counts.pending, failed=counts.failed),
        editions=[EditionCountBody(version=one.version, locale=one.locale, indexed=count) for one, count in editions],
        last_run=build_ingestion_body(run, name, counts=None) if run else None,
    )
