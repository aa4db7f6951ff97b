"""Where a request comes from, as it is counted."""

from starlette.requests import HTTPConnection

from app.auth.callers import Caller
from storage_config.host_names import UNKNOWN, counted_address


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
