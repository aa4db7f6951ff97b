import time
from uuid import RFC_4122, UUID

import pytest

from storage_config.records.ids import new_id


def test_an_id_is_a_uuid_of_version_7_and_holds_its_time() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after
    assert UUID(str(made)) == made


def test_everything_but_time_and_version_is_random() -> None:
    ids = [new_id().int for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    ever_set = ever_clear = 0
    for value in ids:
        ever_set |= value
        ever_clear |= ~value
    random_bits = ((1 << 62) - 1) | (((1 << 12) - 1) << 64)
    assert ever_set & random_bits == random_bits
    assert ever_clear & random_bits == random_bits


def test_ids_sort_by_the_millisecond_in_which_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000_000_000_000
    made = []
    for step in range(100):
        monkeypatch.setattr("storage_config.records.ids.time.time_ns", lambda at=now + step * 1_000_000: at)
        made.append(new_id())
    assert made == sorted(made)
