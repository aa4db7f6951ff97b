"""What negates in Japanese, and what only ends like it."""

import pytest

from pipelines.grounding.evidence import lex


@pytest.mark.parametrize(
    ("text", "negates"),
    [
        ("使えない", True),
        ("使えません", True),
        ("設定項目は少ない", False),
        ("設定しなければならない", False),
        ("保存しなければなりません", False),
    ],
)
def test_only_negations_negate(text: str, negates: bool) -> None:
    assert bool({"ない", "ません"} & set(lex(text, "japanese").words)) == negates
