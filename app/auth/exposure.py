"""Where the server may listen: beyond this machine only when somebody said who may read."""

from storage_config.errors import ConfigurationError
from storage_config.host_names import is_loopback
from storage_config.settings import Settings


def check_exposure(settings: Settings, host: str) -> None:
    """Returns where the server may listen on `host`. Raises ConfigurationError naming the variables to set."""
    decided = settings.readers or settings.better_auth_url or settings.token_secret
    if not decided and not is_loopback(host):
        raise ConfigurationError(
            f"--host {host}: other machines can reach this address, and nothing says who may read. Set "
            "FOOTNOTED_READERS (public, or signed_in), BETTER_AUTH_URL with BETTER_AUTH_AUDIENCE, or "
            "FOOTNOTED_TOKEN_SECRET with FOOTNOTED_ALLOWED_ORIGINS; or listen on 127.0.0.1."
        )
