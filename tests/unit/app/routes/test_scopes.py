"""The scope of a question on every wire, over fakes."""

from typing import Any

import pytest

from pipelines.types import Filters, PageContext
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client

CHAT, COMPLETIONS, SEARCH = "/api/v1/chat", "/v1/chat/completions", "/api/v1/search"
PAGE = {"url": "https://e.org/a#b", "selected_text": "this"}
USER = {"role": "user", "parts": [{"type": "text", "text": "Why?"}]}
BODIES = [
    (CHAT, {"question": "Why?", "stream": False}),
    (CHAT, {"messages": [USER]}),
    (CHAT, {"messages": [USER], "id": "chat", "trigger": "submit-message"}),
    (COMPLETIONS, {"messages": [{"role": "user", "content": "Why?"}]}),
    (SEARCH, {"query": "Why?"}),
]


@pytest.mark.parametrize(("path", "body"), BODIES)
@pytest.mark.parametrize("scope", ["selection", "page", "section", "all"])
async def test_the_scope_reaches_the_engine(path: str, body: dict[str, Any], scope: str) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(path, json={**body, "scope": scope, "page": PAGE})
    assert response.status_code == 200
    if path == SEARCH:
        assert world.engine.scopes == [scope]
        return
    (question,) = world.engine.questions
    assert (question.scope, question.page) == (scope, PageContext("https://e.org/a#b", "this"))


@pytest.mark.parametrize(("path", "body"), BODIES)
async def test_the_filters_reach_the_engine(path: str, body: dict[str, Any]) -> None:
    world = build_world(answered_script())
    filters = {"version": [None, "1.0"], "locale": ["fr"], "path": ["/docs"], "tags": ["a"], "source_quality": ["book"]}
    async with open_client(world) as client:
        assert (await client.post(path, json={**body, "filters": filters})).status_code == 200
    asked = world.engine.searched_with[0] if path == SEARCH else world.engine.questions[0].filters
    assert asked == Filters(
        source_quality=("book",), versions=(None, "1.0"), locales=("fr",), paths=("/docs",), tags=("a",)
    )


@pytest.mark.parametrize(("path", "body"), BODIES)
@pytest.mark.parametrize(
    ("scoped", "field"),
    [
        ({"scope": "page"}, "page.url"),
        ({"scope": "section"}, "page.url"),
        ({"scope": "selection"}, "page.url"),
        ({"scope": "section", "page": {"url": "https://e.org/a"}}, "page.url"),
        ({"scope": "section", "page": {"url": "https://e.org/a#"}}, "page.url"),
        ({"scope": "selection", "page": {"url": "https://e.org/a"}}, "page.selected_text"),
        ({"scope": "selection", "page": {"url": "https://e.org/a", "selected_text": " \n"}}, "page.selected_text"),
        ({"scope": "chapter", "page": PAGE}, "scope"),
        ({"filters": {"version": "1.0"}}, "filters.version"),
        ({"filters": {"version": [""]}}, "filters.version.0"),
        ({"filters": {"locale": [7]}}, "filters.locale.0"),
        ({"filters": {"path": ["x" * 600]}}, "filters.path.0"),
        ({"filters": {"tags": ["a"] * 21}}, "filters.tags"),
        ({"filters": {"tag": ["a"]}}, "filters.tag"),
    ],
)
async def test_what_a_scope_lacks_is_named(path: str, body: dict[str, Any], scoped: dict[str, Any], field: str) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(path, json={**body, **scoped})
    assert response.status_code == (400 if path == COMPLETIONS else 422)
    problem = response.json().get("footnoted") or response.json()
    assert [one["field"] for one in problem["errors"]] == [field]
    assert (world.engine.questions, world.engine.searches) == ([], [])
