"""Callers of an application whose conversations are in the database; the tests say what it is (`world`)."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from tests.support.serving import World, open_client


class StoredWorld(World):
    """An application whose conversations are in the database."""

    def build(self) -> FastAPI:
        return create_app(self.resources.settings, self.resources.open(), listens_on=None)


@pytest.fixture
async def me(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with a name."""
    async with open_client(world, token="local-token") as client:
        yield client


@pytest.fixture
async def anybody(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A caller without one, of another replica over the same database."""
    async with open_client(world) as client:
        yield client


async def ask_stored(client: httpx.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    """The answer to a question, as the chat endpoint gives it whole."""
    response = await client.post("/api/v1/chat", json={"question": question, "corpus": "docs", "stream": False, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body
