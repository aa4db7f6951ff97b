"""What holds for the patterns of every language: their form, and what long questions of their own words cost."""

import dataclasses
import re
import time
from collections.abc import Iterator, Mapping, Sequence

import pytest

from pipelines.languages.known import LANGUAGES
from pipelines.languages.scripts import unaccented
from tests.support.linear_time import measure_growth

_ANYWHERE = ("x ", "x", "a a ", "?!¿ ", "a, ")
_FLOODS = {
    "english": ("should i ", "a or b ", "when to ", "vs ", "how do i ", "which of "),
    "german": ("soll ich ", "a oder b ", "wenn ich ", "wie ", "welche ", "was ist ", "vergleiche "),
    "dutch": ("moet ik ", "a of b ", "als ik ", "hoe ", "wat is ", "vergelijk "),
    "russian": ("что лучше ", "а или б ", "если я ", "какие все ", "как ", "сравни "),
    "french": ("comparer ou ", "entre a et b ", "quand ", "j'aimerais savoir ", "est-ce que je "),
    "spanish": ("compara o ", "entre a y b ", "cuando usar ", "es mas ", "puedes decirme ", "e mais ou é "),
    "italian": ("confronta o ", "tra a e b ", "quando usare ", "più ", "vorrei sapere "),
    "portuguese": ("compare o ou ", "entre a e b ", "quando usar ", "e mais ou é ", "gostaria de saber "),
    "chinese": ("比较 ", "a和b", "列出", "还是", "对比我", "什么时候用", "谁", "命令", "例"),
    "japanese": ("aと", "を比較", "ではなく", "いつ", "か", "ない ", "と比べ", "を説明"),
    "arabic": ("أم ", "متى ", "أفضل ", "قارن و", "أستخدم أو ", "مثلة ", "ما ", "a أو "),
    "hindi": ("या ", "और ", "तुलना ", "कौन ", "कब ", "अंतर ", "नहीं कर ", "की जगह "),
    "urdu": ("یا ", "اور ", "موازنہ ", "کون ", "کب ", "فرق ", "نہیں کر ", "کی جگہ "),
}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, Sequence):
        for one in value:
            yield from _strings(one)


@pytest.mark.parametrize("name", LANGUAGES)
def test_no_repeat_and_no_name_was_left_as_an_f_string_writes_it(name: str) -> None:
    """`{{1,4}}` in a plain string matches nothing, and `{_NAME}` its own letters."""
    language = LANGUAGES[name]
    for field in dataclasses.fields(language):
        for pattern in _strings(getattr(language, field.name)):
            assert not re.search(r"\{\{|\}\}|\{_", pattern), field.name


def test_each_language_is_flooded() -> None:
    assert _FLOODS.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("name", LANGUAGES)
def test_no_pattern_takes_more_than_linear_time(name: str) -> None:
    language = LANGUAGES[name]
    shapes = [*language.kinds.values(), *language.compares, language.asks_which, language.reasons]
    patterns = [re.compile(unaccented(shape), re.IGNORECASE) for shape in shapes if shape]
    for flood in (*_FLOODS[name], *_ANYWHERE):

        def seconds(length: int, flood: str = flood) -> float:
            text = (flood * length)[:length]
            began = time.process_time()
            for pattern in patterns:
                pattern.search(text)
            return time.process_time() - began

        took, most = measure_growth(seconds, 700, 4_200)
        assert took <= most, flood
