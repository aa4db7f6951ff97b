"""The circuit opens after repeated failures, probes after its pause and doubles the pause of a failed probe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.providers.circuit import Circuit, CircuitCall, CircuitLimits


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(CircuitLimits(failures=3, pause=10, max_pause=30), clock=clock)


def state_of(circuit: Circuit) -> str:
    return circuit.state


def fail(circuit: Circuit, times: int = 1) -> None:
    for _ in range(times):
        circuit.enter().fail()


def test_opens_after_failures_in_a_row_only(circuit: Circuit) -> None:
    fail(circuit, 2)
    circuit.enter().succeed()
    fail(circuit, 2)
    assert state_of(circuit) == "closed"
    assert circuit.blocked_for() == 0
    fail(circuit)
    assert state_of(circuit) == "open"
    assert circuit.blocked_for() == 10


def test_half_open_lets_one_probe_pass(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 10
    assert state_of(circuit) == "half_open"
    assert circuit.blocked_for() == 0
    probe = circuit.enter()
    assert circuit.blocked_for() == 1.0
    probe.succeed()
    assert state_of(circuit) == "closed"


def test_a_failed_probe_doubles_the_pause_up_to_its_bound(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    pauses = []
    for _ in range(4):
        clock.now += circuit.blocked_for()
        fail(circuit)
        pauses.append(circuit.blocked_for())
    assert pauses == [20, 30, 30, 30]
    clock.now += 30
    circuit.enter().succeed()
    fail(circuit, 3)
    assert circuit.blocked_for() == 10


def test_the_first_token_of_the_probe_closes_on_probation(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 10
    probe = circuit.enter()
    probe.answered()
    assert state_of(circuit) == "closed"
    probe.fail()  # the stream was cut later
    assert state_of(circuit) == "open"
    assert circuit.blocked_for() == 20


def test_a_probe_that_leaves_makes_room_for_another(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 10
    circuit.enter().leave()
    assert state_of(circuit) == "half_open"
    assert circuit.blocked_for() == 0


def test_calls_under_way_when_it_opened_do_not_prolong_it(circuit: Circuit, clock: Clock) -> None:
    late = [circuit.enter() for _ in range(5)]
    fail(circuit, 3)
    clock.now += 4
    for call in late:
        call.fail()
    assert circuit.blocked_for() == 6
    clock.now += 6
    probe = circuit.enter()
    leaver = CircuitCall(circuit)
    leaver.leave()
    assert circuit.blocked_for() == 1.0, "only the probe itself ends the probing"
    probe.succeed()


def test_only_the_first_verdict_counts(circuit: Circuit) -> None:
    call = circuit.enter()
    call.succeed()
    for _ in range(5):
        call.fail()
        call.leave()
    call.answered()
    assert state_of(circuit) == "closed"


@given(st.lists(st.sampled_from(["fail", "succeed", "leave", "answered", "wait"]), max_size=60))
def test_never_blocks_longer_than_the_longest_pause(steps: list[str]) -> None:
    clock = Clock()
    circuit = Circuit(CircuitLimits(failures=2, pause=5, max_pause=40), clock=clock)
    for step in steps:
        if step == "wait":
            clock.now += 7
        elif circuit.blocked_for() == 0:
            getattr(circuit.enter(), step)()
        assert 0 <= circuit.blocked_for() <= 40
    clock.now += 40
    # An `answered` call that never ended is still under way; all others have left.
    assert circuit.blocked_for() in (0.0, 1.0)
