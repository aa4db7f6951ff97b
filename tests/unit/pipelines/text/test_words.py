"""Stems and names as the index sees them."""

from pipelines.text.words import Words


def test_stems_fold_inflection_and_drop_stop_words() -> None:
    words = Words()
    assert words.stems("What is the running of a run?") == words.stems("running run")
    assert words.stems("runs") == words.stems("run")


def test_order_and_repetition_stay() -> None:
    words = Words()
    a, b = words.stems("alpha"), words.stems("beta")
    assert words.stems("alpha beta alpha") == (*a, *b, *a)


def test_identifiers_share_their_parts() -> None:
    words = Words()
    assert set(words.stems("useSelector")) & set(words.stems("selector"))


def test_languages_differ() -> None:
    assert Words("german").stems("der") == ()
    assert Words("english").stems("der") != ()


def test_names_are_capitals_inside_numbers_and_identifiers() -> None:
    words = Words()
    question = "When did the Duke of Burgundy call useSelector in 1992?"
    assert {frozenset(words.stems(name)) for name in ("Duke", "Burgundy", "useSelector", "1992")} == set(
        words.names(question)
    )


def test_the_word_that_opens_a_sentence_is_no_name() -> None:
    assert Words().names("Duke is a title. Another sentence follows.") == ()
