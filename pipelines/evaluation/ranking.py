"""How well passages are ranked, by the measures of information retrieval as `ir_measures` computes them.

What is to be found are the sections that a question's urls name; a passage counts for the first of them that it stands
in, once. `hit@k` is the share of questions with any of them among the first k (Success@k), `recall@k` the share of the
sections found, `ndcg@k` Järvelin & Kekäläinen 2002 with binary gains, `mrr@k` the mean reciprocal rank of the first.
"""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

from pipelines.evaluation.asking import Asked
from pipelines.evaluation.sections import PageSections

DEPTH = 8  # what the engine hands on
MEASURES = {
    f"hit@{DEPTH}": Success @ DEPTH,
    "recall@3": R @ 3,
    f"recall@{DEPTH}": R @ DEPTH,
    f"ndcg@{DEPTH}": nDCG @ DEPTH,
    f"mrr@{DEPTH}": RR @ DEPTH,
}


def measure_ranking(asked: Sequence[Asked], sections: PageSections) -> dict[str, Mapping[str, float]]:
    """The measures by the ids of the questions that name a section and were not failed by a vendor."""
    qrels: list[Qrel] = []
    ranked: list[ScoredDoc] = []
    for one in asked:
        if not one.question.urls or one.answer is None:
            continue
        qrels += [Qrel(one.question.id, url, 1) for url in dict.fromkeys(one.question.urls)]
        found = found_sections(one, sections)
        ranked += [ScoredDoc(one.question.id, item, -float(rank)) for rank, item in enumerate(found)]
    measured: dict[str, dict[str, float]] = {qrel.query_id: {} for qrel in qrels}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(names), qrels, ranked) if qrels else ():
        measured[metric.query_id][names[metric.measure]] = float(metric.value)
    return dict(measured)


def found_sections(asked: Asked, sections: PageSections) -> list[str]:
    """By rank, the named section that each passage stands in, or the passage's own number; none twice."""
    places = {url: sections.find(url) for url in asked.question.urls}
    items = []
    for rank, passage in enumerate(asked.passages, 1):
        named = (url for url, found in places.items() if any(place.holds(passage) for place in found))
        items.append(next(named, f"passage {rank}"))
    return list(dict.fromkeys(items))
