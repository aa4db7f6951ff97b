"""Keys look like keys: scanners find them, and guesses cost no query."""

import re

import pytest

from app.auth.api_keys import is_well_formed, make_secret, role_of
from storage_config.vocabulary import CallerRole

GOOD = "fn_" + "a" * 36 + "3b463W"


def test_made_keys_differ_and_are_well_formed() -> None:
    made = {make_secret() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"fn_[0-9A-Za-z]{42}", key) and is_well_formed(key) for key in made)


def test_the_checksum_is_stable() -> None:
    # CRC-32 of 36 times "a" is 3296099522, in base 62 "3b463W": secrets that were handed out must stay valid.
    assert is_well_formed(GOOD)


def test_a_key_with_any_character_changed_is_none() -> None:
    key = make_secret()
    for place in range(3, len(key)):
        other = "a" if key[place] != "a" else "b"
        assert not is_well_formed(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize(
    "key", ["", "fn_", "fn_" + "a" * 42, GOOD[:-1], GOOD + "0", " " + GOOD, GOOD + "\n", GOOD.upper()]
)
def test_what_is_no_key_is_told(key: str) -> None:
    assert not is_well_formed(key)


@pytest.mark.parametrize(
    ("scopes", "role"),
    [(["writer"], "writer"), (["reader", "owner"], "owner"), ([], None), (["documents:write", "Owner"], None)],
)
def test_scopes_give_the_highest_role(scopes: list[str], role: CallerRole | None) -> None:
    assert role_of(scopes) == role
