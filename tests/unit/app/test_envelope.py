"""What every response is wrapped in."""

from collections.abc import AsyncIterator

import pytest

from app.request_body import MAX_BODY_BYTES
from tests.fakes import answered_script
from tests.serving import build_world, open_client


@pytest.mark.parametrize("given", ["abc-123_X.y", "a" * 64])
async def test_a_request_id_of_the_client_is_kept(given: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.get("/api/v1/health", headers={"x-request-id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "a/b", "a\x7f"])
async def test_another_request_id_is_replaced(given: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.get("/nothing", headers={"x-request-id": given})
    assert len(response.headers["x-request-id"]) == 36
    assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/assets/chat.mjs", "/api/v1/health", "/nothing"])
async def test_every_response_has_the_security_headers(path: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_a_body_that_says_it_is_too_large_is_refused() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", content=b" " * (MAX_BODY_BYTES + 1), headers=_json())
    assert response.status_code == 413
    assert response.json()["type"] == "urn:footnoted:problem:body-too-large"


async def test_a_body_that_turns_out_too_large_is_refused() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", content=chunks(), headers=_json())
    assert response.status_code == 413


async def test_a_large_body_within_the_bound_is_read() -> None:
    body = b'{"question": "Why?", "stream": false}'
    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", content=body + b" " * (MAX_BODY_BYTES - 100), headers=_json())
    assert response.status_code == 200


def _json() -> dict[str, str]:
    return {"content-type": "application/json"}
