"""The smallest thing to keep: a table of notes, to see what survives."""

from sqlalchemy import text

from storage_config.postgres.database import Database, Session


async def keep_note(database: Database, note: str) -> None:
    """Keeps a note, once."""

    async def work(session: Session) -> None:
        await session.execute(text("CREATE TABLE IF NOT EXISTS notes (note text PRIMARY KEY)"))
        await session.execute(text("INSERT INTO notes VALUES (:note) ON CONFLICT DO NOTHING"), {"note": note})

    await database.run(work)


async def read_notes(database: Database) -> list[str]:
    """The notes that are kept."""

    async def work(session: Session) -> list[str]:
        if (await session.execute(text("SELECT to_regclass('notes')"))).scalar() is None:
            return []
        return list((await session.execute(text("SELECT note FROM notes ORDER BY note"))).scalars())

    return await database.run(work)
