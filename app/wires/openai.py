"""Answers and failures as OpenAI's chat completions know them, whole and as a stream of chunks.

Protocol: https://platform.openai.com/docs/api-reference/chat. A model is a corpus. The `Answer` with what the
protocol has no place for (claims with their verdicts, sources, nearest sections of a refusal) is the member
`footnoted`, on the completion or on the chunk that finishes it: clients ignore members that they do not know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.errors import Problem, problem_of
from app.schemas.answers import identified_members
from app.wires.citation_marks import find_citation_marks
from app.wires.encoding import dump_json
from pipelines.events import Event, Failed, Finished, Refused, TextDelta
from pipelines.types import Answer, ClosestSection

HEADERS: Mapping[str, str] = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",  # nginx would hold the stream back
}
KEEP_ALIVE = b": keep-alive\n\n"
_DONE = b"data: [DONE]\n\n"
_TAIL = b"\n\n"
_NO_BRACKETS = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True)
class Completion:
    """Whose completion it is. `created` is in Unix seconds, `model` the corpus."""

    answer_id: UUID
    conversation_id: UUID
    model: str
    created: int

    def head(self, kind: str) -> dict[str, Any]:
        """The members that open each object of the protocol."""
        return {"id": f"chatcmpl-{self.answer_id}", "object": kind, "created": self.created, "model": self.model}


class ChunkStream:
    """Turns the events of one answer into chunks. Consecutive deltas that nobody took yet leave as one.

    All annotations come with the chunk that finishes: the clients' own accumulators take a list only once.
    """

    headers = HEADERS
    keep_alive = KEEP_ALIVE

    def __init__(self, completion: Completion, *, include_usage: bool, request_id: str | None = None) -> None:
        self._completion = completion
        self._include_usage = include_usage
        self._request_id = request_id
        head = completion.head("chat.completion.chunk") | ({"usage": None} if include_usage else {})
        self._head = b"data: " + dump_json(head)[:-1] + b',"choices":'
        self._delta_head = self._head + b'[{"index":0,"delta":{"content":'
        self._delta_tail = b'},"logprobs":null,"finish_reason":null}]}' + _TAIL
        self._ready: list[bytes] = []
        self._deltas: list[str] = []
        self._named_closest = False

    def open(self) -> None:
        """The message begins."""
        self._put({"role": "assistant", "content": "", "refusal": None})

    def feed(self, event: Event) -> None:
        """Take an event in; `take` has its bytes."""
        match event:
            case TextDelta():
                self._deltas.append(event.text)
            case Refused():
                self._deltas.append(event.text)
                self._name_closest(event.closest)
            case Finished():
                self._finish(event.answer)
            case Failed():
                self._flush_deltas()
                error = dump_error(problem_of(event.error), self._request_id)
                self._ready.append(b"data: " + error + _TAIL)

    def take(self) -> bytes:
        """The bytes since the last call."""
        self._flush_deltas()
        taken = b"".join(self._ready)
        self._ready.clear()
        return taken

    def close(self) -> None:
        """The stream ends."""
        self._flush_deltas()
        self._ready.append(_DONE)

    def _flush_deltas(self) -> None:
        if said := "".join(self._deltas):
            self._ready.append(self._delta_head + dump_json(said) + self._delta_tail)
        self._deltas.clear()

    def _put(self, delta: Mapping[str, Any], finish_reason: str | None = None, more: bytes = b"") -> None:
        self._flush_deltas()
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        self._ready.append(self._head + dump_json([choice]) + more + b"}" + _TAIL)

    def _name_closest(self, closest: Sequence[ClosestSection]) -> None:
        if not self._named_closest:
            self._named_closest = True
            self._deltas.append(_closest_list(closest))

    def _finish(self, answer: Answer) -> None:
        self._name_closest(answer.closest)
        annotations = build_annotations(answer)
        extension = b',"footnoted":' + dump_json(_extension(answer, self._completion))
        self._put({"annotations": annotations} if annotations else {}, _finish_reason(answer), extension)
        if self._include_usage:
            usage = self._completion.head("chat.completion.chunk") | {"choices": [], "usage": _usage(answer)}
            self._ready.append(b"data: " + dump_json(usage) + _TAIL)


def dump_completion(answer: Answer, completion: Completion) -> bytes:
    """The `chat.completion` object as UTF-8 JSON."""
    message = {
        "role": "assistant",
        "content": answer.text + _closest_list(answer.closest),
        "refusal": None,  # the vendor's word for unsafe requests; ours is text that a reader should see
        "annotations": build_annotations(answer),
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(answer)}
    head = completion.head("chat.completion")
    return dump_json(
        {**head, "choices": [choice], "usage": _usage(answer), "footnoted": _extension(answer, completion)}
    )


def _closest_list(closest: Sequence[ClosestSection]) -> str:
    """The sections that a refusal speaks of, as a list of links: clients of this protocol show the content alone."""
    lines = [f"- [{_link_text(one)}]({one.url})" for one in closest]
    return "\n\n" + "\n".join(lines) if lines else ""


def _link_text(section: ClosestSection) -> str:
    names = (section.title, *section.heading_path)
    return " › ".join(dict.fromkeys(names)).translate(_NO_BRACKETS)


def build_annotations(answer: Answer) -> list[dict[str, Any]]:
    """One `url_citation` for each `[n]`: `content[start_index:end_index]` is the mark, in code points."""
    sources = {source.id: source for source in answer.sources}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "title": sources[mark.source].title,
                "url": sources[mark.source].url,
            },
        }
        for mark in find_citation_marks(answer)
        if mark.source in sources
    ]


def status_of(problem: Problem) -> int:
    """The HTTP status of a problem here: 400 for wrong fields, 404 for a model that is none."""
    if problem.kind.name == _UNKNOWN_MODEL:
        return 404
    return 400 if problem.kind.status == 422 else problem.kind.status


def dump_error(problem: Problem, request_id: str | None) -> bytes:
    """OpenAI's error object as UTF-8 JSON; the problem document itself is its member `footnoted`."""
    status = status_of(problem)
    fields = problem.extra.get("errors", [])
    error = {
        "message": problem.sentence(),
        "type": _ERROR_TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        "param": fields[0]["field"] if fields else None,
        "code": _ERROR_CODES.get(problem.kind.name, problem.kind.name.replace("-", "_")),
    }
    if problem.kind.name == _UNKNOWN_MODEL:
        names = ", ".join(problem.extra.get("corpora", []))
        message = f"There is no such model. Models are: {names}."
        error |= {"message": message, "param": "model", "code": "model_not_found"}
    return dump_json({"error": error, "footnoted": problem.body(request_id) | {"status": status}})


_UNKNOWN_MODEL = "unknown-corpus"
_ERROR_TYPES: Mapping[int, str] = {403: "permission_error", 429: "rate_limit_error"}
_ERROR_CODES: Mapping[str, str] = {
    "not-signed-in": "invalid_api_key",
    "rate-limited": "rate_limit_exceeded",
    "budget-spent": "insufficient_quota",
}


def _finish_reason(answer: Answer) -> str:
    return "length" if "truncated" in answer.flags or answer.status == "interrupted" else "stop"


def _usage(answer: Answer) -> dict[str, int]:
    prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _extension(answer: Answer, completion: Completion) -> dict[str, Any]:
    return identified_members(answer, answer_id=completion.answer_id, conversation_id=completion.conversation_id)
