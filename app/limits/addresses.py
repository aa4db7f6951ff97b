"""Where a request comes from, as it is counted."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

from app.auth.callers import Caller

UNKNOWN = "unknown"
# What one subscriber gets (RFC 6177): each of its addresses counting for itself, a limit would bound nobody.
_V6_PREFIX = 64


def address_of(connection: HTTPConnection) -> str:
    """The caller's IPv4 address, or the /64 of its IPv6 address; `unknown` for anything else.

    What proxies say of it is settled before: only those of FOOTNOTED_TRUSTED_PROXIES are believed.
    """
    return UNKNOWN if connection.client is None else counted_address(connection.client.host)


def queue_of(caller: Caller, connection: HTTPConnection) -> str:
    """Whose turn a question takes where it must wait: of who signed in, of a key, else of an address.

    All who show nothing are one subject, and visitors' tokens are there for the asking.
    """
    if caller.kind in ("anonymous", "visitor"):
        return f"{caller.subject} {address_of(connection)}"
    return caller.subject


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
