"""Events as the AI SDK's UI message stream, version 1, over server-sent events.

Protocol: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol. Parts of ours: `data-claim` (one for each span, updated in
place), `data-sources` (those cited so far, updated in place), `data-refusal`, and the transient `data-progress`.
An `error` part's text is a problem document (RFC 9457) as JSON, as the body of a failed request is.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.errors import problem_of
from app.schemas.answers import answer_members
from app.schemas.stream_parts import StreamMetadata
from app.wires.encoding import dump_json
from pipelines.events import ClaimChecked, Event, Failed, Finished, Refused, Restarted, Retrieved, TextDelta
from pipelines.types import Answer, Claim, ClosestSection, Source

HEADERS: Mapping[str, str] = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-vercel-ai-ui-message-stream": "v1",
    "x-accel-buffering": "no",  # nginx would hold the stream back
}
# The reason of a refusal that shows only at its end: the model said that the passages do not answer.
_CITED_NOTHING = "nothing_cited"
KEEP_ALIVE = b": keep-alive\n\n"
_TEXT_START = b'data: {"type":"text-start","id":"text"}\n\n'
_TEXT_END = b'data: {"type":"text-end","id":"text"}\n\n'
_DELTA_HEAD = b'data: {"type":"text-delta","id":"text","delta":'
_TAIL = b"}\n\n"
_FINISH = b'data: {"type":"finish","finishReason":"stop"}\n\n'
_ABORT = b'data: {"type":"abort"}\n\n'
_DONE = b"data: [DONE]\n\n"
BROKEN_OFF = _ABORT + _DONE  # the end of a stream whose process is gone


class UiMessageStream:
    """Turns the events of one answer into bytes. Consecutive deltas that nobody took yet leave as one."""

    headers = HEADERS
    keep_alive = KEEP_ALIVE

    def __init__(self, *, answer_id: UUID, conversation_id: UUID, corpus: str, request_id: str | None = None) -> None:
        self._answer_id = str(answer_id)
        self._identity = {"conversation_id": str(conversation_id), "corpus": corpus}
        self._request_id = request_id
        self._ready: list[bytes] = []
        self._deltas: list[str] = []
        self._text_open = False
        self._refused = False
        self._candidates: dict[str, Source] = {}
        self._cited: dict[str, Source] = {}

    def open(self) -> None:
        """The message begins."""
        self._put({"type": "start", "messageId": self._answer_id, "messageMetadata": self._identity})

    def feed(self, event: Event) -> None:
        """Take an event in; `take` has its bytes."""
        match event:
            case TextDelta():
                self._say(event.text)
            case ClaimChecked():
                self._check(event.claim)
            case Retrieved():
                self._candidates = {source.id: source for source in event.sources}
                self._progress({"stage": "retrieved", "timings": dict(event.timings)})
            case Restarted():
                self._progress({"stage": "restarted", "model": event.model})
            case Refused():
                self._refuse(event)
            case Finished():
                self._finish(event.answer)
            case Failed():
                self._fail(event.error)

    def take(self) -> bytes:
        """The bytes since the last call."""
        self._flush_deltas()
        taken = b"".join(self._ready)
        self._ready.clear()
        return taken

    def abort(self) -> None:
        """Somebody broke the answer off; `close` is still to come."""
        self._end_text()
        self._ready.append(_ABORT)

    def close(self) -> None:
        """The stream ends."""
        self._end_text()
        self._ready.append(_DONE)

    def _put(self, part: Mapping[str, Any]) -> None:
        self._flush_deltas()
        self._ready.append(b"data: " + dump_json(part) + b"\n\n")

    def _flush_deltas(self) -> None:
        if self._deltas:
            self._ready.append(_DELTA_HEAD + dump_json("".join(self._deltas)) + _TAIL)
            self._deltas.clear()

    def _say(self, text: str) -> None:
        if not text:
            return
        if not self._text_open:
            self._ready.append(_TEXT_START)
            self._text_open = True
        self._deltas.append(text)

    def _end_text(self) -> None:
        self._flush_deltas()
        if self._text_open:
            self._ready.append(_TEXT_END)
            self._text_open = False

    def _progress(self, data: Mapping[str, Any]) -> None:
        self._put({"type": "data-progress", "data": data, "transient": True})

    def _check(self, claim: Claim) -> None:
        new = {citation.source: None for citation in claim.citations if citation.source not in self._cited}
        self._cite([self._candidates[source_id] for source_id in new if source_id in self._candidates])
        self._put({"type": "data-claim", "id": f"claim-{claim.start}-{claim.end}", "data": claim})

    def _cite(self, sources: list[Source]) -> None:
        for source in sources:
            self._cited[source.id] = source
            self._put({"type": "source-url", "sourceId": source.id, "url": source.url, "title": source.title})
        if sources:
            self._put({"type": "data-sources", "id": "sources", "data": list(self._cited.values())})

    def _refuse(self, refused: Refused) -> None:
        self._say(refused.text)
        self._name_closest(refused.reason, refused.closest)

    def _name_closest(self, reason: str, closest: Sequence[ClosestSection]) -> None:
        self._refused = True
        self._put({"type": "data-refusal", "id": "refusal", "data": {"reason": reason, "closest": closest}})

    def _finish(self, answer: Answer) -> None:
        self._cite([source for source in answer.sources if source.id not in self._cited])
        if answer.status == "refused" and not self._refused:
            self._name_closest(_CITED_NOTHING, answer.closest)
        self._end_text()
        members = answer_members(answer)
        metadata = {name: members[name] for name in StreamMetadata.model_fields if name in members}
        self._put({"type": "message-metadata", "messageMetadata": {**self._identity, **metadata}})
        self._ready.append(_ABORT if answer.status == "interrupted" else _FINISH)

    def _fail(self, error: Exception) -> None:
        self._end_text()
        problem = dump_json(problem_of(error).body(self._request_id)).decode()
        self._put({"type": "error", "errorText": problem})
