from pipelines.retrieval.retrieval_memory import RetrievalMemory
from tests.support.passages import build_passage

FOUND = (build_passage("One."),)


def test_what_was_found_is_given_out_until_the_store_is_written() -> None:
    memory = RetrievalMemory()
    memory.keep("q", 1, FOUND)
    assert memory.get("q", 1) == FOUND
    assert memory.get("other", 1) is None
    assert memory.get("q", 2) is None
    assert memory.get("q", 1) is None  # gone with the revision


def test_the_least_recently_used_leaves() -> None:
    memory = RetrievalMemory(size=2)
    for name in ("a", "b"):
        memory.keep(name, 1, FOUND)
    memory.get("a", 1)
    memory.keep("c", 1, FOUND)
    assert [memory.get(name, 1) is not None for name in "abc"] == [True, False, True]
