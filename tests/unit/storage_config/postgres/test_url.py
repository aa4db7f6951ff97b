from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from storage_config.errors import ConfigurationError
from storage_config.postgres.url import masked_url, sqlalchemy_url


def _libpq(url: str) -> dict[str, str]:
    """What SQLAlchemy hands to libpq."""
    dialect: Any = PGDialect_psycopg
    _, arguments = dialect().create_connect_args(sqlalchemy_url(url))
    return {name: str(value) for name, value in arguments.items() if name != "context"}


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p%40ss@host.neon.tech/db?sslmode=require&channel_binding=require",
        "postgresql://u@host:5433/db",
        "postgresql://host/db?application_name=mine&connect_timeout=3",
        "postgresql://u@/db?host=%2Ftmp%2Fa%20folder&port=5432",
        "postgresql://u:p@one:5432,two:5433/db?target_session_attrs=read-write",
        "postgresql://u:p@[::1]:5432/db",
        "postgresql://u%3Aser:p%2Fw@h/d%C3%A4ta",
        "postgresql://u@h/db?options=endpoint%3Dep-1",
    ],
)
def test_libpq_gets_what_the_address_says(url: str) -> None:
    meant = {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items()}
    assert _libpq(url) == meant
    assert sqlalchemy_url(url).drivername == "postgresql+psycopg"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_password_survives_and_never_shows(password: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in password.encode())
    address = sqlalchemy_url(f"postgresql://user:{encoded}@host.example/db")
    assert address.password == password
    assert masked_url(address) == "postgresql://host.example/db"


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hunter2@host/db?no_such=1", "postgresql://u:hunter2@[::1/db", "postgresql://u:hunter2%zz@h/db"],
)
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as raised:
        sqlalchemy_url(url)
    assert "hunter2" not in str(raised.value)


def test_a_parameter_that_libpq_does_not_know_is_named() -> None:
    with pytest.raises(ConfigurationError, match="pgbouncer"):
        sqlalchemy_url("postgresql://h/db?pgbouncer=true")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5433/db?sslpassword=x", "postgresql://h:5433/db"),
        ("postgresql://u@/db?host=%2Ftmp", "postgresql:///tmp/db"),
        ("postgresql:///db", "postgresql://localhost/db"),
    ],
)
def test_messages_name_host_and_database_only(url: str, shown: str) -> None:
    assert masked_url(sqlalchemy_url(url)) == shown
