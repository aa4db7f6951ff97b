"""Weak and half-set authentication is refused, naming the variable and never its value."""

from pathlib import Path

import pytest

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings, read_settings

SECRET = "2b9d8c7e6f5a4b3c2d1e0f9a8b7c6d5e-tests"
URL = {"BETTER_AUTH_URL": "https://example.org", "BETTER_AUTH_AUDIENCE": "footnoted"}
SHARED = {**URL, "BETTER_AUTH_SCHEMA": "public", "DATABASE_URL": "postgresql://localhost/db"}
PRODUCTION = {"FOOTNOTED_ENVIRONMENT": "production"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields.values():
        for name in getattr(field.validation_alias, "choices", ()):
            monkeypatch.delenv(name, raising=False)


def read(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_nothing_set_lets_nobody_in_by_a_token() -> None:
    settings = read_settings()
    assert (settings.readers, settings.better_auth_url, settings.token_secret, settings.roles) == (None, None, None, {})


def test_everything_set(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {
        "BETTER_AUTH_SECRET": SECRET,
        "BETTER_AUTH_JWKS_URL": "http://localhost:3000/api/auth/jwks",
        "FOOTNOTED_READERS": "signed_in",
        "FOOTNOTED_ROLES": "admin=owner, editor = writer",
        "FOOTNOTED_ALLOWED_ORIGINS": "https://docs.example.org",
        "FOOTNOTED_TOKEN_SECRET": SECRET,
    }
    settings = read(monkeypatch, {**SHARED, **PRODUCTION, **more})
    assert settings.roles == {"admin": "owner", "editor": "writer"}
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"BETTER_AUTH_URL": "https://example.org"}, "BETTER_AUTH_AUDIENCE"),
        ({"BETTER_AUTH_AUDIENCE": "footnoted"}, "BETTER_AUTH_URL"),
        ({"BETTER_AUTH_JWKS_URL": "https://example.org/jwks"}, "BETTER_AUTH_URL"),
        ({"BETTER_AUTH_SCHEMA": "public"}, "BETTER_AUTH_URL"),
        ({"FOOTNOTED_ROLES": "admin=owner"}, "FOOTNOTED_ROLES"),
        ({**URL, "BETTER_AUTH_SCHEMA": "public"}, "DATABASE_URL"),
        ({**URL, "BETTER_AUTH_SECRET": SECRET}, "BETTER_AUTH_SCHEMA"),
        ({"FOOTNOTED_TOKEN_SECRET": SECRET}, "FOOTNOTED_ALLOWED_ORIGINS"),
    ],
)
def test_half_a_configuration_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named) as raised:
        read(monkeypatch, variables)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"FOOTNOTED_TOKEN_SECRET": "short"}, "FOOTNOTED_TOKEN_SECRET"),
        ({"FOOTNOTED_TOKEN_SECRET": "abababab" * 8}, "FOOTNOTED_TOKEN_SECRET"),
        ({**SHARED, "BETTER_AUTH_SECRET": "short"}, "BETTER_AUTH_SECRET"),
        ({**SHARED, "BETTER_AUTH_SECRET": "better-auth-secret-12345678901234567890"}, "BETTER_AUTH_SECRET"),
        ({**URL, "BETTER_AUTH_URL": "example.org"}, "BETTER_AUTH_URL"),
        ({**URL, "BETTER_AUTH_URL": "https://"}, "BETTER_AUTH_URL"),
        ({**URL, "BETTER_AUTH_AUDIENCE": ""}, "BETTER_AUTH_AUDIENCE"),
        ({**SHARED, "BETTER_AUTH_SCHEMA": 'public"; --'}, "BETTER_AUTH_SCHEMA"),
        ({**URL, "FOOTNOTED_ROLES": "admin=god"}, "FOOTNOTED_ROLES"),
        ({**URL, "FOOTNOTED_ROLES": "admin"}, "FOOTNOTED_ROLES"),
        ({"FOOTNOTED_READERS": "everyone"}, "FOOTNOTED_READERS"),
    ],
)
def test_what_is_wrong_or_weak_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        read(monkeypatch, variables)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({**URL, "BETTER_AUTH_URL": "http://example.org"}, "BETTER_AUTH_URL"),
        ({**URL, "BETTER_AUTH_JWKS_URL": "http://auth.internal/jwks"}, "BETTER_AUTH_JWKS_URL"),
        ({"FOOTNOTED_ALLOWED_ORIGINS": "http://docs.example.org"}, "FOOTNOTED_ALLOWED_ORIGINS"),
    ],
)
def test_plain_http_is_for_development(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str) -> None:
    assert read(monkeypatch, variables).environment == "development"
    with pytest.raises(ConfigurationError, match=named):
        read(monkeypatch, {**variables, **PRODUCTION})
