"""Where sentences end, and where they do not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.languages.known import LANGUAGES
from pipelines.text.boundaries import ends_sentence, sentence_spans
from tests.support.linear_time import measure_growth


def sentences(text: str, language: str = "english") -> list[str]:
    return [text[start:end].strip() for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The upload limit of the orchard service is max. 10 MB.",
        "It costs 50 euro incl. VAT.",
        "Use ASP.NET Core 8 to host it.",
        "The class Orchard.Client.Http reads the token.",
        "Files such as *.md and *.mdx are read, i.e. all of them.",
        "See Fig. 3, Ch. 5 and Eq. 2 in vol. 1.",
        "Rust vs. Go is no question of taste.",
        "Version 1.2.3 needs Python 3.11.",
        "We work Mon. to Fri. in the office.",
        "See pg. 5, par. 3 and ln. 12 of it.",
        "Write temp. files, std. output and opt. args there.",
        "Ask the acct. manager or Assoc. Prof. Smith.",
    ],
)
def test_names_versions_and_abbreviations_end_nothing(sentence: str) -> None:
    assert sentences(f"{sentence} Here is another one.") == [sentence, "Here is another one."]


def test_a_word_that_is_an_abbreviation_before_a_number_only_ends_a_sentence_elsewhere() -> None:
    assert sentences("Is it free? No. You pay.") == ["Is it free?", "No.", "You pay."]
    assert sentences("See No. 7 of the list. Then go on.") == ["See No. 7 of the list.", "Then go on."]


@pytest.mark.parametrize(
    "sentence",
    [
        "`??` is used for untracked paths.",
        "The `!` sign negates, `a?` Returns nothing and `v1.` is a prefix.",
        "Names are separated by a `.` to tell them apart.",
    ],
)
def test_signs_that_end_a_piece_of_code_end_no_sentence(sentence: str) -> None:
    assert sentences(f"{sentence} Call `run()`. Then go.") == [sentence, "Call `run()`.", "Then go."]


def test_a_word_in_code_ends_a_sentence_with_its_sign_before_a_capital_or_a_new_line() -> None:
    assert sentences("It prints `Done.` Then it ends.") == ["It prints `Done.`", "Then it ends."]
    assert sentences("Use the flag `-v.`\nAnother line begins.") == ["Use the flag `-v.`", "Another line begins."]


def test_full_width_marks_need_no_space() -> None:
    assert sentences("これは文です。次の文。") == ["これは文です。", "次の文。"]


def test_abbreviations_are_those_of_the_language_and_english_ones() -> None:
    text = "Das gilt z.B. für max. 10 Dateien bzw. Ordner. Mehr nicht."
    assert sentences(text, "german") == ["Das gilt z.B. für max. 10 Dateien bzw. Ordner.", "Mehr nicht."]


@pytest.mark.parametrize(
    "sentence",
    ["Der 1. Schritt ist leicht.", "Im 19. Jahrhundert war es so.", "Am 3. Tag ist die 2. Version da."],
)
def test_ordinals_of_german_end_nothing(sentence: str) -> None:
    assert sentences(f"{sentence} Mehr nicht.", "german") == [sentence, "Mehr nicht."]


def test_numbers_and_words_that_are_whole_end_a_sentence() -> None:
    assert sentences("Es kostet 5. Danach mehr.", "german") == ["Es kostet 5.", "Danach mehr."]
    assert sentences("Edit the config. Then look at the spec. It says so.") == [
        "Edit the config.", "Then look at the spec.", "It says so."
    ]  # fmt: skip


def test_nothing_before_ends_nothing() -> None:
    assert not ends_sentence("  ", " A")


@given(st.text(alphabet="aB1 .!?\n。", max_size=80), st.sampled_from(sorted(LANGUAGES)))
def test_spans_are_the_text(text: str, language: str) -> None:
    assert "".join(text[start:end] for start, end in sentence_spans(text, language)) == text


@pytest.mark.parametrize("text", ["**1. Topic name mismatch**: check it.", "Step 2. Build it again."])
def test_a_number_that_opens_a_sentence_ends_none(text: str) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == [text]


@pytest.mark.parametrize("text", ["Python 3. It is new.", "Only 2. More are not allowed.", "Version 2. Then 3."])
def test_a_number_at_the_end_of_a_sentence_ends_it(text: str) -> None:
    assert len(list(sentence_spans(text))) == 2


@pytest.mark.parametrize("text", ["Step 2. Build it.", "**1. Name**: it is.", "Kapitel 3. Der Anfang"])
def test_a_number_that_opens_belongs_to_what_follows(text: str) -> None:
    assert len(list(sentence_spans(text))) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("portuguese", "P. ex. isto é uma frase."),
        ("russian", "Т. е. это одно предложение."),
        ("french", "C.-à-d. cela est une phrase."),
        ("spanish", "Son las leyes de EE. UU. en vigor."),
        ("german", "Das gilt i. d. R. immer."),
        ("english", "See App. B and Def. 2 for it."),
        ("english", "Appendix A, Fig. C.2, Thm. 3 and Prop. 4 say so."),
        ("dutch", "M. b. t. de prijs is dit zo."),
    ],
)
def test_abbreviations_that_are_divided_or_before_letters(language: str, text: str) -> None:
    assert sentences(text, language) == [text]


@pytest.mark.parametrize("text", ["Choose option B. Then go on.", "It is in the app. Go there."])
def test_words_that_only_look_like_abbreviations_end_sentences(text: str) -> None:
    assert len(sentences(text, "english")) == 2


def test_stops_without_blanks_are_found_in_linear_time() -> None:
    def read(length: int) -> float:
        text = "`a`।" * (length // 4)
        began = time.perf_counter()
        assert "".join(text[low:high] for low, high in sentence_spans(text, "hindi")) == text
        return time.perf_counter() - began

    took, most = measure_growth(read, 2_000, 12_000, 72_000)
    assert took < most


def test_a_long_paragraph_has_the_sentences_of_its_parts() -> None:
    sentences = [f"Sentence {number} names version {number}.5 of the pump, i.e. a new one. " for number in range(300)]
    text = "".join(sentences)
    assert [text[low:high] for low, high in sentence_spans(text)] == sentences


def test_a_quotation_is_whole_wherever_it_stands_in_a_long_paragraph() -> None:
    before = "The pump moves water from the well to the tank each day. " * 34
    said = 'He said "It is late. We must go home now. The pump is loud." and left. '
    found = [(before + said + before)[low:high] for low, high in sentence_spans(before + said + before)]
    assert said in found
