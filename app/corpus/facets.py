"""What the pages of the corpora are told apart by, from their records."""

from collections.abc import Iterable

from app.schemas.corpora import CorporaBody, CorpusBody, TagBody
from storage_config.editions import PublishedEdition
from storage_config.postgres.database import Database, Session
from storage_config.records.access import Groups
from storage_config.records.corpora import get_corpus
from storage_config.records.facets import list_tags

MAX_TAGS = 200


async def read_facets(database: Database, names: Iterable[str], *, groups: Groups) -> CorporaBody:
    """The corpora of these names, in their order, as who is of these groups may see. Raises DatabaseUnavailable."""

    async def read(session: Session) -> list[CorpusBody]:
        return [await _read_corpus(session, name, groups) for name in names]

    return CorporaBody(corpora=await database.run(read))


async def _read_corpus(session: Session, name: str, groups: Groups) -> CorpusBody:
    corpus = await get_corpus(session, name=name)
    editions = [PublishedEdition.from_json(one).edition for one in corpus.editions] if corpus else []
    tags = await list_tags(session, corpus=name, groups=groups, limit=MAX_TAGS) if corpus else []
    return CorpusBody(
        name=name,
        is_ingested=corpus is not None and corpus.active_collection is not None,
        versions=[None, *dict.fromkeys(one.version for one in editions if one.version is not None)],
        locales=[None, *dict.fromkeys(one.locale for one in editions if one.locale is not None)],
        tags=[TagBody(name=tag.name, documents=tag.documents) for tag in tags],
    )
