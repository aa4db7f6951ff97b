"""What every response is wrapped in."""

from collections.abc import AsyncIterator

import pytest

from app.http.request_body import MAX_CONVERSATION_BYTES
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client


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


@pytest.mark.parametrize("path", ["/", "/assets/answer.mjs", "/api/v1/health", "/nothing", "/v1/models"])
async def test_every_response_has_the_security_headers(path: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert ("no-store" in headers.get("cache-control", "")) is path.startswith(("/api", "/v1", "/nothing"))


async def test_a_body_that_says_it_is_too_large_is_refused() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", content=b" " * (MAX_CONVERSATION_BYTES + 1), headers=_json())
    assert response.status_code == 413
    assert response.json()["type"] == "urn:footnoted:problem:body-too-large"


async def test_a_body_that_turns_out_too_large_is_refused() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_CONVERSATION_BYTES // 65_536 + 1):
            yield b" " * 65_536

    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", content=chunks(), headers=_json())
    assert response.status_code == 413


async def test_a_large_body_within_the_bound_is_read() -> None:
    body = b'{"question": "Why?", "stream": false}'
    async with open_client(build_world(answered_script())) as client:
        response = await client.post(
            "/api/v1/chat", content=body + b" " * (MAX_CONVERSATION_BYTES - 100), headers=_json()
        )
    assert response.status_code == 200


def _json() -> dict[str, str]:
    return {"content-type": "application/json"}


async def test_an_answer_that_streams_is_not_kept_either() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/api/v1/chat", json={"question": "Why?"})
    assert response.headers["cache-control"] == "no-cache, no-transform, no-store"


async def test_by_https_it_stays_https() -> None:
    behind = Settings(_env_file=None, trusted_proxies=("127.0.0.1",))
    async with open_client(build_world(answered_script(), settings=behind)) as client:
        by_https = await client.get("/api/v1/health", headers={"x-forwarded-proto": "https"})
        by_http = await client.get("/api/v1/health")
    async with open_client(build_world(answered_script())) as client:
        pretended = await client.get("/api/v1/health", headers={"x-forwarded-proto": "https"})
    assert by_https.headers["strict-transport-security"] == "max-age=63072000"
    assert "strict-transport-security" not in by_http.headers
    assert "strict-transport-security" not in pretended.headers


@pytest.mark.parametrize("path", ["/api/v1/chat", "/v1/chat/completions"])
async def test_a_failure_of_ours_has_all_headers_too(path: str) -> None:
    settings = Settings(_env_file=None, allowed_origins=("https://docs.example",))
    body = {"question": "Why?"} if "api" in path else {"model": "docs", "messages": [{"role": "user", "content": "W"}]}
    async with open_client(build_world([ZeroDivisionError("x")], settings=settings)) as client:
        response = await client.post(path, json=body, headers={"origin": "https://docs.example"})
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == "https://docs.example"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://docs.example", True),
        ("https://docs.example.evil.example", False),
        ("http://docs.example", False),
        ("https://sub.docs.example", False),
        ("null", False),
    ],
)
async def test_only_pages_of_the_named_sites_may_read(origin: str, allowed: bool) -> None:
    settings = Settings(_env_file=None, allowed_origins=("https://docs.example",))
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    async with open_client(build_world(answered_script(), settings=settings)) as client:
        preflight = await client.options("/api/v1/chat", headers=asked)
        answer = await client.post("/api/v1/chat", json={"question": "Why?"}, headers={"origin": origin})
    assert (preflight.status_code == 200) is allowed
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    if allowed:
        assert "server-timing" in answer.headers["access-control-expose-headers"]
        assert answer.headers["access-control-allow-credentials"] == "true"


async def test_without_named_sites_no_other_page_may_read() -> None:
    async with open_client(build_world(answered_script())) as client:
        answer = await client.get("/v1/models", headers={"origin": "https://docs.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("stream", [True, False])
async def test_the_stages_are_told_on_every_answer(stream: bool) -> None:
    async with open_client(build_world(answered_script())) as client:
        native = await client.post("/api/v1/chat", json={"question": "Why?", "stream": stream})
        body = {"model": "docs", "messages": [{"role": "user", "content": "Why?"}], "stream": stream}
        openai = await client.post("/v1/chat/completions", json=body)
    for answer in (native, openai):
        stages = {stage.partition(";")[0] for stage in answer.headers["server-timing"].split(", ")}
        assert {"embed", "search", "history", "retrieval"} <= stages
