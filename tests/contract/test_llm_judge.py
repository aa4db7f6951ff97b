"""An LLM as judge through the real client: its word counts, its failures pass nothing."""

from collections.abc import AsyncIterator

import pytest

from pipelines.grounding.judges import LlmVerifier
from pipelines.grounding.verifier import ClaimToVerify
from pipelines.providers.openrouter import OpenRouterLLM
from tests.emulators.openrouter import API_KEY, OpenRouterEmulator
from tests.emulators.server import Failure
from tests.support.passages import build_passage

PASSAGE = build_passage("Cats purr while they are content. They sleep sixteen hours a day, mostly at noon.")
CARRIED = "Cats mostly sleep at noon, sixteen hours a day."
FOREIGN = "Dogs bark loudly whenever a stranger rings."


@pytest.fixture
async def emulator() -> AsyncIterator[OpenRouterEmulator]:
    async with OpenRouterEmulator() as emulator:
        yield emulator


@pytest.fixture
async def verifier(emulator: OpenRouterEmulator) -> AsyncIterator[LlmVerifier]:
    llm = OpenRouterLLM(["test/judge"], api_key=API_KEY, api_base=emulator.base_url, max_tokens=20)
    yield LlmVerifier(llm, timeout_seconds=1)
    await llm.aclose()


async def test_the_judge_is_asked_once_a_claim(emulator: OpenRouterEmulator, verifier: LlmVerifier) -> None:
    claims = [ClaimToVerify(text, (PASSAGE,)) for text in (CARRIED, FOREIGN, "Cats purr while they are content.")]
    found = await verifier.verify(claims, "What do cats do?")
    assert [verdict.status for verdict in found] == ["supported", "unsupported", "supported"]
    assert len(emulator.received) == 2


@pytest.mark.parametrize("failure", [Failure("status", 404), Failure("silence"), Failure("cut")])
async def test_a_failing_judge_passes_nothing(
    emulator: OpenRouterEmulator, verifier: LlmVerifier, failure: Failure
) -> None:
    emulator.failing = failure
    claims = [ClaimToVerify(text, (PASSAGE,)) for text in (CARRIED, "Cats purr while they are content.")]
    found = await verifier.verify(claims, "What do cats do?")
    assert [verdict.status for verdict in found] == ["not_evaluated", "supported"]
