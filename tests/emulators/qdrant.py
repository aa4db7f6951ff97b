"""A Qdrant server's REST on loopback, over the embedded engine: real search behind the real client, and failures.

Source of the wire format: api.qdrant.tech. What is not here answers 501 and says so.

    python -m tests.emulators.qdrant --port 6333
"""

import argparse
import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import qdrant_edge as edge
from qdrant_client import models

from tests.emulators.qdrant_filters import Refused, edge_filter
from tests.emulators.server import Emulator, Exchange, Failure, serve_forever

Body = dict[str, Any]
DISTANCES = {"Cosine": edge.Distance.Cosine, "Dot": edge.Distance.Dot, "Euclid": edge.Distance.Euclid}
VENDOR_TEXT = "Service internal error: node 10.0.4.7 is out of disk"
KINDS = ("status", "garbage", "silence", "cut", "refuse")


@dataclass(slots=True)
class Collection:
    """A shard, what it was made from, and its payload indexes."""

    shard: edge.EdgeShard
    created: Body
    indexes: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        self.shard.close()


class QdrantEmulator(Emulator):
    """`url` is what QDRANT_URL wants. With an `api_key`, requests without it are refused."""

    def __init__(self, *, port: int = 0, api_key: str | None = None) -> None:
        super().__init__(port=port)
        self.collections: dict[str, Collection] = {}
        self._api_key = api_key
        self._folder = Path()

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="qdrant-", dir=memory_folder()))
        return await super().__aenter__()

    async def __aexit__(self, *details: object) -> None:
        await super().__aexit__(*details)
        for collection in self.collections.values():
            collection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def calls_to(self, path_end: str) -> int:
        """How many requests went to a path that ends so, without its query."""
        return sum(request.path.partition("?")[0].endswith(path_end) for request in self.received)

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        if failure is not None and await _fails(exchange, failure):
            return
        request = exchange.request
        if self._api_key is not None and request.headers.get("api-key") != self._api_key:
            await exchange.send_json({"status": {"error": "Must provide an API key"}, "time": 0.0}, 401)
            return
        try:
            body = request.json() if request.body else {}
            result = self._route(request.method, request.path.partition("?")[0], body)
        except Refused as error:
            await exchange.send_json({"status": {"error": str(error)}, "time": 0.0}, error.status)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            await exchange.send_json({"status": {"error": f"Format error in JSON body: {error}"}, "time": 0.0}, 400)
        except Exception as error:
            await exchange.send_json({"status": {"error": f"Wrong input: {error}"}, "time": 0.0}, 400)
        else:
            await exchange.send_json({"result": result, "status": "ok", "time": 0.0})

    def _route(self, method: str, path: str, body: Body) -> Any:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts == ["collections"] and method == "GET":
            return {"collections": [{"name": name} for name in self.collections]}
        if parts[0] == "collections" and len(parts) == 2:
            return self._collection_route(method, parts[1], body)
        if parts[0] == "collections" and parts[2:] == ["exists"] and method == "GET":
            return {"exists": parts[1] in self.collections}
        if parts[0] == "collections" and len(parts) > 2 and (work := WORK.get((method, "/".join(parts[2:])))):
            return work(self._found(parts[1]), body)
        raise Refused(501, f"{method} {path} is not emulated")

    def _collection_route(self, method: str, name: str, body: Body) -> Any:
        match method:
            case "GET":
                return _info(self._found(name))
            case "PUT":
                return self._create(name, body)
            case "DELETE":
                found = self.collections.pop(name, None)
                if found is not None:
                    found.close()
                return found is not None
        raise Refused(501, f"{method} of a collection is not emulated")

    def _found(self, name: str) -> Collection:
        if name not in self.collections:
            raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
        return self.collections[name]

    def _create(self, name: str, body: Body) -> bool:
        if name in self.collections:
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        dense = {
            key: edge.EdgeVectorParams(size=given["size"], distance=DISTANCES[given["distance"]])
            for key, given in body["vectors"].items()
        }
        sparse = {
            key: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf if given.get("modifier") == "idf" else None)
            for key, given in (body.get("sparse_vectors") or {}).items()
        }
        folder = tempfile.mkdtemp(dir=self._folder)
        config = edge.EdgeConfig(vectors=dense, sparse_vectors=sparse)
        self.collections[name] = Collection(edge.EdgeShard.create(folder, config), body)
        return True


def memory_folder() -> Path | None:
    """A folder in memory where the system has one: making a shard waits for the disk a dozen times. None elsewhere."""
    folder = Path("/dev/shm")
    return folder if os.access(folder, os.W_OK) else None


def _create_index(collection: Collection, body: Body) -> Body:
    schema = body["field_schema"]
    kinds = {"keyword": edge.PayloadSchemaType.Keyword, "integer": edge.PayloadSchemaType.Integer}
    if schema not in kinds:
        raise Refused(501, f"an index of {schema} is not emulated")
    collection.shard.update(edge.UpdateOperation.create_field_index(body["field_name"], kinds[schema]))
    collection.indexes[body["field_name"]] = schema
    return _done()


def _upsert(collection: Collection, body: Body) -> Body:
    if "points" not in body:
        raise Refused(501, "only a list of points is emulated")
    points = [edge.Point(p["id"], _vectors(p["vector"]), p.get("payload")) for p in body["points"]]
    collection.shard.update(edge.UpdateOperation.upsert_points(points))
    return _done()


def _delete(collection: Collection, body: Body) -> Body:
    if "points" in body:
        collection.shard.update(edge.UpdateOperation.delete_points(body["points"]))
    else:
        collection.shard.update(
            edge.UpdateOperation.delete_points_by_filter(edge_filter(models.Filter.model_validate(body["filter"])))
        )
    return _done()


def _overwrite_payload(collection: Collection, body: Body) -> Body:
    collection.shard.update(edge.UpdateOperation.overwrite_payload(body["points"], body["payload"]))
    return _done()


def _batch(collection: Collection, body: Body) -> list[Body]:
    kinds = {"upsert": _upsert, "delete": _delete, "overwrite_payload": _overwrite_payload}
    done = []
    for operation in body["operations"]:
        ((kind, given),) = operation.items()
        if kind not in kinds:
            raise Refused(501, f"{kind} in a batch is not emulated")
        done.append(kinds[kind](collection, given))
    return done


def _retrieve(collection: Collection, body: Body) -> list[Body]:
    records = collection.shard.retrieve(body["ids"], body.get("with_payload", True), body.get("with_vector", False))
    return [_record(record) for record in records]


def _scroll(collection: Collection, body: Body) -> Body:
    request = edge.ScrollRequest(
        offset=body.get("offset"),
        limit=body.get("limit", 10),
        filter=_filter(body.get("filter")),
        with_payload=body.get("with_payload", True),
    )
    records, following = collection.shard.scroll(request)
    return {"points": [_record(r) for r in records], "next_page_offset": None if following is None else str(following)}


def _count(collection: Collection, body: Body) -> Body:
    return {"count": collection.shard.count(edge.CountRequest(filter=_filter(body.get("filter"))))}


def _query(collection: Collection, body: Body) -> Body:
    return _query_batch(collection, {"searches": [body]})[0]


def _query_batch(collection: Collection, body: Body) -> list[Body]:
    answers = collection.shard.query_batch(edge.QueryBatchRequest([_query_request(one) for one in body["searches"]]))
    return [{"points": [_scored(point) for point in answer]} for answer in answers]


def _query_request(given: Body) -> edge.QueryRequest:
    asked = given["query"]
    if given.get("prefetch") or (isinstance(asked, dict) and "indices" not in asked and "nearest" not in asked):
        raise Refused(501, "only the nearest points to a vector are emulated")
    vector = asked["nearest"] if isinstance(asked, dict) and "nearest" in asked else asked
    if isinstance(vector, dict) and not vector["indices"]:
        raise Refused(422, "Validation error in JSON body: sparse vector is empty")
    return edge.QueryRequest(
        limit=given.get("limit", 10),
        query=edge.Query.Nearest(_vector(vector), given.get("using")),
        filter=_filter(given.get("filter")),
        with_payload=given.get("with_payload", False),
    )


def _vector(given: Any) -> Any:
    return edge.SparseVector(given["indices"], given["values"]) if isinstance(given, dict) else given


def _vectors(given: Body) -> Any:
    return {name: _vector(one) for name, one in given.items()}


def _filter(given: Body | None) -> edge.Filter | None:
    return None if given is None else edge_filter(models.Filter.model_validate(given))


def _record(record: edge.Record) -> Body:
    return {"id": str(record.id), "payload": record.payload, "vector": None}


def _scored(point: edge.ScoredPoint) -> Body:
    return {"id": str(point.id), "version": point.version, "score": point.score, "payload": point.payload}


def _done() -> Body:
    return {"operation_id": 0, "status": "completed"}


def _info(collection: Collection) -> Body:
    info = collection.shard.info()
    created = collection.created
    return {
        "status": "green",
        "optimizer_status": "ok",
        "points_count": info.points_count,
        "indexed_vectors_count": info.indexed_vectors_count,
        "segments_count": info.segments_count,
        "config": {
            "params": {"vectors": created["vectors"], "sparse_vectors": created.get("sparse_vectors")},
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
        },
        "payload_schema": {
            name: {"data_type": schema, "points": info.points_count} for name, schema in collection.indexes.items()
        },
    }


async def _fails(exchange: Exchange, failure: Failure) -> bool:
    match failure.kind:
        case "status":
            headers = {"retry-after": failure.retry_after} if failure.retry_after else {}
            await exchange.send_json({"status": {"error": VENDOR_TEXT}, "time": 0.0}, failure.status, headers)
        case "garbage":
            await exchange.send_body(b"\x00\xff{{", headers={"content-type": "application/json"})
        case "silence":
            await exchange.pause(None)
        case "cut":
            await exchange.start({"content-type": "application/json"})
            await exchange.send(b'{"result": [{"points": [{"id": "')
            await asyncio.sleep(0.01)
            exchange.cut()
        case "refuse":
            exchange.cut()
        case _:
            return False
    return True


WORK: dict[tuple[str, str], Callable[[Collection, Body], Any]] = {
    ("PUT", "index"): _create_index,
    ("PUT", "points"): _upsert,
    ("POST", "points"): _retrieve,
    ("POST", "points/delete"): _delete,
    ("PUT", "points/payload"): _overwrite_payload,
    ("POST", "points/batch"): _batch,
    ("POST", "points/scroll"): _scroll,
    ("POST", "points/count"): _count,
    ("POST", "points/query"): _query,
    ("POST", "points/query/batch"): _query_batch,
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=6333)
    parser.add_argument("--api-key")
    given = parser.parse_args()
    asyncio.run(serve_forever(QdrantEmulator(port=given.port, api_key=given.api_key)))
