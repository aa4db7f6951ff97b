"""`footnoted openapi`: the API's document, for clients that are generated from it."""

import json
from typing import Any

from app.main import create_app
from pipelines.bootstrap import open_resources
from storage_config.settings import Settings


def build_document() -> dict[str, Any]:
    """The document; nothing is opened, and no setting changes it."""
    return create_app(Settings(_env_file=None), open_resources).openapi()


def dump_document(document: dict[str, Any]) -> str:
    """As it is kept in `docs/openapi.json`."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
