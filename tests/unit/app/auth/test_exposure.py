"""The server listens beyond this machine only when somebody said who may read."""

from typing import Any

import pytest

from app.auth.exposure import check_exposure
from app.serving.server import Address, serve
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

SECRET = "2b9d8c7e6f5a4b3c2d1e0f9a8b7c6d5e-tests"
DECISIONS: list[dict[str, Any]] = [
    {"readers": "public"},
    {"readers": "signed_in"},
    {"better_auth_url": "https://example.org", "better_auth_audience": "footnoted"},
    {"token_secret": SECRET, "allowed_origins": "https://docs.example.org"},
]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_nothing_is_needed_on_loopback(host: str) -> None:
    settings = Settings(_env_file=None)
    check_exposure(settings, host)
    with pytest.raises(ConfigurationError):
        check_exposure(settings, "192.168.1.5")


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "docs.example.org"])
def test_elsewhere_the_variables_are_named(host: str, environment: str) -> None:
    settings = Settings(_env_file=None, environment=environment)
    for variable in ("FOOTNOTED_READERS", "BETTER_AUTH_URL", "FOOTNOTED_TOKEN_SECRET"):
        with pytest.raises(ConfigurationError, match=variable):
            check_exposure(settings, host)


@pytest.mark.parametrize("decision", DECISIONS, ids=str)
def test_a_decision_is_enough(decision: dict[str, Any]) -> None:
    check_exposure(Settings(_env_file=None, environment="production", **decision), "0.0.0.0")
    with pytest.raises(ConfigurationError):
        check_exposure(Settings(_env_file=None, environment="production"), "0.0.0.0")


def test_the_server_is_refused_before_it_listens_or_opens_anything() -> None:
    def open_nothing(settings: Settings) -> Any:
        raise AssertionError("opened")

    with pytest.raises(ConfigurationError, match=r"--host 0\.0\.0\.0"):
        serve(Settings(_env_file=None), open_nothing, address=Address("0.0.0.0", 0))
