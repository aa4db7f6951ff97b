"""How many connections an address may have open, and how long one may take nothing of what is written to it."""

from collections import Counter
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from storage_config.host_names import UNKNOWN, counted_address, is_loopback
from storage_config.settings import Settings

_DEFAULT_PER_ADDRESS = 500


@dataclass(slots=True)
class ConnectionBounds:
    """Of one process. This machine itself, and the `proxies`, which connect for all of their readers, are not bounded.

    A connection ends after `stalled_seconds` in which its client took nothing of what waits for it.
    """

    per_address: int = _DEFAULT_PER_ADDRESS
    proxies: tuple[str, ...] = ()
    stalled_seconds: float = 30.0
    _open: Counter[str] = field(default_factory=Counter)

    @classmethod
    def from_settings(cls, settings: Settings) -> "ConnectionBounds":
        """As the environment says."""
        return cls(settings.max_connections_address, settings.trusted_proxies)

    def enter(self, host: str) -> str | None:
        """What the connection from `host` is counted by until `leave`; None where it is one too many."""
        key = "" if self._is_free(host) else counted_address(host)
        if key and self._open[key] >= self.per_address:
            return None
        self._open[key] += 1
        return key

    def leave(self, key: str) -> None:
        """The connection is gone."""
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    def _is_free(self, host: str) -> bool:
        if is_loopback(host) or counted_address(host) == UNKNOWN:  # such as a socket of this machine's file system
            return True
        address = ip_address(host.partition("%")[0])
        return any(address in ip_network(proxy) for proxy in self.proxies)
