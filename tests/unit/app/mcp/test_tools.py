"""The tools of coding agents over fakes."""

import json
import time
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent

from app.auth.callers import Caller
from app.conversations.metered_corpus import Asker
from app.conversations.use_cases import open_use_cases
from app.mcp.tools import Tools, list_tools
from app.schemas.answers import AnswerBody
from app.schemas.tools import SearchBody
from pipelines.errors import CorpusNotIngested, VendorBusy
from pipelines.types import Audience
from storage_config.errors import DatabaseUnavailable
from tests.support.fakes import Step, answered_script, refused_script
from tests.support.serving import World, build_world

AGENT = Caller("agent", "reader", "user")


def _words(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def _call(world: World, name: str, **arguments: Any) -> CallToolResult:
    async with open_use_cases(
        world.resources.typed, build_conversations=lambda database: world.conversations
    ) as use_cases:
        tools = Tools(use_cases.chat, use_cases.searches, use_cases.library, max_question_chars=100)
        return await tools.call(name, arguments, caller=AGENT, asker=Asker("user", time.perf_counter(), "agent"))


def test_every_tool_only_reads_and_says_what_it_takes_and_gives() -> None:
    tools = {tool.name: tool for tool in list_tools()}
    assert set(tools) == {"search_docs", "ask_docs", "read_section"}
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.title
        assert tool.description
        assert tool.output_schema is not None
        assert tool.input_schema["additionalProperties"] is False
    assert set(tools["search_docs"].input_schema["properties"]) == {
        "query", "corpus", "limit", "page", "scope", "filters",
    }  # fmt: skip
    assert tools["search_docs"].input_schema["required"] == ["query"]
    assert set(tools["ask_docs"].input_schema["properties"]) == {
        "question", "corpus", "language", "level", "page", "scope", "filters",
    }  # fmt: skip
    assert set(tools["read_section"].input_schema["properties"]) == {"url"}


async def test_a_search_gives_passages() -> None:
    world = build_world(answered_script())
    result = await _call(world, "search_docs", query="weights", limit=2)
    body = SearchBody.model_validate(result.structured_content)
    assert not result.is_error
    assert (body.corpus, [one.url.partition("#")[2] for one in body.results]) == ("docs", ["part-1", "part-2"])
    assert json.loads(_words(result)) == result.structured_content
    assert world.engine.searches == ["weights"]


async def test_an_answer_is_the_native_one_and_recorded_as_the_caller_s() -> None:
    world = build_world(answered_script())
    result = await _call(world, "ask_docs", question=" Why? ")
    body = AnswerBody.model_validate(result.structured_content)
    (exchange,) = world.conversations.all
    assert (body.id, exchange.question, exchange.owner) == (exchange.answer_id, "Why?", "agent")
    assert [claim.status for claim in body.claims] == ["supported", "unsupported"]


async def test_whom_the_answer_is_for_reaches_the_engine() -> None:
    world = build_world(answered_script())
    await _call(world, "ask_docs", question="Why?", language="ur", level="beginner")
    (question,) = world.engine.questions
    assert question.audience == Audience("ur", "beginner")


async def test_a_refusal_is_an_answer() -> None:
    result = await _call(build_world(refused_script()), "ask_docs", question="Why?")
    assert not result.is_error
    assert result.structured_content is not None
    assert result.structured_content["closest"][0]["title"] == "Ranking"


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("search_docs", {}, "query: Field required"),
        ("search_docs", {"query": "x", "k": 1}, "k: unknown key"),
        ("search_docs", {"query": "x", "limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("search_docs", {"query": "a\x00b"}, "query: must not contain the NUL character"),
        ("search_docs", {"query": "x", "corpus": "gone"}, "corpus: must be one of: docs, docs2"),
        ("ask_docs", {"question": "Why?"}, "corpus: must be one of: docs, docs2"),
        ("ask_docs", {"question": "  ", "corpus": "docs"}, "question: must have 1 to 100 characters"),
        ("ask_docs", {"question": "x" * 101, "corpus": "docs"}, "question: must have 1 to 100 characters"),
        (
            "ask_docs",
            {"question": "Why?", "level": "wizard"},
            "level: Input should be 'beginner', 'practitioner' or 'expert'",
        ),
        ("read_section", {"url": ""}, "url: String should have at least 1 character"),
    ],
)
async def test_wrong_arguments_are_named(name: str, arguments: dict[str, Any], words: str) -> None:
    result = await _call(build_world(answered_script(), answered_script()), name, **arguments)
    assert (result.is_error, _words(result)) == (True, words)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CorpusNotIngested("own words"), "This site has not been read yet. `footnoted ingest` reads it."),
        (VendorBusy("own words", vendor="v"), "A service behind the answers is busy. Please try again in a moment."),
        (DatabaseUnavailable("own words"), "The database cannot be reached. Please try again in a moment."),
        (ValueError("own words"), "Something went wrong here. The failure was logged under the request id."),
    ],
)
@pytest.mark.parametrize(("name", "key"), [("search_docs", "query"), ("ask_docs", "question")])
async def test_failures_are_results_in_words(name: str, key: str, error: Exception, words: str) -> None:
    script: list[Step] = [error]
    result = await _call(build_world(script), name, **{key: "Why?"})
    assert (result.is_error, _words(result)) == (True, words)


async def test_an_unknown_tool_is_no_result() -> None:
    with pytest.raises(MCPError, match="search_docs, ask_docs, read_section"):
        await _call(build_world(answered_script()), "drop_docs")
