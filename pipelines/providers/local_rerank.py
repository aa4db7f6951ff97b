"""A local cross-encoder that ranks passages anew, and says whether they answer at all."""

import asyncio
from collections.abc import Sequence

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from pipelines.providers.cross_encoder import RelevanceEncoder
from pipelines.types import Passage

# A pair of 300 tokens takes a MiniLM of six layers some 50 ms on one core: what is read is paid by the reader.
READ_NODES = 20
READ_PASSAGES = 4


class LocalRerank(BaseNodePostprocessor):
    """LlamaIndex's postprocessor over a `RelevanceEncoder`: the first `READ_NODES` nodes by their probability."""

    top_n: int = READ_NODES

    _model: RelevanceEncoder = PrivateAttr()
    _places: asyncio.Semaphore = PrivateAttr()

    def __init__(self, model: RelevanceEncoder, *, max_concurrent: int = 2) -> None:
        super().__init__()
        self._model = model
        self._places = asyncio.Semaphore(max_concurrent)

    @classmethod
    def class_name(cls) -> str:
        """As LlamaIndex names the class in what it serialises."""
        return "LocalRerank"

    @property
    def weights_hash(self) -> str:
        """Names the model's file."""
        return self._model.weights_hash

    async def sufficiency(self, question: str, passages: Sequence[Passage]) -> float:
        """How probable it is that one of the first passages answers, by the best of them; 0 without passages.

        The probability is the model's own, as calibrated as the model is.
        """
        texts = [" > ".join((one.title, *one.heading_path)) + f"\n\n{one.text}" for one in passages[:READ_PASSAGES]]
        return max(await self._score(question, texts), default=0.0)

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("reranking needs the query")
        read = nodes[:READ_NODES]
        scores = await self._score(query_bundle.query_str, [_text(one) for one in read])
        return _ranked(read, scores, self.top_n)

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        """Sync twin, for notebooks."""
        if query_bundle is None:
            raise ValueError("reranking needs the query")
        read = nodes[:READ_NODES]
        pairs = [(query_bundle.query_str, _text(one)) for one in read]
        return _ranked(read, self._model.predict(pairs), self.top_n)

    async def _score(self, question: str, texts: Sequence[str]) -> list[float]:
        async with self._places:
            return await asyncio.to_thread(self._model.predict, [(question, text) for text in texts])


def _text(node: NodeWithScore) -> str:
    return node.node.get_content(MetadataMode.EMBED)


def _ranked(nodes: Sequence[NodeWithScore], scores: Sequence[float], top_n: int) -> list[NodeWithScore]:
    scored = [NodeWithScore(node=one.node, score=score) for one, score in zip(nodes, scores, strict=True)]
    return sorted(scored, key=lambda one: -(one.score or 0.0))[:top_n]
