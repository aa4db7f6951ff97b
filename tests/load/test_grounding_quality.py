"""The benchmark of grounding in short form: edited sentences of real pages, and claims that are true."""

import random
from pathlib import Path

import pytest

from pipelines.grounding.verifier import LexicalVerifier
from tests.load import bench_grounding

VERIFIER = LexicalVerifier()


@pytest.mark.shared_data
def test_edits_of_real_sentences_are_caught(shared_data: Path) -> None:
    table = bench_grounding.stress(VERIFIER, shared_data, per_source=40)
    least = {"number": 0.95, "name": 0.95, "not": 0.95, "antonym": 0.9, "code span": 0.75, "joined, edited": 0.85}
    for kind, share in least.items():
        shares = [row[kind] for row in table.values() if kind in row]
        assert sum(shares) / len(shares) >= share, (kind, table)
    assert all(row["verbatim"] == 0 for row in table.values())
    joined = [row["joined"] for row in table.values()]
    assert sum(joined) / len(joined) <= 0.04, table


@pytest.mark.shared_data
def test_true_claims_in_other_words_are_rarely_flagged(shared_data: Path) -> None:
    claims = bench_grounding.true_claims(shared_data)
    rng = random.Random(3)
    alarms = {name: bench_grounding.flagged(bench_grounding.verdicts(VERIFIER, rng.sample(some, min(300, len(some)))))
              for name, some in claims.items()}  # fmt: skip
    assert alarms["clapnq answers"] < 0.05
    assert alarms["ragtruth clean"] < 0.15
