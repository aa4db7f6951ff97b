"""Which names a server answers to: a page of any site may have its own name lead to this machine (DNS rebinding)."""

from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Problem, problem_of_status
from storage_config.host_names import is_loopback, plain_host, read_host
from storage_config.settings import Settings

# A stranger may send any number of names: so many are told, for who forgot to name one.
_MAX_TOLD = 20
_log = structlog.get_logger(__name__)


class PeerMiddleware:
    """ASGI middleware that remembers who connected, before what proxies say of it is believed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["peer"] = scope.get("client")
        await self._app(scope, receive, send)


class HostGuard:
    """ASGI middleware. A request names one host (else 400), and one that is ours (else 421, RFC 9110, 15.5.20).

    Ours are loopback names, where the server listens, FOOTNOTED_HOSTS, and whatever a trusted proxy passes on. Without
    FOOTNOTED_HOSTS a server that listens for other machines answers to every name.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, *, listens_on: str, refuse: Callable[[Request, Problem], Response]
    ) -> None:
        self._app = app
        self._refuse = refuse
        own = plain_host(listens_on)
        self._hosts = frozenset((*settings.hosts, own) if own is not None else settings.hosts)
        self._any = not settings.hosts and not is_loopback(listens_on)
        self._proxies = [ip_network(proxy) for proxy in settings.trusted_proxies]
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] == "http" and (status := self._status_of(scope)) is not None:
            response = self._refuse(Request(scope), problem_of_status(status))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _status_of(self, scope: Scope) -> int | None:
        """That of a refusal."""
        names = Headers(scope=scope).getlist("host")
        if len(names) != 1:
            return 400
        host = read_host(names[0])
        if host is None and names[0]:
            return 400
        if self._any or self._is_passed_on(scope) or (host is not None and (host in self._hosts or is_loopback(host))):
            return None
        self._tell(host or "")
        return 421

    def _tell(self, host: str) -> None:
        if host not in self._told and len(self._told) < _MAX_TOLD:
            self._told.add(host)
            _log.warning("unknown_host", host=host, variable="FOOTNOTED_HOSTS")

    def _is_passed_on(self, scope: Scope) -> bool:
        peer: Sequence[str] | None = scope.get("state", {}).get("peer") or scope.get("client")
        try:
            address = ip_address(peer[0]) if peer else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)
