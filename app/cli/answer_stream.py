"""An answer that a server streams (AI SDK UI message stream v1), put together again."""

import json
from typing import Any

from app.cli.outcomes import read_problem
from app.schemas.answers import AnswerBody


class StreamedAnswer:
    """Takes the stream's parts as they come. Parts that it does not know are passed over, as the protocol wants."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._claims: dict[str, Any] = {}
        self._members: dict[str, Any] = {"sources": [], "closest": []}

    def take(self, part: dict[str, Any]) -> str:
        """The text that the part adds, mostly none. Raises ServerRefused for the problem of an `error` part."""
        kind = part.get("type")
        if kind == "text-delta":
            self._texts.append(part["delta"])
            return str(part["delta"])
        if kind == "error":
            raise read_problem(json.loads(part["errorText"]))
        if kind == "start":
            self._members["id"] = part["messageId"]
        elif kind == "data-claim":
            self._claims[part["id"]] = part["data"]
        elif kind == "data-sources":
            self._members["sources"] = part["data"]
        elif kind == "data-refusal":
            self._members["closest"] = part["data"]["closest"]
        elif kind == "message-metadata":
            self._members |= {name: value for name, value in part["messageMetadata"].items() if name != "corpus"}
        return ""

    def answer(self) -> AnswerBody:
        """The answer, once the stream has ended. Raises ValueError where a part is missing."""
        claims = sorted(self._claims.values(), key=lambda claim: claim["start"])
        return AnswerBody.model_validate({**self._members, "text": "".join(self._texts), "claims": claims})
