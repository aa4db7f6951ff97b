"""The models that corpora name, built once each and closed together.

A vendor's library is loaded where a corpus names its models, and not before: openai takes 0.8 s, cohere 0.35 s,
onnxruntime and the tokenizers 0.25 s, which every command would pay. Libraries and weights are read in a thread: a
question in another locale, or a replay by other models, must not hold the readers who are served meanwhile.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import SecretStr

from pipelines.answering.answerer import Answerer
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.refusal import Judge
from pipelines.corpus import CorpusSpec, LlmOptions
from pipelines.grounding.verifier import LexicalVerifier, Verifier
from pipelines.providers.circuit import Circuit
from pipelines.providers.cohere_dimensions import DIMENSIONS, MAX_BATCH
from pipelines.single_flight import SingleFlight
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

if TYPE_CHECKING:
    from pipelines.providers.cohere import CohereEmbedModel, CohereRerank
    from pipelines.providers.cross_encoder import CrossEncoder
    from pipelines.providers.local_embedding import LocalEmbedding
    from pipelines.providers.local_rerank import LocalRerank
    from pipelines.providers.openrouter import OpenRouterLLM
    from pipelines.providers.openrouter_answerer import OpenRouterAnswerer
    from pipelines.providers.openrouter_stream import StreamLimits

LOCAL_EMBEDDINGS = ("local/minilm", "local/e5-small")
_LOCAL_DIMENSION = 384
_FROM_BEST_TO_WORST = ("closed", "half_open", "open")
# A judge says one word. Its own timers end a slow call, so that the circuit learns of it and the next claim waits less.
_JUDGING = {"first_token": 6.0, "stall": 4.0, "total": 10.0}


def embed_calls(embedding: str, texts: int) -> int:
    """How many calls of a vendor it takes to embed so many texts; none where the model is local."""
    return 0 if embedding in LOCAL_EMBEDDINGS else -(-texts // MAX_BATCH)


class Models:
    """Embedding models, rerankers, answerers and verifiers by their names in `footnoted.toml`.

    Vendors' objects are closed by `stack`. Methods raise ConfigurationError naming the variable of a missing key.
    """

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self.settings = settings
        self._stack = stack
        self._circuits: list[Mapping[str, Circuit]] = []
        self._built = SingleFlight()
        stack.push_async_callback(self._built.aclose)

    def circuits(self) -> dict[str, str]:
        """The state of the circuit to each vendor's model; the worst where several corpora have their own."""
        states: dict[str, str] = {}
        for name, circuit in (pair for circuits in self._circuits for pair in circuits.items()):
            states[name] = max(states.get(name, "closed"), circuit.state, key=_FROM_BEST_TO_WORST.index)
        return states

    def dimension(self, spec: CorpusSpec) -> int:
        """The dimension of the corpus's embeddings. Raises ConfigurationError where only the vendor knows it."""
        if spec.embedding in LOCAL_EMBEDDINGS:
            return _LOCAL_DIMENSION
        known = DIMENSIONS.get(spec.embedding.partition("/")[2])
        dimension = spec.embedding_dimension or (known[0] if known else None)
        if dimension is None or (known and dimension not in known):
            allowed = ", ".join(map(str, known)) if known else "the dimension of the model's vectors"
            raise ConfigurationError(f"corpora.{spec.name}.embedding_dimension: {spec.embedding} wants {allowed}")
        return dimension

    async def embed_model(self, name: str, dimension: int) -> BaseEmbedding:
        """The embedding model of that name; the first local one of a data folder takes some seconds to quantise."""
        return await self._built.get(("embedding", name, dimension), lambda: self._build_embedding(name, dimension))

    async def _build_embedding(self, name: str, dimension: int) -> BaseEmbedding:
        if name in LOCAL_EMBEDDINGS:
            local = await asyncio.to_thread(self._build_local, name)
            self._stack.callback(local.close)
            return local
        embed_model, _ = await asyncio.to_thread(_load_cohere)
        remote = embed_model(
            name.partition("/")[2],
            api_key=self._key(self.settings.cohere_api_key, "COHERE_API_KEY", name),
            base_url=self.settings.cohere_base_url,
            dimension=dimension,
        )
        self._stack.push_async_callback(remote.aclose)
        self._circuits.append(remote.circuits)
        return remote

    def _build_local(self, name: str) -> "LocalEmbedding":
        if name == "local/minilm":
            from pipelines.providers.minilm import MiniLmEmbedding

            return MiniLmEmbedding(self._folder)
        from pipelines.providers.e5 import E5Embedding

        return E5Embedding(self._folder)

    def embed_model_hash(self, name: str, model: BaseEmbedding) -> str:
        """What identifies the weights: the file's hash of a local model, the name of a vendor's."""
        return str(getattr(model, "model_hash", name))

    async def local_reranker(self, name: str) -> "LocalRerank":
        """The cross-encoder `cross-encoder/NAME`; one object for ranking and for saying whether passages answer."""

        def build() -> "LocalRerank":
            from pipelines.providers.cross_encoder import RelevanceEncoder, open_classifier
            from pipelines.providers.local_rerank import LocalRerank

            return LocalRerank(open_classifier(RelevanceEncoder, name.partition("/")[2], self._folder))

        return await self._built.get(("reranker", name), lambda: asyncio.to_thread(build))

    async def sufficiency(self, spec: CorpusSpec) -> Judge | None:
        """What judges whether passages answer instead of the fitted weights, where the corpus names it."""
        return None if spec.sufficiency == "fitted" else (await self.local_reranker(spec.sufficiency)).sufficiency

    async def reranker(self, name: str) -> "CohereRerank | LocalRerank | None":
        """The reranker of that name, None for "none"."""
        if name == "none":
            return None
        if name.startswith("cross-encoder/"):
            return await self.local_reranker(name)
        return await self._built.get(("reranker", name), lambda: self._build_reranker(name))

    async def _build_reranker(self, name: str) -> "CohereRerank":
        _, rerank = await asyncio.to_thread(_load_cohere)
        reranker = rerank(
            name.partition("/")[2],
            api_key=self._key(self.settings.cohere_api_key, "COHERE_API_KEY", name),
            base_url=self.settings.cohere_base_url,
            top_n=50,
        )
        self._stack.push_async_callback(reranker.aclose)
        self._circuits.append(reranker.circuits)
        return reranker

    async def llm(
        self, models: tuple[str, ...], options: LlmOptions = LlmOptions(), *, judging: bool = False
    ) -> "OpenRouterLLM":
        """The models, tried in order; one object for all who want the same ones, so that they share its circuits."""
        key = "llm", models, options.model_dump_json(), judging
        return await self._built.get(key, lambda: self._build_llm(models, options, judging))

    async def _build_llm(self, models: tuple[str, ...], options: LlmOptions, judging: bool) -> "OpenRouterLLM":
        openrouter, limits, _ = await asyncio.to_thread(_load_openrouter)
        llm = openrouter(
            models,
            api_key=self._key(self.settings.openrouter_api_key, "OPENROUTER_API_KEY", models[0]),
            api_base=self.settings.openrouter_base_url,
            limits=limits(**_JUDGING) if judging else limits(),
            temperature=options.temperature,
            max_tokens=options.max_tokens,
            additional_kwargs={"extra_body": {"provider": options.provider}} if options.provider else {},
        )
        self._stack.push_async_callback(llm.aclose)
        self._circuits.append(llm.circuits)
        return llm

    async def answerer(self, spec: CorpusSpec) -> "tuple[Answerer, OpenRouterLLM | None]":
        """What writes the corpus's answers, and the LLM behind it where there is one."""
        if spec.llm[0] == "extractive":
            return ExtractiveAnswerer(language=spec.language, synonyms=spec.voice.synonyms), None
        *_, answerer = await asyncio.to_thread(_load_openrouter)
        llm = await self.llm(spec.llm, spec.llm_options)
        return answerer(llm, spec.voice), llm

    async def verifier(self, spec: CorpusSpec) -> Verifier:
        """What checks the corpus's claims."""
        key = ("verifier", spec.verifier, spec.language, spec.llm_options.model_dump_json())
        return await self._built.get(key, lambda: self._build_verifier(spec.verifier, spec.language, spec.llm_options))

    async def _build_verifier(self, verifier: str, language: str, options: LlmOptions) -> Verifier:
        kind, _, name = verifier.partition("/")
        if kind == "lexical":
            return await asyncio.to_thread(LexicalVerifier, language)
        from pipelines.grounding.judges import LlmVerifier, NliVerifier

        if kind == "llm":
            judged_with = LlmOptions(provider=options.provider)  # who may see the pages holds for judges, too
            return LlmVerifier(await self.llm((name,), judged_with, judging=True), language=language)
        return NliVerifier(await self._cross_encoder(name), language=language)

    async def _cross_encoder(self, name: str) -> "CrossEncoder":
        """One for the verifiers of all languages: what differs are the rules of words around it."""

        def build() -> "CrossEncoder":
            from pipelines.providers.cross_encoder import open_cross_encoder

            return open_cross_encoder(name, self._folder)

        return await self._built.get(("entailment", name), lambda: asyncio.to_thread(build))

    @property
    def _folder(self) -> Path:
        return self.settings.data_folder / "models"

    @staticmethod
    def _key(secret: SecretStr | None, variable: str, name: str) -> str:
        if secret is None or not secret.get_secret_value():
            raise ConfigurationError(
                f"{variable} is not set, and the corpus file names {name}: set it in the environment."
            )
        return secret.get_secret_value()


def _load_cohere() -> "tuple[type[CohereEmbedModel], type[CohereRerank]]":
    from pipelines.providers.cohere import CohereEmbedModel, CohereRerank

    return CohereEmbedModel, CohereRerank


def _load_openrouter() -> "tuple[type[OpenRouterLLM], type[StreamLimits], type[OpenRouterAnswerer]]":
    from pipelines.providers.openrouter import OpenRouterLLM
    from pipelines.providers.openrouter_answerer import OpenRouterAnswerer
    from pipelines.providers.openrouter_stream import StreamLimits

    return OpenRouterLLM, StreamLimits, OpenRouterAnswerer
