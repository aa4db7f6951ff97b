"""Addresses of databases: what libpq understands, as SQLAlchemy's URL, and without secrets for messages."""

import psycopg
from psycopg import conninfo
from sqlalchemy import URL

from storage_config.errors import ConfigurationError

DRIVER = "postgresql+psycopg"


def sqlalchemy_url(url: str) -> URL:
    """The URL of a libpq address such as Neon shows it: `postgres://user:password@host/name?sslmode=require`.

    Everything that libpq takes is kept: sockets (`?host=/folder`), several hosts, percent-encoding, any parameter.
    Raises ConfigurationError, which does not repeat the address, since it may hold a password.
    """
    try:
        values = {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        raise ConfigurationError(f"DATABASE_URL: {_without_values(str(error))}") from None
    host, port = values.pop("host", None), values.pop("port", None)
    query: dict[str, str] = {}
    plain = host is not None and not host.startswith("/") and "," not in host and "," not in (port or "")
    if host is not None and not plain:
        query["host"] = host
        if port:
            query["port"] = port
    return URL.create(
        DRIVER,
        username=values.pop("user", None),
        password=values.pop("password", None),
        host=host if plain else None,
        port=int(port) if port and (plain or host is None) else None,
        database=values.pop("dbname", None),
        query={**query, **values},
    )


def masked_url(address: URL) -> str:
    """Host and database only."""
    place = address.host or address.query.get("host", "localhost")
    port = f":{address.port}" if address.port else ""
    return f"postgresql://{place}{port}/{address.database or ''}"


def _without_values(message: str) -> str:
    """Libpq quotes what it could not read; only names of parameters may stand in a message."""
    if message.startswith("invalid URI query parameter"):
        return message
    return "is not an address that Postgres's client library understands"
