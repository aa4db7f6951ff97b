from collections.abc import Mapping

from storage_config.vectors.payload_memory import PayloadMemory
from storage_config.vectors.points import Payload

Memory = PayloadMemory[str, Payload]


class Engine:
    """Points by id, and what was read of them."""

    def __init__(self, **points: int) -> None:
        self.points = points
        self.read_ids: list[list[str]] = []

    def read(self, ids: list[str]) -> Mapping[str, Payload]:
        self.read_ids.append(ids)
        return {i: {"number": self.points[i]} for i in ids if i in self.points}


def test_only_unknown_payloads_are_read() -> None:
    memory, engine = Memory(), Engine(a=1, b=2, c=3)
    assert memory.get(["a", "b"], engine.read) == {"a": {"number": 1}, "b": {"number": 2}}
    assert memory.get(["b", "c"], engine.read) == {"b": {"number": 2}, "c": {"number": 3}}
    assert memory.get(["a", "c"], engine.read) == {"a": {"number": 1}, "c": {"number": 3}}
    assert engine.read_ids == [["a", "b"], ["c"]]


def test_a_write_forgets_everything() -> None:
    memory, engine = Memory(), Engine(a=1)
    memory.get(["a"], engine.read)
    engine.points["a"] = 2
    memory.forget()
    assert memory.get(["a"], engine.read) == {"a": {"number": 2}}


def test_what_was_read_during_a_write_is_not_kept() -> None:
    memory, engine = Memory(), Engine(a=1)

    def overtaken(ids: list[str]) -> Mapping[str, Payload]:
        old = engine.read(ids)
        engine.points["a"] = 2
        memory.forget()
        return old

    assert memory.get(["a"], overtaken) == {"a": {"number": 1}}
    assert memory.get(["a"], engine.read) == {"a": {"number": 2}}


def test_what_is_gone_is_left_out_and_not_remembered() -> None:
    memory, engine = Memory(), Engine(a=1)
    assert memory.get(["a", "gone"], engine.read) == {"a": {"number": 1}}
    assert memory.get(["gone"], engine.read) == {}
    assert engine.read_ids == [["a", "gone"], ["gone"]]


def test_it_is_bounded() -> None:
    memory, engine = Memory(size=3), Engine(a=1, b=2, c=3, d=4)
    for name in "abcd":
        assert memory.get([name], engine.read)
    memory.get(["a", "d"], engine.read)
    assert engine.read_ids == [["a"], ["b"], ["c"], ["d"], ["a"]]
