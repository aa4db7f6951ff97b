"""The peer: the app that a developer writes from LlamaIndex's and FastAPI's guides, in one file.

    python -m uvicorn tests.load.peer.app:app --port 0

Qdrant in memory, Cohere's embeddings, OpenRouter's LLM, `CondensePlusContextChatEngine`; neither claims nor records.
It reads the pages in PEER_DOCS when it starts.
"""

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.chat_engine import CondensePlusContextChatEngine
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.cohere import CohereEmbedding
from llama_index.llms.openrouter import OpenRouter
from llama_index.vector_stores.qdrant import QdrantVectorStore
from pydantic import BaseModel
from qdrant_client import AsyncQdrantClient

_SYSTEM = "Answer from the passages only.\n"
# The form of the passages that the emulated model reads.
_CONTEXT = _SYSTEM + '<p n="1">\n{context_str}\n</p>'


class Question(BaseModel):
    """What is asked."""

    question: str


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    embedding = CohereEmbedding(
        api_key=os.environ["COHERE_API_KEY"],
        base_url=os.environ["COHERE_BASE_URL"],
        model_name="embed-v4.0",
        input_type="search_query",
        embed_batch_size=96,
    )
    store = QdrantVectorStore(collection_name="pages", aclient=AsyncQdrantClient(":memory:"))
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(
        SimpleDirectoryReader(os.environ["PEER_DOCS"]).load_data()
    )
    vectors = await embedding.aget_text_embedding_batch([node.get_content() for node in nodes])
    for node, vector in zip(nodes, vectors, strict=True):
        node.embedding = vector
    await store.async_add(nodes)
    app.state.index = VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    app.state.llm = OpenRouter(
        model="emulated/model", api_key=os.environ["OPENROUTER_API_KEY"], api_base=os.environ["OPENROUTER_BASE_URL"]
    )
    yield


app = FastAPI(lifespan=_lifespan)


@app.post("/api/v1/chat")
async def chat(body: Question) -> StreamingResponse:
    """The answer, in the parts that the readers of the benchmark look for."""
    began = time.perf_counter()
    engine = CondensePlusContextChatEngine.from_defaults(
        retriever=app.state.index.as_retriever(similarity_top_k=8),
        llm=app.state.llm,
        memory=ChatMemoryBuffer.from_defaults(token_limit=3_000),
        context_prompt=_CONTEXT,
    )
    answer = await engine.astream_chat(body.question)
    retrieval_ms = (time.perf_counter() - began) * 1e3

    async def parts() -> AsyncIterator[str]:
        yield _event({"type": "data-progress", "data": {"stage": "retrieved"}})
        async for token in answer.async_response_gen():
            yield _event({"type": "text-delta", "id": "1", "delta": token})
        yield _event({"type": "finish", "timings": {"retrieval_ms": retrieval_ms}})
        yield "data: [DONE]\n\n"

    return StreamingResponse(parts(), media_type="text/event-stream")


def _event(part: dict[str, object]) -> str:
    return f"data: {json.dumps(part, separators=(',', ':'))}\n\n"
