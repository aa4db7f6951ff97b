"""Requests as bytes, which no client library would send."""

import asyncio
from urllib.parse import urlsplit


async def send_raw(url: str, *lines: str, seconds: float = 30.0) -> str:
    """What a server at `url` answers to a request of these lines, until it closes the connection."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1"))
        async with asyncio.timeout(seconds):
            return (await reader.read()).decode()
    finally:
        writer.close()


async def status_of_hosts(url: str, *hosts: str, target: str = "/api/v1/health") -> int:
    """The status of a GET with a `Host` line for each of `hosts`."""
    answer = await send_raw(url, f"GET {target} HTTP/1.1", *(f"host: {host}" for host in hosts))
    return int(answer.split(" ", 2)[1])
