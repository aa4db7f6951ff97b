"""Names and addresses of hosts, in the one form in which they are compared."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

UNKNOWN = "unknown"
# What one subscriber gets (RFC 6177): each of its addresses counting for itself, a limit would bound nobody.
_V6_PREFIX = 64
_PORT = re.compile(r":\d*")
# What browsers send: other scripts than Latin come as Punycode (`xn--…`). Underscores are in some internal names.
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_MAX_NAME = 253


def read_host(named: str) -> str | None:
    """The host of a `Host` field or of a url's authority, without its port; None where that is no host.

    Upper case, the dot of a fully qualified name and the brackets of IPv6 go; an IPv4 address inside an IPv6 one
    (RFC 4291, 2.5.5.2) is that IPv4 address.
    """
    if named.startswith("["):
        address, bracket, port = named[1:].partition("]")
        return _read_address(address, 6) if bracket and (not port or _PORT.fullmatch(port)) else None
    name, colon, port = named.partition(":")
    if colon and not _PORT.fullmatch(colon + port):
        return None
    return plain_host(name)


def plain_host(host: str) -> str | None:
    """A host that stands alone, an IPv6 address with brackets or without, in that form; None where it is no host."""
    if ":" in host:
        inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        return _read_address(inner, 6)
    name = host.lower().removesuffix(".")
    if (address := _read_address(name, 4)) is not None:
        return address
    return name if len(name) <= _MAX_NAME and _NAME.fullmatch(name) else None


def is_loopback(host: str) -> bool:
    """Whether a host, without port, means this machine only."""
    plain = plain_host(host)
    if plain is None:
        return False
    try:
        return ip_address(plain).is_loopback
    except ValueError:
        return plain == "localhost"


@lru_cache(maxsize=4096)
def counted_address(host: str) -> str:
    """The address, or network, that requests from `host` are counted by."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _V6_PREFIX), strict=False))


def _read_address(text: str, version: int) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if address.version != version:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
