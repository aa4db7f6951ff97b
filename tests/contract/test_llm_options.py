"""What a corpus declares about its LLM reaches OpenRouter, with every kind of call."""

from contextlib import AsyncExitStack
from pathlib import Path

from llama_index.core.base.llms.types import ChatMessage
from pydantic import SecretStr

from pipelines.corpus import CorpusSpec
from pipelines.grounding.verifier import ClaimToVerify
from pipelines.model_registry import Models
from pipelines.providers.openrouter_answerer import OpenRouterAnswerer
from pipelines.types import Question
from storage_config.settings import Settings
from tests.emulators.openrouter import API_KEY, OpenRouterEmulator
from tests.support.passages import build_passage

PROVIDER = {"order": ["emulated"], "data_collection": "deny"}


async def test_options_go_with_answers_follow_ups_and_verdicts() -> None:
    spec = CorpusSpec.model_validate(
        {
            "name": "book",
            "folder": Path("/nowhere"),
            "source": {"kind": "markdown", "path": "docs"},
            "base_url": "https://example.org",
            "llm": ["emulated/answers"],
            "llm_options": {"temperature": 0.7, "max_tokens": 77, "provider": PROVIDER},
            "verifier": "llm/emulated/judges",
        }
    )
    async with OpenRouterEmulator() as emulator, AsyncExitStack() as stack:
        settings = Settings(
            _env_file=None, openrouter_api_key=SecretStr(API_KEY), openrouter_base_url=emulator.base_url
        )
        models = Models(settings, stack)
        answerer, condensing = await models.answerer(spec)
        assert isinstance(answerer, OpenRouterAnswerer)
        assert condensing is not None
        passages = [build_passage("Cats purr while they are content.")]
        parameters = answerer.parameters()
        assert [part async for part in answerer.stream(Question("Do cats purr?"), passages, parameters)]
        answered = emulator.received[-1].json()
        assert (answered["temperature"], answered["max_tokens"], answered["provider"]) == (0.7, 77, PROVIDER)
        await condensing.achat([ChatMessage(content="And dogs?")])
        assert emulator.received[-1].json()["provider"] == PROVIDER
        claim = ClaimToVerify("Contented cats make a purring sound.", tuple(passages))
        (verdict,) = await (await models.verifier(spec)).verify([claim], "Do cats purr?")
        judged = emulator.received[-1].json()
        assert judged["model"] == "emulated/judges"
        assert (judged["provider"], judged["max_tokens"] != 77) == (PROVIDER, True)
        assert verdict.status != "not_evaluated"
