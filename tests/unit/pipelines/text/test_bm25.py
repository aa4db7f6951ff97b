import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.bm25 import AVERAGE_LENGTH, B, Bm25Encoder, K, space_bigrams
from storage_config.vectors.points import SparseVector

ENGLISH = Bm25Encoder()
ANY_TEXT = st.text(max_size=300)


def terms(text: str, encoder: Bm25Encoder = ENGLISH) -> set[int]:
    return set(encoder.encode_query(text).indices)


def weight(text: str, word: str) -> float:
    vector = ENGLISH.encode_document(text)
    (index,) = ENGLISH.encode_query(word).indices
    return dict(zip(vector.indices, vector.values, strict=True)).get(index, 0.0)


def test_the_weight_is_bm25s_without_idf() -> None:
    text = "bread bread bread " + "oven " * 7
    count, length = 3, 10
    expected = count * (K + 1) / (count + K * (1 - B + B * length / AVERAGE_LENGTH))
    assert weight(text, "bread") == pytest.approx(expected, rel=1e-4)


def test_counts_saturate_and_long_passages_weigh_less() -> None:
    weights = [weight("bread " * count + "oven " * (50 - count), "bread") for count in (1, 2, 4, 8, 16)]
    assert weights == sorted(weights)
    gains = [after - before for before, after in pairwise(weights)]
    assert gains[0] > gains[-1] / 8
    assert weights[-1] < K + 1 + 1e-6
    assert weight("bread " + "oven " * 30, "bread") > weight("bread " + "oven " * 300, "bread")


def test_inflected_words_meet_and_stop_words_are_nothing() -> None:
    assert terms("baking breads") == terms("bake bread")
    assert terms("the of and is") == set()
    assert ENGLISH.encode_document("") == SparseVector([], [])


def test_identifiers_count_whole_and_in_parts() -> None:
    assert terms("useState") >= terms("state") | terms("use")
    assert terms("usestate") <= terms("useState")
    assert terms("max_open_files") >= terms("open") | terms("files")


def test_a_language_has_its_own_stems_and_stop_words() -> None:
    german = Bm25Encoder("german")
    assert terms("Häuser", german) == terms("Häusern", german)
    assert terms("und der die das", german) == set()
    assert terms("und der die das") != set()
    with pytest.raises(ValueError, match="klingon"):
        Bm25Encoder("klingon")


@pytest.mark.parametrize(
    "language", ["english", "german", "french", "spanish", "italian", "portuguese", "dutch", "russian"]
)
def test_every_language_that_a_corpus_may_declare(language: str) -> None:
    encoder = Bm25Encoder(language)
    assert len(encoder.encode_query("Postgres").indices) == 1
    assert encoder.params["language"] == language


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("東京都の天気予報です", "天気"),
        ("メモリリークを調べる", "リーク"),
        ("如何配置中间件", "中间件"),
        ("วิธีตั้งค่าเซิร์ฟเวอร์", "เซิร์ฟเวอร์"),
    ],
)
def test_a_part_of_an_unspaced_run_is_found(page: str, part: str) -> None:
    assert terms(part)
    assert terms(part) <= set(ENGLISH.encode_document(page).indices)


def test_bigrams() -> None:
    assert space_bigrams("Qdrantの設定方法 v2").split() == ["Qdrant", "の設", "設定", "定方", "方法", "v2"]
    assert space_bigrams("a 木 b").split() == ["a", "木", "b"]
    assert space_bigrams("plain words, 한국어 문장") == "plain words, 한국어 문장"


@given(ANY_TEXT)
def test_any_text_has_a_vector_and_its_own_terms_find_it(text: str) -> None:
    document, query = ENGLISH.encode_document(text), ENGLISH.encode_query(text)
    assert set(document.indices) == set(query.indices)
    assert len(document.indices) == len(set(document.indices)) == len(document.values)
    assert all(0 < value < K + 1.001 and math.isfinite(value) for value in document.values)
    assert set(query.values) <= {1.0}


def test_parameters_tell_apart_what_gives_other_vectors() -> None:
    assert ENGLISH.params == Bm25Encoder("english").params != Bm25Encoder("german").params
    assert ENGLISH.params["average_length"] == AVERAGE_LENGTH


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("what does ..= mean", ["..="]),
        ("| `..=` | `expr..=expr` | Right-inclusive |", ["..="]),
        ("json -> vs ->>", ["->", "->>"]),
        ("what does ?? mean", ["??"]),
        ("the `/` sign, `&` and `->`.", ["/", "&", "->"]),
        ("if (a && b) return c", ["&&"]),
        ("x::y :: z", ["::"]),
        ("a - b -- c --- d ... e **bold** x / y & z", []),
        ("| --- | --- |", []),
        ("what is it?? really?!", []),
        ("what is =>?", ["=>"]),
        ("Equality is ==.", ["=="]),
        ("[==] or {=>}", ["==", "=>"]),
        ("what is `--` or `...`", ["--", "..."]),
        ("where are the logs :/ please :-) or :( $$ x $$ ~~ y ~~ @@ -1", []),
        ("| :-- | :-: | --: |", []),
        ("see https://a.example/b?c=d", []),
    ],
)
def test_symbols_that_stand_alone_are_words(text: str, symbols: list[str]) -> None:
    spelled = {ENGLISH.encode_query(f"`{symbol}`").indices[0] for symbol in symbols}
    assert len(spelled) == len(symbols)
    found = set(ENGLISH.encode_document(text).indices)
    bare = set(ENGLISH.encode_document(re.sub(r"[^\w\s]", " ", text)).indices)
    assert found - bare == spelled
