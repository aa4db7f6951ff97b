"""What happens while a question is answered: one event model, several wires.

Order: `Retrieved`, then either `Refused`, or `Restarted`* `TextDelta`* with `ClaimChecked`* between and after,
then `Finished`. `Failed` ends the stream at any point. A `ClaimChecked` with the span of an earlier one replaces it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.types import Answer, Claim, ClosestSection, Source


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Retrieval is done and the engine decided to answer or refuse. `sources` are the candidates by rank.

    `provenance` is what is known by now of what makes the answer, for the record of one that is cut off.
    """

    sources: tuple[Source, ...]
    timings: Mapping[str, float]
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text; the concatenation of all deltas is `Answer.text`."""

    text: str


@dataclass(frozen=True, slots=True)
class ClaimChecked:
    """A sentence is complete and was checked, or was checked again by a slower verifier."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Refused:
    """The passages do not carry an answer; `reason` is a stable word, `closest` the nearest sections."""

    reason: str
    text: str
    closest: tuple[ClosestSection, ...]


@dataclass(frozen=True, slots=True)
class Restarted:
    """The model before failed before its first token; `model` is tried now."""

    model: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete.

    `provenance` is what made it: collection, fingerprint, retrieved ids and scores, prompt version, models and
    parameters, as JSON values, kept with the recorded answer so that it can be run again.
    """

    answer: Answer
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer: `error` is for the table of problem types, never shown to a reader as it is."""

    error: Exception


Event = Retrieved | TextDelta | ClaimChecked | Refused | Restarted | Finished | Failed
