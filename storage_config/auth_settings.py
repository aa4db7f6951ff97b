"""The environment variables that say who may do what. Weak or half-set ones are refused, naming the variable."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from storage_config.host_names import is_loopback
from storage_config.vocabulary import CallerRole

_MIN_SECRET = 32
# What Better Auth signs with when it is told no secret.
_PUBLISHED_SECRETS = ("better-auth-secret-12345678901234567890",)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")


def _split(value: Any) -> Any:
    """A list in one variable: values between commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class AuthSettings(BaseSettings):
    """Who may do what. `BETTER_AUTH_...` keep the names and meanings that Better Auth gives them, where it has them."""

    environment: Literal["development", "production"] = "development"
    database_url: SecretStr | None = Field(None, validation_alias=AliasChoices("DATABASE_URL"))

    # Unset is `public`, on loopback only.
    readers: Literal["public", "signed_in"] | None = None
    # The sites whose pages may call the API, as exact origins.
    allowed_origins: Listed = ()
    token_secret: SecretStr | None = None
    roles: Annotated[Mapping[str, CallerRole], NoDecode] = Field(default_factory=dict)

    better_auth_url: str | None = Field(None, validation_alias=AliasChoices("BETTER_AUTH_URL"))
    better_auth_audience: str | None = Field(None, validation_alias=AliasChoices("BETTER_AUTH_AUDIENCE"), min_length=1)
    better_auth_jwks_url: str | None = Field(None, validation_alias=AliasChoices("BETTER_AUTH_JWKS_URL"))
    better_auth_secret: SecretStr | None = Field(None, validation_alias=AliasChoices("BETTER_AUTH_SECRET"))
    better_auth_schema: str | None = Field(None, validation_alias=AliasChoices("BETTER_AUTH_SCHEMA"))

    @field_validator("allowed_origins", mode="after")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("must be exact origins between commas, such as https://docs.example.org, without a path")
        return value

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if not all(name.strip() and role.strip() in get_args(CallerRole) for name, _, role in pairs):
            raise ValueError("must be e.g. admin=owner,editor=writer; ours are reader, writer and owner")
        return {name.strip(): role.strip() for name, _, role in pairs}

    @field_validator("token_secret", "better_auth_secret", "webhook_secret", mode="after", check_fields=False)
    @classmethod
    def _is_strong(cls, value: SecretStr | None) -> SecretStr | None:
        secret = value.get_secret_value() if value else ""
        if value is not None and (len(secret) < _MIN_SECRET or len(set(secret)) < 10 or secret in _PUBLISHED_SECRETS):
            raise ValueError("must be at least 32 random characters; `openssl rand -base64 32` makes some")
        return value

    @field_validator("better_auth_url", "better_auth_jwks_url", mode="after")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
            raise ValueError("must be an http:// or https:// url")
        return value  # as it stands: an issuer is compared character by character

    @field_validator("better_auth_schema", mode="after")
    @classmethod
    def _is_identifier(cls, value: str | None) -> str | None:
        if value is not None and not _IDENTIFIER.fullmatch(value):
            raise ValueError("must be the name of a Postgres schema, e.g. public")
        return value

    @model_validator(mode="after")
    def _auth_is_whole(self) -> "AuthSettings":
        if (self.better_auth_url is None) != (self.better_auth_audience is None):
            raise ValueError("BETTER_AUTH_URL and BETTER_AUTH_AUDIENCE belong together: set both or neither")
        for name in ("better_auth_jwks_url", "better_auth_schema", "better_auth_secret", "roles"):
            if getattr(self, name) and self.better_auth_url is None:
                variable = "FOOTNOTED_ROLES" if name == "roles" else name.upper()
                raise ValueError(f"{variable} is set but BETTER_AUTH_URL is not: set both or neither")
        if self.better_auth_secret is not None and self.better_auth_schema is None:
            raise ValueError("BETTER_AUTH_SECRET is for session cookies, which need BETTER_AUTH_SCHEMA too: set it")
        if self.better_auth_schema is not None and self.database_url is None:
            raise ValueError("BETTER_AUTH_SCHEMA is for a shared database: set DATABASE_URL too")
        if self.token_secret is not None and not self.allowed_origins:
            raise ValueError("FOOTNOTED_TOKEN_SECRET is set but FOOTNOTED_ALLOWED_ORIGINS is not: set both")
        return self

    @model_validator(mode="after")
    def _auth_is_safe(self) -> "AuthSettings":
        if self.environment != "production":
            return self
        if self.better_auth_url and self.better_auth_url.startswith("http:"):
            raise ValueError("BETTER_AUTH_URL must be https:// in production")
        if self.better_auth_jwks_url and not _is_safe(self.better_auth_jwks_url):
            raise ValueError("BETTER_AUTH_JWKS_URL must be https:// in production, or lead to this machine")
        if not all(_is_safe(origin) for origin in self.allowed_origins):
            raise ValueError("FOOTNOTED_ALLOWED_ORIGINS must be https:// in production")
        return self


def _is_safe(url: str) -> bool:
    return url.startswith("https://") or is_loopback(urlsplit(url).hostname or "")
