"""The models that corpora name, built once each and closed together.

A vendor's library is loaded where a corpus names its models, and not before: openai takes 0.8 s, cohere 0.35 s,
onnxruntime and the tokenizers 0.25 s, which every command would pay.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import SecretStr

from pipelines.answering.answerer import Answerer
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.refusal import Judge
from pipelines.corpus import CorpusSpec, LlmOptions
from pipelines.grounding.verifier import LexicalVerifier, Verifier
from pipelines.providers.circuit import Circuit
from pipelines.providers.cohere_dimensions import DIMENSIONS
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

if TYPE_CHECKING:
    from pipelines.providers.cohere import CohereRerank
    from pipelines.providers.local_embedding import LocalEmbedding
    from pipelines.providers.local_rerank import LocalRerank
    from pipelines.providers.openrouter import OpenRouterLLM

LOCAL_EMBEDDINGS = ("local/minilm", "local/e5-small")
_LOCAL_DIMENSION = 384
_FROM_BEST_TO_WORST = ("closed", "half_open", "open")
# A judge says one word. Its own timers end a slow call, so that the circuit learns of it and the next claim waits less.
_JUDGING = {"first_token": 6.0, "stall": 4.0, "total": 10.0}


class Models:
    """Embedding models, rerankers, answerers and verifiers by their names in `footnoted.toml`.

    Vendors' objects are closed by `stack`. Methods raise ConfigurationError naming the variable of a missing key.
    """

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._embeddings: dict[tuple[str, int], BaseEmbedding] = {}
        self._building = asyncio.Lock()
        self._circuits: list[Mapping[str, Circuit]] = []
        self._llms: dict[tuple[tuple[str, ...], str, bool], OpenRouterLLM] = {}
        self._rerankers: dict[str, CohereRerank] = {}
        self._local_rerankers: dict[str, LocalRerank] = {}
        self._verifiers: dict[tuple[str, str, str], Verifier] = {}

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
        async with self._building:
            key = (name, dimension)
            if key not in self._embeddings:
                self._embeddings[key] = await self._build_embedding(name, dimension)
            return self._embeddings[key]

    async def _build_embedding(self, name: str, dimension: int) -> BaseEmbedding:
        if name in LOCAL_EMBEDDINGS:
            local = await asyncio.to_thread(self._build_local, name)
            self._stack.callback(local.close)
            return local
        from pipelines.providers.cohere import CohereEmbedModel

        remote = CohereEmbedModel(
            name.partition("/")[2],
            api_key=self._key(self._settings.cohere_api_key, "COHERE_API_KEY", name),
            base_url=self._settings.cohere_base_url,
            dimension=dimension,
        )
        self._stack.push_async_callback(remote.aclose)
        self._circuits.append(remote.circuits)
        return remote

    def _build_local(self, name: str) -> "LocalEmbedding":
        folder = self._settings.data_folder / "models"
        if name == "local/minilm":
            from pipelines.providers.minilm import MiniLmEmbedding

            return MiniLmEmbedding(folder)
        from pipelines.providers.e5 import E5Embedding

        return E5Embedding(folder)

    def embed_model_hash(self, name: str, model: BaseEmbedding) -> str:
        """What identifies the weights: the file's hash of a local model, the name of a vendor's."""
        return str(getattr(model, "model_hash", name))

    def local_reranker(self, name: str) -> "LocalRerank":
        """The cross-encoder `cross-encoder/NAME`; one object for ranking and for saying whether passages answer."""
        if name not in self._local_rerankers:
            from pipelines.providers.cross_encoder import RelevanceEncoder, open_classifier
            from pipelines.providers.local_rerank import LocalRerank

            folder = self._settings.data_folder / "models"
            model = open_classifier(RelevanceEncoder, name.partition("/")[2], folder)
            self._local_rerankers[name] = LocalRerank(model)
        return self._local_rerankers[name]

    def sufficiency(self, spec: CorpusSpec) -> Judge | None:
        """What judges whether passages answer instead of the fitted weights, where the corpus names it."""
        return None if spec.sufficiency == "fitted" else self.local_reranker(spec.sufficiency).sufficiency

    def reranker(self, name: str) -> "CohereRerank | LocalRerank | None":
        """The reranker of that name, None for "none"."""
        if name == "none":
            return None
        if name.startswith("cross-encoder/"):
            return self.local_reranker(name)
        if name in self._rerankers:
            return self._rerankers[name]
        from pipelines.providers.cohere import CohereRerank

        self._rerankers[name] = reranker = CohereRerank(
            name.partition("/")[2],
            api_key=self._key(self._settings.cohere_api_key, "COHERE_API_KEY", name),
            base_url=self._settings.cohere_base_url,
            top_n=50,
        )
        self._stack.push_async_callback(reranker.aclose)
        self._circuits.append(reranker.circuits)
        return reranker

    def llm(
        self, models: tuple[str, ...], options: LlmOptions = LlmOptions(), *, judging: bool = False
    ) -> "OpenRouterLLM":
        """The models, tried in order; one object for all who want the same ones, so that they share its circuits."""
        key = models, options.model_dump_json(), judging
        if key in self._llms:
            return self._llms[key]
        from pipelines.providers.openrouter import OpenRouterLLM
        from pipelines.providers.openrouter_stream import StreamLimits

        self._llms[key] = llm = OpenRouterLLM(
            models,
            api_key=self._key(self._settings.openrouter_api_key, "OPENROUTER_API_KEY", models[0]),
            api_base=self._settings.openrouter_base_url,
            limits=StreamLimits(**_JUDGING) if judging else StreamLimits(),
            temperature=options.temperature,
            max_tokens=options.max_tokens,
            additional_kwargs={"extra_body": {"provider": options.provider}} if options.provider else {},
        )
        self._stack.push_async_callback(llm.aclose)
        self._circuits.append(llm.circuits)
        return llm

    def answerer(self, spec: CorpusSpec) -> "tuple[Answerer, OpenRouterLLM | None]":
        """What writes the corpus's answers, and the LLM behind it where there is one."""
        if spec.llm[0] == "extractive":
            return ExtractiveAnswerer(language=spec.language, synonyms=spec.voice.synonyms), None
        from pipelines.providers.openrouter import OpenRouterAnswerer

        llm = self.llm(spec.llm, spec.llm_options)
        return OpenRouterAnswerer(llm, spec.voice), llm

    def verifier(self, spec: CorpusSpec) -> Verifier:
        """What checks the corpus's claims."""
        key = (spec.verifier, spec.language, spec.llm_options.model_dump_json())
        if key not in self._verifiers:
            self._verifiers[key] = self._build_verifier(spec.verifier, spec.language, spec.llm_options)
        return self._verifiers[key]

    def _build_verifier(self, verifier: str, language: str, options: LlmOptions) -> Verifier:
        kind, _, name = verifier.partition("/")
        if kind == "lexical":
            return LexicalVerifier(language)
        from pipelines.grounding.judges import LlmVerifier, NliVerifier

        if kind == "llm":
            judged_with = LlmOptions(provider=options.provider)  # who may see the pages holds for judges, too
            return LlmVerifier(self.llm((name,), judged_with, judging=True), language=language)
        from pipelines.providers.cross_encoder import open_cross_encoder

        return NliVerifier(open_cross_encoder(name, self._settings.data_folder / "models"), language=language)

    @staticmethod
    def _key(secret: SecretStr | None, variable: str, name: str) -> str:
        if secret is None or not secret.get_secret_value():
            raise ConfigurationError(
                f"{variable} is not set, and the corpus file names {name}: set it in the environment."
            )
        return secret.get_secret_value()
