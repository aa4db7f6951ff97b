"""The tools of coding agents: search the pages, ask them, read a section. None of them changes anything they hold."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import structlog
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

from app.auth.callers import Caller
from app.conversations.chat import Ask, Chat
from app.conversations.metered_corpus import Asker, Search
from app.conversations.searches import Searches
from app.corpus.library import Library
from app.errors import FieldProblem, InvalidRequest, log_fields, problem_of, read_field_problems
from app.schemas.answers import AnswerBody
from app.schemas.scopes import read_place
from app.schemas.tools import AskArguments, PassageBody, ReadArguments, SearchArguments, SearchBody, SectionBody
from app.wires.native import dump_answer
from pipelines.types import Audience

ASKING = ("ask_docs", "search_docs")  # the tools whose calls count as questions: vendors may be asked
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_log = structlog.get_logger(__name__)


def _tool(name: str, title: str, description: str, takes: type[BaseModel], gives: type[BaseModel]) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=takes.model_json_schema(),
        output_schema=gives.model_json_schema(mode="serialization"),
        annotations=_READS,
    )


def list_tools() -> list[Tool]:
    """The tools with their schemas."""
    return [
        _tool(
            "search_docs",
            "Search the documentation",
            "Finds the passages of the documentation that fit a query best, with the url of the section of each. Fast; "
            "use it to find where something is described.",
            SearchArguments,
            SearchBody,
        ),
        _tool(
            "ask_docs",
            "Ask the documentation",
            "Answers a question from the documentation. Each sentence is footnoted ([n] is the source with the id n) "
            "and checked: claims say which sentences their sources support. When the pages do not answer, the status "
            "is refused and closest names the nearest sections.",
            AskArguments,
            AnswerBody,
        ),
        _tool(
            "read_section",
            "Read a section",
            "Reads a section of the documentation, or a whole page where the url has no #anchor, as markdown.",
            ReadArguments,
            SectionBody,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Tools:
    """Calls the tools in this process."""

    chat: Chat
    searches: Searches
    library: Library
    max_question_chars: int

    async def call(self, name: str, arguments: Mapping[str, Any], *, caller: Caller, asker: Asker) -> CallToolResult:
        """The tool's result; a failure is a result too, in words. Raises MCPError where there is no such tool.

        `caller` owns what is asked; what it takes is counted as the `asker`'s.
        """
        tools: dict[str, Callable[[Mapping[str, Any]], Awaitable[bytes]]] = {
            "search_docs": partial(self._search, asker=asker),
            "ask_docs": partial(self._ask, caller=caller, asker=asker),
            "read_section": partial(self._read, asker=asker),
        }
        if name not in tools:
            raise MCPError(INVALID_PARAMS, f"There is no tool {name[:80]!r}. Tools are: {', '.join(tools)}.")
        try:
            return _result(await tools[name](arguments))
        except ValidationError as error:
            located = [{**problem, "loc": ("arguments", *problem["loc"])} for problem in error.errors()]
            return fail(InvalidRequest(*read_field_problems(located)))
        except Exception as error:
            if problem_of(error).kind.status >= 500:  # the rest is the caller's to mend
                _log.warning("tool_failed", tool=name, **log_fields(error))
            return fail(error)

    async def _search(self, arguments: Mapping[str, Any], *, asker: Asker) -> bytes:
        asked = SearchArguments.model_validate(arguments)
        place = read_place(asked)
        search = Search(asked.query, asked.limit, place.filters, place.page, place.scope)
        corpus, found = await self.searches.search(search, asker, corpus=asked.corpus)
        results = [{name: getattr(one.source, name) for name in PassageBody.model_fields} for one in found]
        return _dump({"corpus": corpus, "results": results})

    async def _ask(self, arguments: Mapping[str, Any], *, caller: Caller, asker: Asker) -> bytes:
        asked = AskArguments.model_validate(arguments)
        if not 0 < len(asked.question.strip()) <= self.max_question_chars:
            raise InvalidRequest(FieldProblem("question", f"must have 1 to {self.max_question_chars} characters"))
        place = read_place(asked)
        ask = Ask(
            question=asked.question.strip(),
            corpus=asked.corpus,
            page=place.page,
            filters=place.filters,
            audience=Audience(asked.language, asked.level),
            scope=place.scope,
            owner=caller.subject,
            caller_kind=asker.kind,
            queue=asker.queue,
            reads=asker.reads,
        )
        turn = await self.chat.open_turn(ask, began=asker.received_at)
        answer = await self.chat.answer(turn)
        return dump_answer(answer, answer_id=turn.answer_id, conversation_id=turn.conversation_id)

    async def _read(self, arguments: Mapping[str, Any], *, asker: Asker) -> bytes:
        asked = ReadArguments.model_validate(arguments)
        return _dump(asdict(await self.library.read_section(asked.url, reads=asker.reads)))


def fail(error: Exception) -> CallToolResult:
    """The error as a result that a model can read and act upon."""
    return CallToolResult(content=[TextContent(type="text", text=problem_of(error).sentence())], is_error=True)


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _result(body: bytes) -> CallToolResult:
    # Clients older than structured output read the text, which the protocol wants to be the same JSON.
    return CallToolResult(content=[TextContent(type="text", text=body.decode())], structured_content=json.loads(body))
