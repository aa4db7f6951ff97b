from pipelines.answering.history import MAX_HISTORY_TOKENS, fit_history
from pipelines.splitting.tokens import SPECIAL_TOKENS, count_tokens
from pipelines.types import MAX_MESSAGE_CHARS, HistoryMessage

LONG = "one two three four five six seven"  # seven tokens


def _talk(*texts: str) -> tuple[HistoryMessage, ...]:
    return tuple(HistoryMessage("user" if number % 2 == 0 else "assistant", text) for number, text in enumerate(texts))


def test_everything_that_fits_is_kept() -> None:
    history = _talk("one", "two", "three", "four")
    assert fit_history(history, 4) == history
    assert fit_history((), 4) == ()


def test_the_oldest_turns_leave_first_and_whole() -> None:
    history = _talk("one", "two", LONG, "four", "five", "six")
    assert count_tokens(LONG) - SPECIAL_TOKENS == 7
    assert fit_history(history, 11) == history[2:]  # room for one's answer, which does not stay alone
    assert fit_history(history, 9) == history[4:]
    assert fit_history(history, 1) == fit_history(history, 0) == ()


def test_a_turn_has_all_answers_to_its_question() -> None:
    history = (
        HistoryMessage("user", "one"),
        HistoryMessage("assistant", "two"),
        HistoryMessage("assistant", "three"),
        HistoryMessage("user", "four"),
    )
    assert fit_history(history, 4) == history
    assert fit_history(history, 3) == history[3:]


def test_what_was_said_before_the_first_question_is_a_turn_too() -> None:
    history = (HistoryMessage("assistant", "hello"), HistoryMessage("user", "one"), HistoryMessage("assistant", "two"))
    assert fit_history(history, 3) == history
    assert fit_history(history, 2) == history[1:]


def test_what_the_tokenizer_takes_for_little_is_charged_by_its_length() -> None:
    blank, word = " " * 1_600, "x" * 1_600
    assert count_tokens(blank) == SPECIAL_TOKENS
    for text in (blank, word):
        assert fit_history(_talk(text), 100) == _talk(text)
        assert fit_history(_talk(text), 99) == ()


def test_a_bound_above_the_default_holds() -> None:
    """Forty turns of about a hundred tokens: the default keeps half of them, twice as much keeps all."""
    history = tuple(HistoryMessage("user", f"Question {n}: " + "word " * 95) for n in range(40))
    assert fit_history(history, 2 * MAX_HISTORY_TOKENS + 400) == history
    assert 15 <= len(fit_history(history, MAX_HISTORY_TOKENS)) <= 20


def test_one_very_long_answer_is_cut_and_costs_no_turn() -> None:
    history = _talk("one", "long " * 20_000, "three", "four")
    kept = fit_history(history, MAX_HISTORY_TOKENS)
    assert [said.text for said in kept] == ["one", ("long " * 20_000)[:MAX_MESSAGE_CHARS], "three", "four"]
