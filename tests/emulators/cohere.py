"""Cohere's v2 embed and rerank on loopback: wire format, limits and failures.

Sources: docs.cohere.com/reference/embed, .../rerank, .../errors. Vectors are hashed bags of words, the same for the
same text on every machine, so that retrieval over them finds things.

    python -m tests.emulators.cohere --port 8101
"""

import argparse
import asyncio
import contextlib
import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

from tests.emulators.server import Emulator, Exchange, Failure, serve_forever, words

API_KEY = "emulated-cohere-key"
VENDOR_TEXT = "trial key of org-8841 is limited, please wait and try again later"
KINDS = (
    "status",
    "garbage",
    "html",
    "error_body",
    "silence",
    "cut",
    "refuse",
    "too_few",
    "wrong_length",
    "not_a_number",
)

DIMENSIONS = {
    "embed-v4.0": (1536, 1024, 512, 256), "embed-english-v3.0": (1024,), "embed-multilingual-v3.0": (1024,),
    "embed-english-light-v3.0": (384,), "embed-multilingual-light-v3.0": (384,),
}  # fmt: skip
INPUT_TYPES = ("search_document", "search_query", "classification", "clustering", "image")
RERANK_MODELS = ("rerank-v3.5", "rerank-v4.0-pro", "rerank-v4.0-fast", "rerank-multilingual-v3.0")


class CohereEmulator(Emulator):
    """`POST /v2/embed` and `POST /v2/rerank`. `url` is what COHERE_BASE_URL wants."""

    def __init__(self, *, port: int = 0, seconds: float = 0.0) -> None:
        super().__init__(port=port)
        self.seconds = seconds
        self.at_once = 0
        self.most_at_once = 0

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.seconds:
                await exchange.pause(self.seconds)
            await self._answer(exchange, failure)
        finally:
            self.at_once -= 1

    async def _answer(self, exchange: Exchange, failure: Failure | None) -> None:
        request = exchange.request
        routes = {"/v2/embed": (_embed_problem, _embed), "/v2/rerank": (_rerank_problem, _rerank)}
        if request.method != "POST" or request.path not in routes:
            return await exchange.send_json({"message": "page not found"}, 404)
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return await exchange.send_json({"id": "e-1", "message": "invalid api token"}, 401)
        if failure is not None and await _fails(exchange, failure):
            return None
        problem, reply = routes[request.path]
        try:
            body = request.json()
            if message := problem(body):
                return await exchange.send_json({"id": "e-1", "message": f"invalid request: {message}"}, 400)
        except (ValueError, KeyError, TypeError, AttributeError):
            return await exchange.send_json({"id": "e-1", "message": "invalid request"}, 400)
        answer = reply(body)
        if failure is not None:
            _spoil(answer, failure.kind)
        # Compact, as the vendor sends it.
        return await exchange.send_body(
            json.dumps(answer, separators=(",", ":")).encode(), headers={"content-type": "application/json"}
        )


async def _fails(exchange: Exchange, failure: Failure) -> bool:
    match failure.kind:
        case "status":
            headers = {"retry-after": failure.retry_after} if failure.retry_after else {}
            await exchange.send_json({"id": "e-1", "message": VENDOR_TEXT}, failure.status, headers)
        case "garbage":
            await exchange.send_body(b"\x00\xff{{", headers={"content-type": "application/json"})
        case "html":
            await exchange.send_body(b"<html>busy</html>", headers={"content-type": "text/html"})
        case "error_body":
            await exchange.send_json({"id": "e-1", "message": VENDOR_TEXT})
        case "silence":
            await exchange.pause(None)
        case "cut":
            await exchange.start({"content-type": "application/json"})
            await exchange.send(b'{"embeddings": {"float": [[0.1')
            await asyncio.sleep(0.01)
            exchange.cut()
        case "refuse":
            exchange.cut()
        case _:
            return False
    return True


def _spoil(answer: dict[str, Any], kind: str) -> None:
    if "results" in answer:
        answer["results"] = [{"index": 10_000, "relevance_score": 1.0}]
    elif kind == "too_few":
        answer["embeddings"]["float"].pop()
    elif kind == "wrong_length":
        answer["embeddings"]["float"][0].pop()
    else:
        answer["embeddings"]["float"][0][0] = math.nan


def _embed_problem(body: dict[str, Any]) -> str | None:
    dimensions = DIMENSIONS.get(body["model"])
    texts = body["texts"]
    if dimensions is None:
        return f"model '{body['model']}' not found"
    if body.get("input_type") not in INPUT_TYPES:
        return "valid input_type must be provided with the provided model"
    if not 1 <= len(texts) <= 96 or not all(isinstance(text, str) for text in texts):
        return "at most 96 texts"
    if "output_dimension" in body and (len(dimensions) == 1 or body["output_dimension"] not in dimensions):
        return "output_dimension is not valid for this model"
    if body.get("embedding_types") != ["float"]:
        return "only float is emulated"
    return None


def _embed(body: dict[str, Any]) -> dict[str, Any]:
    dimension = body.get("output_dimension") or DIMENSIONS[body["model"]][0]
    tokens = sum(len(text) // 4 + 1 for text in body["texts"])
    return {
        "id": "emulated",
        "texts": body["texts"],
        "embeddings": {"float": [bag_of_words(text, dimension) for text in body["texts"]]},
        "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": tokens}},
        "response_type": "embeddings_by_type",
    }


def bag_of_words(text: str, dimension: int) -> list[float]:
    """A unit vector: each word adds to four places that its hash picks; a faint floor keeps the zero vector away."""
    vector = [1e-4] * dimension
    for word in words(text):
        weight = 1.0 if len(word) > 3 else 0.1
        for salt in range(4):
            place = zlib.crc32(f"{salt}{word}".encode())
            vector[place % dimension] += weight if place & 0x10000 else -weight
    norm = math.sqrt(sum(value * value for value in vector))
    return [round(value / norm, 9) for value in vector]


def _rerank_problem(body: dict[str, Any]) -> str | None:
    if body["model"] not in RERANK_MODELS:
        return f"model '{body['model']}' not found"
    if not body["query"].strip():
        return "query must not be empty or be only whitespace"
    if not body["documents"] or len(body["documents"]) > 1_000:
        return "list of documents must not be empty"
    return None


def _rerank(body: dict[str, Any]) -> dict[str, Any]:
    scores = [(relevance(body["query"], text), index) for index, text in enumerate(body["documents"])]
    best = sorted(scores, key=lambda item: (-item[0], item[1]))[: body.get("top_n") or len(scores)]
    return {
        "id": "emulated",
        "results": [{"index": index, "relevance_score": score} for score, index in best],
        "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": math.ceil(len(scores) / 100)}},
    }


def relevance(query: str, text: str) -> float:
    """The share of the query's longer words that the text has, 0 to 1."""
    asked: Sequence[str] = [word for word in words(query) if len(word) > 3]
    held = set(words(text))
    return round(sum(word in held for word in asked) / max(1, len(asked)), 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8101)
    parser.add_argument("--seconds", type=float, default=0.0, help="latency of each call")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_forever(CohereEmulator(port=options.port, seconds=options.seconds)))


if __name__ == "__main__":
    main()
