"""`footnoted openapi`: the API's document, for clients that are generated from it."""

import json
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from storage_config.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pipelines.bootstrap import Resources


def openapi() -> None:
    """Print the API's OpenAPI document."""
    sys.stdout.write(dump_document(build_document()))


def build_document() -> dict[str, Any]:
    """The document; nothing is opened, and no setting changes it."""
    from app.main import create_app

    return create_app(Settings(_env_file=None), _open_nothing, listens_on=None).openapi()


def dump_document(document: dict[str, Any]) -> str:
    """As it is kept in `docs/openapi.json`."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@asynccontextmanager
async def _open_nothing(settings: Settings) -> "AsyncIterator[Resources]":
    """An application that is only asked what it looks like is never started."""
    raise AssertionError("a document needs no resources")
    yield
