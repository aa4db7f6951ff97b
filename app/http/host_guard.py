"""Which names a server answers to: a page of any site may have its own name lead to this machine (DNS rebinding)."""

import json
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import PROBLEM_MEDIA_TYPE, problem_of_status
from storage_config.auth_settings import is_loopback
from storage_config.settings import Settings


class HostGuard:
    """ASGI wrapper. A request names one host (else 400), and one that is ours (else 421, RFC 9110, 15.5.20).

    Ours are those of FOOTNOTED_HOSTS, loopback names, and whatever a trusted proxy passes on. Without FOOTNOTED_HOSTS a
    server that listens for other machines answers to every name.
    """

    def __init__(self, app: ASGIApp, settings: Settings, *, listens_on: str) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in settings.hosts)
        self._any = not self._hosts and not is_loopback(listens_on)
        self._proxies = [ip_network(proxy) for proxy in settings.trusted_proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        names = Headers(scope=scope).getlist("host")
        if len(names) != 1:
            await _refuse(400, send)
        elif self._any or self._is_ours(names[0]) or self._is_passed_on(scope):
            await self._app(scope, receive, send)
        else:
            await _refuse(421, send)

    def _is_ours(self, named: str) -> bool:
        host = _without_port(named).lower()
        return host in self._hosts or is_loopback(host)

    def _is_passed_on(self, scope: Scope) -> bool:
        client: Sequence[str] | None = scope.get("client")
        try:
            address = ip_address(client[0]) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)


def _without_port(named: str) -> str:
    """`docs.example:80` and `[::1]:80` without their ports."""
    host, colon, port = named.rpartition(":")
    return host if colon and port.isdecimal() and (":" not in host or host.endswith("]")) else named


async def _refuse(status: int, send: Send) -> None:
    body = json.dumps(problem_of_status(status).body()).encode()
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
