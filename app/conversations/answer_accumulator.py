"""An answer while it is being told: what of it a reader has seen so far."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.events import ClaimChecked, Event, Failed, Finished, Refused, Retrieved, TextDelta
from pipelines.types import Answer, Claim, ClosestSection, Source, Usage


class AnswerAccumulator:
    """Takes events in, adds the request's own timings, and can say what was told when a turn is cut off.

    `began` is `time.perf_counter()` when the request was received; `history_ms` is what loading the past took.
    """

    def __init__(self, *, began: float, history_ms: float) -> None:
        self._began = began
        self._history_ms = history_ms
        self._retrieval: Mapping[str, float] = {}
        self._texts: list[str] = []
        self._candidates: tuple[Source, ...] = ()
        self._claims: dict[tuple[int, int], Claim] = {}
        self._closest: tuple[ClosestSection, ...] = ()
        self.provenance: Mapping[str, Any] = {}
        self.finished = False
        self.failed = False

    def take(self, event: Event) -> Event:
        """The event as it is told on: with `retrieval_ms`, `history_ms` and `total_ms` counted from the request."""
        match event:
            case TextDelta():
                self._texts.append(event.text)
            case ClaimChecked():
                self._claims[event.claim.start, event.claim.end] = event.claim
            case Retrieved():
                return self._take_retrieved(event)
            case Refused():
                self._texts.append(event.text)
                self._closest = event.closest
            case Finished():
                self.finished = True
                timings = _rounded({**event.answer.timings, **self._retrieval, "total_ms": self._elapsed()})
                return replace(event, answer=replace(event.answer, timings=timings))
            case Failed():
                self.failed = True
        return event

    @property
    def is_cut_off(self) -> bool:
        """Whether words (or, where the reader left, at least the question) are still to be recorded."""
        return not self.finished and (bool(self._texts) or not self.failed)

    def interrupted(self) -> Answer:
        """What was told so far."""
        claims = tuple(self._claims.values())
        cited = {citation.source for claim in claims for citation in claim.citations}
        return Answer(
            status="interrupted",
            text="".join(self._texts),
            claims=claims,
            sources=tuple(sorted((one for one in self._candidates if one.id in cited), key=lambda one: int(one.id))),
            closest=self._closest,
            flags=(),
            model="",
            usage=Usage(),
            timings=_rounded({**self._retrieval, "total_ms": self._elapsed()}),
        )

    def _take_retrieved(self, event: Retrieved) -> Retrieved:
        self._candidates = event.sources
        self.provenance = event.provenance
        # The engine counts from its own start; a reader waits since the request.
        self._retrieval = {"history_ms": self._history_ms, "retrieval_ms": self._elapsed()}
        return replace(event, timings=_rounded({**event.timings, **self._retrieval}))

    def _elapsed(self) -> float:
        return (time.perf_counter() - self._began) * 1000


def _rounded(timings: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(value, 3) for stage, value in timings.items()}
