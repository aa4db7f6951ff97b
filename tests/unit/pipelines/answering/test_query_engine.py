"""The engine inside LlamaIndex's own evaluators and agents, with an LLM that is told what to say."""

from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core.agent.workflow import ReActAgent
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse
from llama_index.core.base.response.schema import Response
from llama_index.core.evaluation import FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.llms import MockLLM
from llama_index.core.tools import QueryEngineTool
from pydantic import PrivateAttr

from pipelines.errors import VendorBroken
from pipelines.types import Answer
from tests.unit.pipelines.answering.test_chat_engine import GENERATED, PASSAGES, RIGHT, ScriptedAnswerer, build_engine

ASKED = "What saturates the weight?"


class ToldLlm(MockLLM):
    """Says its lines one after the other, the last one for ever, whether asked to chat or to complete."""

    _lines: list[str] = PrivateAttr()
    _asked: list[str] = PrivateAttr(default_factory=list)

    def __init__(self, *lines: str) -> None:
        super().__init__(max_tokens=None)
        self._lines = list(lines)

    @property
    def asked(self) -> list[str]:
        return self._asked

    def _say(self, asked: str) -> str:
        self._asked.append(asked)
        return self._lines.pop(0) if len(self._lines) > 1 else self._lines[0]

    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self._say(prompt))

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        said = self._say("\n".join(str(message.content) for message in messages))
        return ChatResponse(message=ChatMessage(role="assistant", content=said))


@pytest.mark.parametrize(("said", "passing"), [("YES", True), ("NO", False)])
async def test_the_faithfulness_evaluator_reads_the_cited_passages(said: str, passing: bool) -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    response = await engine.as_query_engine().aquery(ASKED)
    assert isinstance(response, Response)
    llm = ToldLlm(said)
    result = await FaithfulnessEvaluator(llm=llm).aevaluate_response(query=ASKED, response=response)
    assert (result.passing, result.score) == (passing, float(passing))
    assert result.contexts == [PASSAGES[0].text], "what is cited, and nothing else"
    assert RIGHT.text in llm.asked[0]
    assert PASSAGES[0].text in llm.asked[0]


async def test_the_relevancy_evaluator_too() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    response = await engine.as_query_engine().aquery(ASKED)
    assert isinstance(response, Response)
    result = await RelevancyEvaluator(llm=ToldLlm("YES")).aevaluate_response(query=ASKED, response=response)
    assert result.passing


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the agent looks at deprecated fields of its own
async def test_an_agent_uses_it_as_a_tool() -> None:
    engine, index = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    tool = QueryEngineTool.from_defaults(engine.as_query_engine(), name="docs", description="Answers from the docs.")
    call = f'Thought: I need a tool.\nAction: docs\nAction Input: {{"input": "{ASKED}"}}'
    llm = ToldLlm(call, "Thought: I can answer.\nAnswer: BM25 does.")
    agent = ReActAgent(tools=[tool], llm=llm, streaming=False)
    response = await agent.run("What keeps a term from winning by repetition?")
    assert str(response) == "BM25 does."
    assert index.asked[0][0] == [ASKED]
    assert RIGHT.text in llm.asked[1], "the agent saw the answer with its markers"


async def test_the_tools_output_carries_the_whole_answer() -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED))
    tool = QueryEngineTool.from_defaults(engine.as_query_engine(), name="docs", description="Answers from the docs.")
    output = await tool.acall(input=ASKED)
    answer = output.raw_output.metadata["answer"]
    assert isinstance(answer, Answer)
    assert [claim.status for claim in answer.claims] == ["supported"]


async def test_what_fails_reaches_the_caller() -> None:
    engine, _ = build_engine(ScriptedAnswerer(VendorBroken("down", vendor="openrouter")))
    with pytest.raises(VendorBroken):
        await engine.as_query_engine().aquery(ASKED)
