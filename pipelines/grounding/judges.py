"""Verifiers that ask a model: an LLM as judge, or a local cross-encoder for natural language inference.

Both stand behind the same rules of words as the lexical verifier: what stands in a passage word for word needs no
model, and no model can lift a claim over a number, date or name that its passages lack. A model that fails, stalls or
says something else than asked leaves a claim `not_evaluated`, never passed.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from llama_index.core.llms import LLM

from pipelines.grounding.verifier import NOT_EVALUATED, ClaimToVerify, Verdict, WordRules
from pipelines.prompts import judge_messages
from pipelines.usage import usage_of
from storage_config.vocabulary import ClaimStatus

_WORDS: dict[str, ClaimStatus] = {"supported": "supported", "partial": "partial", "unsupported": "unsupported"}


class LlmVerifier:
    """Asks an LLM for one word a claim. Its verdicts carry no score: a word is no probability."""

    slow = True

    def __init__(
        self, llm: LLM, *, language: str = "english", timeout_seconds: float = 20.0, max_concurrent: int = 4
    ) -> None:
        self.weights_hash = llm.metadata.model_name
        self._llm = llm
        self._rules = WordRules(language)
        self._timeout = timeout_seconds
        self._places = asyncio.Semaphore(max_concurrent)

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        """The verdicts; the claims that words alone do not settle are asked for at the same time, a few at once."""
        return list(await asyncio.gather(*(self._verdict(claim) for claim in claims)))

    async def _verdict(self, claim: ClaimToVerify) -> Verdict:
        settled = self._rules.settled(claim)
        if settled is not None:
            return settled
        asked = await self._asked(claim)
        return replace(self._rules.limited(claim, asked), usage=asked.usage)

    async def _asked(self, claim: ClaimToVerify) -> Verdict:
        messages = judge_messages(claim.text, [passage.text for passage in claim.passages])
        try:
            async with self._places, asyncio.timeout(self._timeout):
                response = await self._llm.achat(messages)
        except Exception as error:
            return Verdict("not_evaluated", None, type(error).__name__)
        usage = usage_of(response)
        word = (response.message.content or "").strip().strip(".\"'`*").lower()
        status = _WORDS.get(word)
        if status is None:
            return Verdict("not_evaluated", None, "not one of the words asked for", usage)
        return Verdict(status, None, usage=usage)


class EntailmentModel(Protocol):
    """Scores pairs of premise and hypothesis. `weights_hash` names its weights."""

    weights_hash: str

    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        """The probability of entailment of each pair; called outside the event loop."""
        ...


class NliVerifier:
    """Asks a local cross-encoder whether a passage entails the claim; the best passage counts.

    `supported_from` and `partial_from` are probabilities of the model, so its score is as calibrated as the model is.
    """

    slow = True

    def __init__(
        self,
        model: EntailmentModel,
        *,
        language: str = "english",
        supported_from: float = 0.7,
        partial_from: float = 0.3,
        max_concurrent: int = 2,
    ) -> None:
        self.weights_hash = model.weights_hash
        self._model = model
        self._rules = WordRules(language)
        self._places = asyncio.Semaphore(max_concurrent)
        self._supported_from = supported_from
        self._partial_from = partial_from

    async def verify(self, claims: Sequence[ClaimToVerify], question: str) -> list[Verdict]:
        """The verdicts; the model runs once over all pairs, in a thread."""
        verdicts = [self._rules.settled(claim) for claim in claims]
        open_claims = [claim for claim, verdict in zip(claims, verdicts, strict=True) if verdict is None]
        judged = iter(await self._judged(open_claims))
        return [verdict or next(judged) for verdict in verdicts]

    async def _judged(self, claims: Sequence[ClaimToVerify]) -> list[Verdict]:
        if not claims:
            return []
        pairs = [(passage.text, claim.text) for claim in claims for passage in claim.passages]
        try:
            async with self._places:
                scores = iter(await asyncio.to_thread(self._model.predict, pairs))
            found = [[next(scores) for _ in claim.passages] for claim in claims]
        except Exception:
            if len(claims) == 1:
                return [NOT_EVALUATED]
            # One sentence that the model does not take, as one too long for it, must not cost the others.
            return [verdict for claim in claims for verdict in await self._judged([claim])]
        return [self._rules.limited(claim, self._verdict(own)) for claim, own in zip(claims, found, strict=True)]

    def _verdict(self, scores: Sequence[float]) -> Verdict:
        if not all(map(math.isfinite, scores)):
            return NOT_EVALUATED  # weights that overflow: no number to show, nor one that JSON has
        score = max(scores)
        if score >= self._supported_from:
            return Verdict("supported", score)
        return Verdict("partial" if score >= self._partial_from else "unsupported", score, "score")
