"""The application as a whole: page, health, documentation of itself, unknown addresses."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

import app
from app.auth.callers import Caller
from app.schemas.health import HealthBody
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client, open_server

WEB = Path(app.__file__).parent / "web"


class _Page(HTMLParser):
    """What a page loads, and what it should not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.inline.append(name)
            if name in ("src", "href") and not (value or "").startswith("#"):
                self.loaded.append(value or "")

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.mark.parametrize("path", ["/", "/owner", "/shared"])
async def test_a_page_and_all_that_it_loads_are_local(path: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        page = await client.get(path)
        parsed = _Page()
        parsed.feed(page.text)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert parsed.inline == []
        assert len(parsed.loaded) == 3
        for address in parsed.loaded:
            assert address.startswith("/assets/")
            assert (await client.get(address)).status_code == 200


@pytest.mark.parametrize("path", sorted(WEB.glob("*.mjs")), ids=lambda path: path.name)
def test_a_script_loads_only_scripts_that_are_there_and_makes_no_markup(path: Path) -> None:
    source = path.read_text()
    for name in re.findall(r'from "\./([^"]+)"', source):
        assert (WEB / name).is_file()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", source)
    assert not re.search(r"https?://(?!www\.w3\.org)", source)


@pytest.mark.parametrize(
    "path", ["/assets/../main.py", "/assets/%2e%2e/main.py", "/assets/nothing.js", "/api/v1/nothing"]
)
async def test_an_unknown_address_is_a_problem(path: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:footnoted:problem:not-found"


async def test_another_method_is_a_problem_that_says_which() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.get("/api/v1/chat")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["type"] == "urn:footnoted:problem:method-not-allowed"


async def test_assets_say_which_methods_they_have() -> None:
    async with open_client(build_world(answered_script())) as client:
        response = await client.post("/assets/chat.css")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/assets/chat.css"])
async def test_what_can_be_got_has_a_head(path: str) -> None:
    async with open_server(build_world(answered_script())) as url, httpx.AsyncClient(base_url=url) as client:
        got, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_health_touches_nothing() -> None:
    world = build_world(answered_script(), answered_script())
    async with open_client(world) as client:
        checks = world.resources.checks
        bodies = [HealthBody.model_validate((await client.get("/api/v1/health")).json()) for _ in range(3)]
    assert world.resources.checks == checks == 1  # the one at start-up
    assert bodies[0].status == "ok"
    assert bodies[0].corpora == ["docs", "docs2"]
    assert bodies[0].dependencies["database"].latency_ms == 1.5


async def test_a_full_disk_is_told_as_soon_as_it_is_full_and_as_soon_as_it_is_not() -> None:
    world = build_world(answered_script())
    seen = []
    async with open_client(world) as client:
        for disk in ((True, 0.1, ""), (False, 0.1, "DiskFull"), (True, 0.1, "")):
            world.resources.disk = disk
            seen.append(HealthBody.model_validate((await client.get("/api/v1/health")).json()))
    assert [body.status for body in seen] == ["ok", "degraded", "ok"]
    assert seen[1].dependencies["disk"].detail == "DiskFull"


async def test_deep_health_probes_each_dependency_now() -> None:
    world = build_world(answered_script())
    async with open_client(world, token="local-token") as client:
        well = await client.get("/api/v1/health", params={"deep": 1})
        world.resources.probes["vectors"] = (False, 3.0, "no answer")
        ill = await client.get("/api/v1/health", params={"deep": 1})
        afterwards = await client.get("/api/v1/health")
    assert (well.status_code, well.json()["status"]) == (200, "ok")
    assert (ill.status_code, ill.json()["status"]) == (503, "degraded")
    assert ill.headers["retry-after"] == "5"
    assert ill.json()["dependencies"]["vectors"]["detail"] == "no answer"
    assert afterwards.status_code == 200
    assert afterwards.json()["dependencies"]["vectors"]["ok"] is False


async def test_deep_health_leaves_out_what_the_budget_does_not_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    paid = "embedding cohere/embed-v4.0"
    world = build_world(
        answered_script(), paid_probes=(paid,), settings=Settings(_env_file=None, daily_llm_calls={"api_key": 1})
    )
    world.resources.probes[paid] = (True, 20.0, "")
    writer = Caller("key:1", "writer", "api_key")

    async def asks(*_: object) -> Caller:
        return writer

    monkeypatch.setattr("app.routes.health.read_caller", asks)
    async with open_client(world) as client:
        carried = await client.get("/api/v1/health", params={"deep": 1})
        world.resources.probes["vectors"] = (False, 3.0, "no answer")
        left_out = await client.get("/api/v1/health", params={"deep": 1})
        world.resources.probes["vectors"] = (True, 3.0, "")
        well = await client.get("/api/v1/health", params={"deep": 1})
    assert (carried.status_code, carried.json()["not_probed"]) == (200, [])
    assert (left_out.status_code, left_out.json()["not_probed"]) == (503, [paid])
    observed = [response.json()["dependencies"][paid]["observed_at"] for response in (carried, left_out)]
    assert observed[0] == observed[1]
    assert (well.status_code, well.json()["status"], well.json()["not_probed"]) == (200, "ok", [paid])


@pytest.mark.parametrize(
    ("credential", "status"),
    [(None, 401), ("Bearer other", 401), ("Basic local-token", 401), ("bearer local-token", 200)],
)
async def test_deep_health_is_for_writers(credential: str | None, status: int) -> None:
    world = build_world(answered_script())
    headers = {"authorization": credential} if credential else {}
    async with open_client(world) as client:
        deep = await client.get("/api/v1/health", params={"deep": 1}, headers=headers)
        assert deep.status_code == status
        assert (await client.get("/api/v1/health")).status_code == 200
    assert world.resources.checks == (2 if status == 200 else 1)
    assert (deep.headers.get("www-authenticate") == "Bearer") is (status == 401)


async def test_the_application_documents_itself() -> None:
    async with open_client(build_world(answered_script())) as client:
        document: dict[str, Any] = (await client.get("/api/v1/openapi.json")).json()
    chat = document["paths"]["/api/v1/chat"]["post"]
    assert {"200", "404", "409", "413", "422", "503"} <= set(chat["responses"])
    assert set(chat["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert chat["responses"]["422"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/ProblemBody")
    assert "/" not in document["paths"]


async def test_open_records_are_awaited_at_the_end() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post("/api/v1/chat", json={"question": "Why?"})
    assert response.status_code == 200
    assert len(world.conversations.all) == 1


async def test_a_body_of_another_type_is_told_to_be_json() -> None:
    async with open_client(build_world(answered_script())) as client:
        plain = await client.post("/api/v1/chat", content=b'{"question": "x"}', headers={"content-type": "text/plain"})
        broken = await client.post("/api/v1/chat", content=b"{", headers={"content-type": "application/json"})
    assert plain.status_code == broken.status_code == 422
    assert plain.json()["errors"] == [
        {"field": "body", "message": "must be JSON, with content-type: application/json, not text/plain"}
    ]
    assert broken.json()["errors"] == [{"field": "body", "message": "must be valid JSON"}]


async def test_patterns_are_made_beside_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []
    monkeypatch.setattr(app.main, "_PATTERNS", [lambda: made.append(True)])
    async with open_server(build_world(answered_script())):
        pass
    assert made == [True]
