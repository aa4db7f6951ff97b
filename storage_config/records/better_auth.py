"""Queries on Better Auth's own tables, `session` and `user`, which we only read."""

from dataclasses import dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class UserSession:
    """A session that lasts. `role` is the user's own at this moment: names between commas; None for no role."""

    user_id: str
    role: str | None


async def find_session_by_token(session: AsyncSession, *, schema: str, token: str) -> UserSession | None:
    """The session of that token; None where there is none, it ended, or its user is banned."""
    return await _find(session, _query(schema, "token"), token)


async def find_session_by_id(session: AsyncSession, *, schema: str, session_id: str) -> UserSession | None:
    """The session of that id; None where there is none, it ended, or its user is banned."""
    return await _find(session, _query(schema, "id"), session_id)


async def check_better_auth_tables(session: AsyncSession, *, schema: str) -> None:
    """Returns when the tables can be read. Raises ConfigurationError naming the variable."""
    try:
        await find_session_by_token(session, schema=schema, token="")
    except ProgrammingError:
        raise ConfigurationError(
            f'BETTER_AUTH_SCHEMA: the tables "session" and "user" of Better Auth cannot be read in the schema {schema} '
            "of DATABASE_URL: run Better Auth's migrations there, and grant SELECT on both."
        ) from None


def _query(schema: str, column: str) -> TextClause:
    # `role` and `banned` are columns of Better Auth's admin plugin: as members of the row's JSON they may be missing.
    # The parameter has no type of its own, so that ids may be text or uuid, as Better Auth is configured.
    return text(
        f"""SELECT u.id::text, to_jsonb(u) ->> 'role'
        FROM "{schema}"."session" s JOIN "{schema}"."user" u ON u.id = s."userId"
        WHERE s."{column}" = :value AND s."expiresAt" > now() AND (to_jsonb(u) ->> 'banned') IS DISTINCT FROM 'true'"""
    )


async def _find(session: AsyncSession, query: TextClause, value: str) -> UserSession | None:
    row = (await session.execute(query, {"value": value})).one_or_none()
    return UserSession(*row) if row else None
