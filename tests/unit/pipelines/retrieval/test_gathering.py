"""Nodes become passages: widened, put together, each sentence once."""

from typing import Any

from pipelines.retrieval.fusion import FusedHit
from pipelines.retrieval.gathering import RankedHit, gather_passages

PAGE = "One. Two. Three. Four. Five. Six."


def ranked(start: int, end: int, *, low: int, high: int, score: float = 0.5, **payload: Any) -> RankedHit:
    known = {
        "uri": "a.md", "url": "https://docs.example/a#s", "title": "A", "heading_path": ["S"], "text": PAGE[start:end],
        "start": start, "end": end, "before": PAGE[low:start], "after": PAGE[end:high],
    }  # fmt: skip
    return RankedHit(FusedHit(f"{start}-{end}", score, 0.4, 3.0, known | payload), score)


def test_a_passage_holds_what_surrounds_its_node() -> None:
    (passage,) = gather_passages([ranked(5, 9, low=0, high=16)], top_n=3)
    assert passage.text == "One. Two. Three."
    assert PAGE[passage.start : passage.end] == passage.text
    assert [passage.text[low:high] for low, high in passage.hits] == ["Two."]


def test_nodes_of_one_stretch_are_one_passage_with_several_hits() -> None:
    first, second = ranked(5, 9, low=0, high=16), ranked(10, 16, low=0, high=16)
    other = ranked(17, 22, low=17, high=22, uri="b.md", url="https://docs.example/b")
    passages = gather_passages([first, second, other], top_n=2)
    assert [passage.uri for passage in passages] == ["a.md", "b.md"]
    assert [passages[0].text[low:high] for low, high in passages[0].hits] == ["Two.", "Three."]


def test_what_stands_in_a_higher_passage_is_left_out_of_a_lower_one() -> None:
    passages = gather_passages([ranked(5, 9, low=0, high=16), ranked(23, 28, low=10, high=33)], top_n=2)
    assert [passage.text for passage in passages] == ["One. Two. Three.", "Four. Five. Six."]
    assert all(PAGE[passage.start : passage.end] == passage.text for passage in passages)


def test_another_page_at_the_same_url_is_kept() -> None:
    other = ranked(5, 9, low=0, high=16, uri="other.md", text="Ten.")
    assert len(gather_passages([ranked(5, 9, low=0, high=16), other], top_n=5)) == 2


def test_a_page_at_the_same_url_counts_once() -> None:
    twin = ranked(5, 9, low=0, high=16, uri="copy/a.md")
    assert len(gather_passages([ranked(5, 9, low=0, high=16), twin], top_n=5)) == 1


def test_points_without_surroundings_are_passages_of_their_own_text() -> None:
    hit = ranked(5, 9, low=5, high=9)
    payload = {key: value for key, value in hit.hit.payload.items() if key not in ("before", "after")}
    bare = RankedHit(FusedHit("x", 0.5, 0, 0, payload), 1)
    assert [passage.text for passage in gather_passages([bare], top_n=1)] == ["Two."]
