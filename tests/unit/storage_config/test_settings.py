"""The environment is read once, validated, and never repeated in an error."""

from pathlib import Path

import pytest

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings, read_settings

SECRET = "sk-or-very-secret"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields.values():
        for name in getattr(field.validation_alias, "choices", ()):
            monkeypatch.delenv(name, raising=False)


def test_every_variable_is_optional() -> None:
    settings = read_settings()
    assert settings.config == Path("footnoted.toml")
    assert settings.database_url is None
    assert settings.environment == "development"


def test_data_folder_lies_beside_the_corpus_file(tmp_path: Path) -> None:
    assert read_settings(config=tmp_path / "site" / "footnoted.toml").data_folder == tmp_path / "site" / ".footnoted"


def test_data_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path / "state"))
    assert read_settings().data_folder == tmp_path / "state"


def test_an_override_of_none_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_CONFIG", "other.toml")
    assert read_settings(config=None).config == Path("other.toml")


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("QDRANT_URL=http://127.0.0.1:6333/\nUNRELATED=1\n")
    assert read_settings().qdrant_url == "http://127.0.0.1:6333"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", SECRET)
    settings = read_settings()
    assert settings.openrouter_api_key is not None
    assert settings.openrouter_api_key.get_secret_value() == SECRET
    assert SECRET not in repr(settings) + str(settings.model_dump())


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("DATABASE_URL", f"mysql://user:{SECRET}@host/db", "postgresql://"),
        ("QDRANT_URL", "localhost:6333", "http://"),
        ("FOOTNOTED_ENVIRONMENT", "staging", "production"),
        ("REDIS_URL", f"memcached://:{SECRET}@host", "redis://"),
        ("FOOTNOTED_TRUSTED_PROXIES", "everyone", "10.0.0.0/8"),
        ("FOOTNOTED_MAX_QUESTION_CHARS", "0", "greater than 0"),
    ],
)
def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, part: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as raised:
        read_settings()
    assert variable in str(raised.value)
    assert part in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "missing"), [("DATABASE_DIRECT_URL", "DATABASE_URL"), ("QDRANT_API_KEY", "QDRANT_URL")]
)
def test_half_a_configuration_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, missing: str) -> None:
    monkeypatch.setenv(variable, f"postgresql://user:{SECRET}@host/db")
    with pytest.raises(ConfigurationError, match=missing) as raised:
        read_settings()
    assert SECRET not in str(raised.value)


def test_lists_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_ALLOWED_ORIGINS", "https://a.example, http://localhost:3000 ,")
    monkeypatch.setenv("FOOTNOTED_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    settings = read_settings()
    assert settings.allowed_origins == ("https://a.example", "http://localhost:3000")
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    "origin", ["*", "https://a.example/", "a.example", "https://*.example", "null", "https://A.example", "ftp://a.b"]
)
def test_an_origin_is_exact(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("FOOTNOTED_ALLOWED_ORIGINS", f"https://good.example,{origin}")
    with pytest.raises(ConfigurationError, match="FOOTNOTED_ALLOWED_ORIGINS"):
        read_settings()


@pytest.mark.parametrize("rate", ["off", "5/second", "20/minute, 300/day"])
def test_a_rate_is_read(rate: str) -> None:
    assert read_settings(ask_rate_user=rate).ask_rate_user == rate


@pytest.mark.parametrize("rate", ["", "0/minute", "5", "5/fortnight", "5/minute;", "-1/day", "5/minute,off"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(ConfigurationError, match="FOOTNOTED_ASK_RATE_USER"):
        read_settings(ask_rate_user=rate)


@pytest.mark.parametrize(
    ("given", "read"),
    [("", {}), ("12.5", {"all": 12.5}), ("all=5, anonymous=0,user=1e3", {"all": 5, "anonymous": 0, "user": 1000})],
)
def test_shares_of_a_budget_are_read(monkeypatch: pytest.MonkeyPatch, given: str, read: dict[str, float]) -> None:
    monkeypatch.setenv("FOOTNOTED_DAILY_LLM_COST", given)
    assert read_settings().daily_llm_cost == read


@pytest.mark.parametrize("given", ["many", "all=-1", "everyone=5", "all=nan", "all="])
def test_shares_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="FOOTNOTED_DAILY_LLM_CALLS"):
        read_settings(daily_llm_calls=given)
