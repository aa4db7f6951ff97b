"""Cohere: embeddings as a LlamaIndex embedding, reranking as a LlamaIndex postprocessor.

Both post JSON themselves (https://docs.cohere.com/reference/embed, .../rerank): the SDK's models cost many times the
CPU of reading the answer, and its retries multiply with LlamaIndex's. Retries, timers and circuits are ours.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import httpx
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from llama_index.embeddings.cohere import CohereEmbedding

from pipelines.errors import VendorBroken
from pipelines.providers.circuit import Circuit
from pipelines.providers.cohere_dimensions import DIMENSIONS, MAX_BATCH
from pipelines.providers.vendor_calls import JsonCall, Patience, RetryPolicy, bearer, build_http_client, post_json

VENDOR = "cohere"
DEFAULT_BASE_URL = "https://api.cohere.com"
MAX_DOCUMENTS = 1_000  # documents in one rerank call, Cohere's advice

# A reader waits for a query, nobody for an ingestion: its batches may outwait a limited rate of calls per minute.
READER_PATIENCE = Patience(5, 8, RetryPolicy(attempts=2, first_delay=0.1, max_delay=0.5, max_retry_after=1))
INGESTION_PATIENCE = Patience(60, 300, RetryPolicy(attempts=6, first_delay=1, max_delay=30, max_retry_after=90))


class CohereEmbedModel(CohereEmbedding):
    """LlamaIndex's CohereEmbedding with calls of our own; float embeddings, `len(texts)` by `dimension`.

    Queries and documents go out with their own input type, each with its own circuit and patience. Any model name is
    taken. Raises VendorError. LlamaIndex's sync methods work outside a running event loop only; images are the
    parent's. The object belongs to one event loop; `aclose` closes its HTTP client, unless that was passed in.
    """

    dimension: int | None = Field(default=None, description="Length of a vector, None where only Cohere knows.")
    api_key: str = Field(default="", repr=False, exclude=True)

    _http: httpx.AsyncClient = PrivateAttr()
    _owns_client: bool = PrivateAttr()
    _places: asyncio.Semaphore = PrivateAttr()
    _circuits: dict[str, Circuit] = PrivateAttr()
    _patience: dict[str, Patience] = PrivateAttr()

    def __init__(
        self,
        model_name: str = "embed-v4.0",
        *,
        api_key: str,
        base_url: str = DEFAULT_BASE_URL,
        dimension: int | None = None,
        http_client: httpx.AsyncClient | None = None,
        max_concurrency: int = 4,
        query_patience: Patience = READER_PATIENCE,
        document_patience: Patience = INGESTION_PATIENCE,
        **options: Any,
    ) -> None:
        """`max_concurrency` bounds the document batches under way at once.

        Raises ConfigurationError for an unusable key, ValueError for a dimension that the model does not have.
        """
        known = DIMENSIONS.get(model_name)
        if known and dimension is not None and dimension not in known:
            raise ValueError(f"{model_name} has dimensions {', '.join(map(str, known))}, not {dimension}")
        if fixed := options.keys() & {"input_type", "embedding_type"}:
            raise ValueError(f"{', '.join(fixed)}: queries and documents need their own input type, and both are float")
        bearer(api_key, "COHERE_API_KEY")
        # The parent knows only the models of its release, and refuses others.
        options = {"embed_batch_size": MAX_BATCH, "max_retries": 1, **options}
        super().__init__(api_key=api_key, model_name="embed-v4.0", base_url=base_url.rstrip("/"), **options)
        self.model_name = model_name
        self.dimension = dimension or (known[0] if known else None)
        self._http, self._owns_client = http_client or build_http_client(), http_client is None
        self._places = asyncio.Semaphore(max_concurrency)
        self._circuits = {"search_query": Circuit(), "search_document": Circuit()}
        self._patience = {"search_query": query_patience, "search_document": document_patience}

    @classmethod
    def class_name(cls) -> str:
        """As LlamaIndex names the class in what it serialises."""
        return "CohereEmbedModel"

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """The circuits by what they lead to."""
        return {f"{VENDOR} {kind}": circuit for kind, circuit in self._circuits.items()}

    async def aclose(self) -> None:
        """Closes the HTTP client that this object made."""
        if self._owns_client:
            await self._http.aclose()

    async def aget_query_embedding(self, query: str) -> list[float]:
        """A question's vector. LlamaIndex's own would put a span around each call below it: .25 ms a question."""
        return (await self._aembed([query], "search_query"))[0]

    async def _aembed(self, texts: list[str] | None = None, input_type: str = "search_document") -> list[list[float]]:
        """The parent's methods for queries and texts end here, each with its input type; order is kept."""
        texts = texts or []
        if 0 < len(texts) <= MAX_BATCH:
            return await self._embed_batch(texts, input_type)
        starts = range(0, len(texts), MAX_BATCH)
        tasks = [asyncio.create_task(self._embed_batch(texts[i : i + MAX_BATCH], input_type)) for i in starts]
        try:
            return [vector for batch in await asyncio.gather(*tasks) for vector in batch]
        finally:
            for task in tasks:
                task.cancel()  # those left after a failure would be paid for and thrown away

    def _embed(self, texts: list[str] | None = None, input_type: str = "search_document") -> list[list[float]]:
        async def embed() -> list[list[float]]:
            async with build_http_client() as client:
                twin = CohereEmbedModel(
                    self.model_name,
                    api_key=self.api_key,
                    base_url=self.base_url or DEFAULT_BASE_URL,
                    dimension=self.dimension,
                    http_client=client,
                )
                return await twin._aembed(texts, input_type)

        return asyncio.run(embed())

    async def _embed_batch(self, texts: list[str], input_type: str) -> list[list[float]]:
        if input_type == "search_query":
            return await self._call(texts, input_type)
        async with self._places:
            return await self._call(texts, input_type)

    async def _call(self, texts: list[str], input_type: str) -> list[list[float]]:
        body: dict[str, Any] = {
            "model": self.model_name,
            "texts": texts,
            "input_type": input_type,
            "embedding_types": ["float"],
            "truncate": self.truncate,
        }
        if self.dimension is not None and len(DIMENSIONS.get(self.model_name, (0, 0))) > 1:
            body["output_dimension"] = self.dimension
        call = JsonCall(
            vendor=VENDOR,
            what=f"embed {len(texts)} with {self.model_name}",
            url=f"{self.base_url}/v2/embed",
            headers={"authorization": bearer(self.api_key, "COHERE_API_KEY")},
            body=body,
            patience=self._patience[input_type],
        )
        read = partial(_vectors, count=len(texts), dimension=self.dimension)
        return await post_json(self._http, call, read, circuit=self._circuits[input_type])


def _vectors(answer: Mapping[str, Any], count: int, dimension: int | None) -> list[list[float]]:
    """The vectors of an embed answer. Raises VendorBroken where number, length or values are wrong."""
    embeddings = answer.get("embeddings")
    vectors = embeddings.get("float") if isinstance(embeddings, dict) else None
    if not isinstance(vectors, list) or len(vectors) != count:
        raise VendorBroken(f"{VENDOR} answered other embeddings than were asked for", vendor=VENDOR, status=200)
    wanted = dimension or len(vectors[0])
    try:
        sound = all(len(vector) == wanted and math.isfinite(sum(vector)) for vector in vectors)
    except TypeError:
        sound = False
    if not sound:
        raise VendorBroken(f"{VENDOR} answered vectors of another length or value", vendor=VENDOR, status=200)
    return vectors


class CohereRerank(BaseNodePostprocessor):
    """Keeps the `top_n` nodes that Cohere finds most relevant; a node's score becomes its relevance, 0 to 1.

    A failure raises VendorError: whether the order before will do is for the caller to decide and to say, never
    hidden here. The object belongs to one event loop; `aclose` closes its HTTP client, unless that was passed in.
    """

    model: str = "rerank-v3.5"
    top_n: int = 8
    base_url: str = DEFAULT_BASE_URL

    _api_key: str = PrivateAttr()
    _http: httpx.AsyncClient = PrivateAttr()
    _owns_client: bool = PrivateAttr()
    _circuit: Circuit = PrivateAttr()
    _patience: Patience = PrivateAttr()

    def __init__(
        self,
        model: str = "rerank-v3.5",
        *,
        api_key: str,
        top_n: int = 8,
        base_url: str = DEFAULT_BASE_URL,
        http_client: httpx.AsyncClient | None = None,
        patience: Patience = READER_PATIENCE,
    ) -> None:
        """Raises ConfigurationError for an unusable key."""
        super().__init__(model=model, top_n=top_n, base_url=base_url.rstrip("/"))
        bearer(api_key, "COHERE_API_KEY")
        self._api_key = api_key
        self._http, self._owns_client = http_client or build_http_client(), http_client is None
        self._circuit, self._patience = Circuit(), patience

    @classmethod
    def class_name(cls) -> str:
        """As LlamaIndex names the class in what it serialises."""
        return "CohereRerank"

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """The circuits by what they lead to."""
        return {f"{VENDOR} rerank": self._circuit}

    async def aclose(self) -> None:
        """Closes the HTTP client that this object made."""
        if self._owns_client:
            await self._http.aclose()

    async def rank(self, query: str, texts: Sequence[str], top_n: int) -> list[tuple[int, float]]:
        """Positions in `texts` with their relevance, the best first, at most `top_n`. Raises VendorError."""
        if not texts:
            return []
        call = JsonCall(
            vendor=VENDOR,
            what=f"rerank {len(texts)} with {self.model}",
            url=f"{self.base_url}/v2/rerank",
            headers={"authorization": bearer(self._api_key, "COHERE_API_KEY")},
            body={"model": self.model, "query": query, "documents": list(texts), "top_n": min(top_n, len(texts))},
            patience=self._patience,
        )
        ranking = await post_json(self._http, call, partial(_ranking, count=len(texts)), circuit=self._circuit)
        return ranking[:top_n]

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("reranking needs the query")
        nodes = nodes[:MAX_DOCUMENTS]
        texts = [node.node.get_content(MetadataMode.EMBED) for node in nodes]
        ranking = await self.rank(query_bundle.query_str, texts, self.top_n)
        return [NodeWithScore(node=nodes[position].node, score=score) for position, score in ranking]

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        async def rerank() -> list[NodeWithScore]:
            async with build_http_client() as client:
                twin = CohereRerank(
                    self.model, api_key=self._api_key, top_n=self.top_n, base_url=self.base_url, http_client=client
                )
                return await twin._apostprocess_nodes(nodes, query_bundle)

        return asyncio.run(rerank())


def _ranking(answer: Mapping[str, Any], count: int) -> list[tuple[int, float]]:
    """Positions and relevances, the best first. Raises VendorBroken where a position is wrong or comes twice."""
    try:
        ranking = [(int(result["index"]), float(result["relevance_score"])) for result in answer["results"]]
    except (KeyError, TypeError, ValueError):
        ranking = []
    positions = {position for position, _ in ranking}
    if not ranking or len(positions) != len(ranking) or not positions <= set(range(count)):
        raise VendorBroken(f"{VENDOR} answered no ranking of what was sent", vendor=VENDOR, status=200)
    return sorted(ranking, key=lambda item: -item[1])
