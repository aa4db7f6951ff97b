"""Every environment variable of Footnoted, read once and validated. Secrets never leave their `SecretStr`."""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from storage_config.auth_settings import AuthSettings, Listed
from storage_config.errors import ConfigurationError
from storage_config.host_names import plain_host
from storage_config.vocabulary import BudgetShare

_GIB = 1024**3
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
_RATE = r"[1-9]\d{0,8}/(second|minute|hour|day)"


def _read_shares(value: Any) -> Any:
    """`5000`, or `all=5000, anonymous=500`, as a mapping."""
    if not isinstance(value, str):
        return value
    parts = [part.rpartition("=") for part in value.split(",") if part.strip()]
    return {name.strip() or "all": amount.strip() for name, _, amount in parts}


Shares = Annotated[dict[BudgetShare, Annotated[float, Field(ge=0, le=1e9)]], NoDecode, BeforeValidator(_read_shares)]
# Requests in a sliding window, as `20/minute` or `20/minute, 300/day`; `off` for none.
Rates = Annotated[str, Field(pattern=rf"^(off|{_RATE}(, ?{_RATE})*)$")]


def _vendor(name: str) -> AliasChoices:
    """A variable that keeps its vendor's name; the `FOOTNOTED_` prefix is for our own."""
    return AliasChoices(name)


class Settings(AuthSettings):
    """The environment. Plain values are passed down from here; nothing else reads `os.environ`."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTED_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    config: Path = Path("footnoted.toml")
    data_dir: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    database_direct_url: SecretStr | None = Field(None, validation_alias=_vendor("DATABASE_DIRECT_URL"))
    qdrant_url: str | None = Field(None, validation_alias=_vendor("QDRANT_URL"))
    # Of collections that are made from now on, on a Qdrant server of several nodes.
    qdrant_shards: int = Field(1, ge=1, le=256)
    qdrant_replicas: int = Field(1, ge=1, le=16)
    qdrant_api_key: SecretStr | None = Field(None, validation_alias=_vendor("QDRANT_API_KEY"))
    cohere_api_key: SecretStr | None = Field(None, validation_alias=_vendor("COHERE_API_KEY"))
    cohere_base_url: str = Field("https://api.cohere.com", validation_alias=_vendor("COHERE_BASE_URL"))
    openrouter_api_key: SecretStr | None = Field(None, validation_alias=_vendor("OPENROUTER_API_KEY"))
    openrouter_base_url: str = Field("https://openrouter.ai/api/v1", validation_alias=_vendor("OPENROUTER_BASE_URL"))

    # Storage limits; the defaults are the free plans of Qdrant Cloud (4 GiB of disk) and Neon (0.5 GiB).
    qdrant_limit_bytes: int = Field(4 * _GIB, gt=0)
    postgres_limit_bytes: int = Field(_GIB // 2, gt=0)

    # Where `footnoted ingest --engine ray` finds its cluster, and how many workers it starts there.
    ray_address: str = Field("auto", validation_alias=_vendor("RAY_ADDRESS"))
    ray_workers: int = Field(64, ge=1, le=1024)

    # Below this probability of being answerable a question is refused; docs/refusal.md has the measured trade-off.
    refusal_threshold: float = Field(0.2, ge=0, le=1)
    llm_refusal_threshold: float = Field(0.05, ge=0, le=1)

    # What was said before goes with a question as far as it fits; the oldest turns leave first.
    max_history_tokens: int = Field(2_000, ge=0)

    # Bounds of what comes in, in characters.
    max_question_chars: int = Field(4_000, gt=0)
    max_page_chars: int = Field(2_000_000, gt=0)
    # What reading a PDF file, an upload or a large file may take: seconds of CPU, bytes of memory; more with its size.
    max_page_seconds: float = Field(10.0, ge=1.0, le=3_600.0)
    max_page_memory_bytes: int = Field(400_000_000, ge=50_000_000, le=64_000_000_000)
    max_upload_bytes: int = Field(20_000_000, gt=0)  # of a whole request that uploads a page

    # Answers of one process at once; what a question beyond them waits for, and for how many seconds.
    max_open_answers: int = Field(512, gt=0)
    max_starting_answers: int = Field(64, gt=0)  # of these, without a word so far: they take its CPU
    max_waiting_questions: int = Field(256, ge=0)
    max_wait_seconds: float = Field(3.0, gt=0, le=60)
    # How long a build of `footnoted ingest --build` may take.
    build_timeout_seconds: float = Field(600.0, gt=0, le=86_400)

    # How long answers under way may go on once the server is told to stop; then they are ended, and recorded as such.
    drain_seconds: float = Field(10.0, ge=0, le=300)

    # Connections of one address, to one process; the proxies below and this machine have no such bound.
    max_connections_address: int = Field(500, gt=0)

    # The proxies that are believed about who called.
    trusted_proxies: Listed = ()
    # The names that the server answers to beside loopback; unset, a server for other machines answers to all.
    hosts: Listed = ()

    # Limits; how they are counted stands in docs/operations.md. Without REDIS_URL each process counts for itself.
    redis_url: SecretStr | None = Field(None, validation_alias=_vendor("REDIS_URL"))
    ask_rate_address: Rates = "30/minute, 600/day"
    ask_rate_token: Rates = "10/minute, 200/day"
    ask_rate_user: Rates = "20/minute, 500/day"
    ask_rate_key: Rates = "120/minute"
    read_rate_address: Rates = "600/minute"
    read_rate_token: Rates = "300/minute"
    read_rate_user: Rates = "600/minute"
    read_rate_key: Rates = "3000/minute"
    # Per UTC day, what answers by a vendor's LLM may take: `all`, or one kind of caller; who is not named has no bound.
    daily_llm_calls: Shares = Field(default_factory=dict)
    daily_llm_cost: Shares = Field(default_factory=dict)
    # What one answer may cost, in US dollars: taken from the day's cost before it begins, settled at its end.
    max_answer_cost: float = Field(0.02, gt=0, le=100)

    # Answers that are kept to be given again to the same question while the pages are as they were; 0 keeps none.
    answer_cache_size: int = Field(0, ge=0, le=1_000_000)

    # Questions without a good answer that are asked again once pages changed, at most; 0 asks none.
    reask_questions: int = Field(20, ge=0, le=500)

    # Days after which a conversation that nobody went on with is deleted; unset keeps it.
    retention_days_anonymous: int | None = Field(None, ge=1, le=36_500)
    retention_days_signed_in: int | None = Field(None, ge=1, le=36_500)

    # Where refusals, ratings and ended ingestions are told, signed with the secret.
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None

    # Whether questions may stand in the log; otherwise no reader's text does.
    log_text: bool = False
    # Where Prometheus finds /metrics; unset serves none.
    metrics_port: int | None = Field(None, ge=0, le=65_535)
    metrics_host: str = "127.0.0.1"
    # OpenTelemetry's own variables: set, spans are exported. The SDK reads all of them itself, from the environment.
    otlp_endpoint: str | None = Field(None, validation_alias=_vendor("OTEL_EXPORTER_OTLP_ENDPOINT"))
    otlp_traces_endpoint: str | None = Field(None, validation_alias=_vendor("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))

    @field_validator("trusted_proxies", mode="after")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ip_network(one)) for one in value)
        except ValueError:
            raise ValueError("must be addresses or networks between commas, such as 10.0.0.0/8") from None

    @field_validator("hosts", mode="after")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(host for one in value if (host := plain_host(one)) is not None)
        if len(plain) != len(value):
            raise ValueError(
                "must be names or addresses between commas, without scheme, port or path, such as docs.example.org"
            )
        return plain

    @field_validator("redis_url", mode="after")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must be a redis:// or rediss:// url")
        return value

    @field_validator("database_url", "database_direct_url", mode="after")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        """One dialect: everything else diverges at once (times, cascades, locks)."""
        if value is not None and not value.get_secret_value().startswith(("postgres://", "postgresql://")):
            raise ValueError("must be a postgresql:// url")
        return value

    @field_validator("qdrant_url", "cohere_base_url", "openrouter_base_url", "webhook_url", mode="after")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
            raise ValueError("must be an http:// or https:// url")
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _not_half_set(self) -> "Settings":
        if self.database_direct_url is not None and self.database_url is None:
            raise ValueError("DATABASE_DIRECT_URL is set but DATABASE_URL is not: set both or neither")
        if self.qdrant_api_key is not None and self.qdrant_url is None:
            raise ValueError("QDRANT_API_KEY is set but QDRANT_URL is not: set both or neither")
        return self

    @model_validator(mode="after")
    def _webhook_is_signed(self) -> "Settings":
        if (self.webhook_url is None) != (self.webhook_secret is None):
            raise ValueError("FOOTNOTED_WEBHOOK_URL and FOOTNOTED_WEBHOOK_SECRET: set both or neither")
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if secret.startswith("whsec_") and not _BASE64.fullmatch(secret.removeprefix("whsec_")):
            raise ValueError("FOOTNOTED_WEBHOOK_SECRET: behind whsec_ stands base64")
        return self

    @model_validator(mode="after")
    def _budget_is_enough(self) -> "Settings":
        if any(0 < cost < self.max_answer_cost for cost in self.daily_llm_cost.values()):
            raise ValueError(
                "FOOTNOTED_DAILY_LLM_COST is less than one answer may cost (FOOTNOTED_MAX_ANSWER_COST, default 0.02): "
                "no answer could be written"
            )
        return self

    @property
    def embedded(self) -> bool:
        """Whether something is kept in the data folder, which one process owns at a time."""
        return self.database_url is None or self.qdrant_url is None

    @property
    def data_folder(self) -> Path:
        """The one folder of all local state: `FOOTNOTED_DATA_DIR`, else `.footnoted/` beside the corpus file."""
        return (self.data_dir or self.config.parent / ".footnoted").absolute()


def read_settings(**overrides: object) -> Settings:
    """The settings from the environment, `overrides` winning over it.

    Raises ConfigurationError naming each variable that is wrong and what is allowed; values are not repeated,
    since they may be secrets.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{_variable(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise ConfigurationError("The environment is not usable.\n" + "\n".join(lines)) from None


def environment_without_secrets() -> dict[str, str]:
    """The environment of this process for a program of others: keys, tokens and urls that hold passwords left out."""
    secret = {
        name.upper()
        for field_name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
        for name in (_names(field.validation_alias) or (f"FOOTNOTED_{field_name}",))
    }
    return {name: value for name, value in os.environ.items() if name.upper() not in secret}


def _names(alias: Any) -> tuple[str, ...]:
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return tuple(choice for choice in choices if isinstance(choice, str))


def _variable(location: tuple[int | str, ...]) -> str:
    if not location:
        return "environment"
    name = str(location[0])
    return name if name.isupper() else f"FOOTNOTED_{name.upper()}"
