"""Where a request comes from, as it is counted."""

import pytest
from starlette.requests import HTTPConnection

from app.limits.addresses import address_of
from storage_config.host_names import counted_address
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world, open_client


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
        ("192.0.2.7\nX: y", "unknown"),
    ],
)
def test_an_address_is_counted_by_its_subscriber(host: str, counted: str) -> None:
    assert counted_address(host) == counted


def test_without_a_peer_it_is_unknown() -> None:
    assert address_of(HTTPConnection({"type": "http", "client": None, "headers": []})) == "unknown"


def _world(**changes: object) -> World:
    return build_world(
        answered_script(),
        settings=Settings(_env_file=None, read_rate_address="2/hour", **changes),  # type: ignore[arg-type]
    )


async def test_a_stranger_cannot_be_somebody_else() -> None:
    async with open_client(_world(), host="192.0.2.1") as client:
        statuses = [
            (await client.get("/v1/models", headers={"x-forwarded-for": f"198.51.100.{n}"})).status_code
            for n in range(3)
        ]
    assert statuses == [200, 200, 429]


async def test_a_proxy_that_is_trusted_tells_who_called() -> None:
    world = _world(trusted_proxies=("192.0.2.0/24",))
    async with open_client(world, host="192.0.2.1") as client:
        told = ["198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.1", "198.51.100.1, 192.0.2.9"]
        statuses = [(await client.get("/v1/models", headers={"x-forwarded-for": one})).status_code for one in told]
    # What the client put before is ignored, and further trusted proxies are passed over.
    assert statuses == [200, 200, 200, 429]


async def test_addresses_of_one_network_share_its_limit() -> None:
    world = _world(trusted_proxies=("192.0.2.1",))
    async with open_client(world, host="192.0.2.1") as client:
        statuses = [
            (await client.get("/v1/models", headers={"x-forwarded-for": f"2001:db8::{n:x}"})).status_code
            for n in range(1, 4)
        ]
    assert statuses == [200, 200, 429]
