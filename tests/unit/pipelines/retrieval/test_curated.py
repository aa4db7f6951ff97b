"""Which question of a reader is one that the owner wrote an answer for."""

import pytest

from pipelines.retrieval.curated import QUESTION, SameQuestion, part_answers
from pipelines.retrieval.fusion import Legs
from pipelines.retrieval.retriever import SectionRetriever
from storage_config.vectors.points import PointHit
from tests.unit.pipelines.retrieval.test_retriever import LengthEmbedding, RecordingStore, payload, retriever

MEASURED, UNMEASURED = SameQuestion(least_cosine=0.8), SameQuestion()


def written(name: str, question: str, score: float) -> PointHit:
    return PointHit(name, score, {**payload(name, quality="official", page="faq"), QUESTION: question})


@pytest.mark.parametrize(
    ("asked", "own", "cosine"),
    [
        ("How can I delete my account?", "How do I delete my account?", 0.1),
        ("How can I remove my account?", "How do I delete my account?", 0.9),  # the language's synonyms
        ("I want my money back, how?", "Can I get a refund?", 0.85),
    ],
)
def test_the_same_question_in_other_words(asked: str, own: str, cosine: float) -> None:
    assert MEASURED.is_same(asked, own, cosine)


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("How do I disable dark mode?", "How do I enable dark mode?"),
        ("How can I install it on Linux?", "How do I install it on Windows?"),
        ("Who published this book?", "Who wrote this book?"),
        ("如何禁用暗模式？", "如何启用暗模式？"),
    ],
)
def test_one_word_swapped_for_another_is_another_question_however_near(asked: str, own: str) -> None:
    assert not MEASURED.is_same(asked, own, 0.99)


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("How do I turn off notifications?", "How do I turn on notifications?"),
        ("How do I log out?", "How do I log in?"),
        ("How do I sign up?", "How do I sign in?"),
        ("Why do I not get emails?", "Why do I get emails?"),
        ("Why don't I get emails?", "Why do I get emails?"),
        ("What should I do after an upgrade?", "What should I do before an upgrade?"),
        ("How do I migrate from Postgres to MySQL?", "How do I migrate from MySQL to Postgres?"),
        ("How do I upgrade from 3 to 2?", "How do I upgrade from 2 to 3?"),
        ("Can admins see users?", "Can users see admins?"),
        ("Can I see my data?", "Who can see my data?"),
        ("Wie starte ich den Server nicht neu?", "Wie starte ich den Server neu?"),
    ],
)
@pytest.mark.parametrize("cosine", [0.5, 0.99])
def test_the_same_words_turned_round_are_another_question(asked: str, own: str, cosine: float) -> None:
    same = SameQuestion(language="german" if own.startswith("Wie") else "english", least_cosine=0.8)
    assert not same.is_same(asked, own, cosine)
    assert not same.is_same(own, asked, cosine)
    assert same.is_same(asked, asked, 0.5)


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("How do I install it on Windows with WSL?", "How do I install it on Windows?"),
        ("How do I reset the admin password?", "How do I reset the password?"),
        ("What does a licence for universities cost?", "What does a licence cost?"),
    ],
)
def test_a_narrower_question_is_another_one_however_near(asked: str, own: str) -> None:
    assert not MEASURED.is_same(asked, own, 0.97)


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("How is this book cited?", "How do I cite this book?"),
        ("How do I turn notifications off?", "How do I turn off notifications?"),
        ("How can I turn off telemetry?", "How do I disable telemetry?"),
        ("How can I migrate from MySQL to Postgres?", "How do I migrate from MySQL to Postgres?"),
    ],
)
def test_what_is_not_turned_round_is_the_same(asked: str, own: str) -> None:
    assert UNMEASURED.is_same(asked, own, 0.0)


def test_a_model_that_was_not_measured_tells_only_the_same_words() -> None:
    assert UNMEASURED.is_same("How should this book be cited?", "How do I cite this book?", 0.0)
    assert not UNMEASURED.is_same("Who cites this book?", "How do I cite this book?", 0.99)
    assert not UNMEASURED.is_same("I want my money back, how?", "Can I get a refund?", 0.99)
    assert SameQuestion("english", ("purge, cancel",)).is_same("How do I purge it?", "How do I cancel it?", 0.0)


def test_the_nearest_of_several_counts() -> None:
    far, near = written("a", "Is it free?", 0.81), written("b", "What does it cost?", 0.9)
    assert MEASURED.best("Do I have to pay money for using this?", [far, near]) == near
    assert MEASURED.best("Is it free?", []) is None


def found_beside(answer: PointHit, *names: str) -> Legs:
    return Legs((answer, *(PointHit(name, 0.5, payload(name)) for name in names)), ())


async def test_the_answer_comes_first_and_the_others_stay_as_they_were() -> None:
    answer = written("z", "why?", 0.2)
    passages = (await retriever(found_beside(answer, "a", "b")).retrieve_passages(["why?"])).passages
    without = (await retriever(Legs(found_beside(answer, "a", "b").dense[1:], ())).retrieve_passages(["why?"])).passages
    assert (passages[0].node_id, passages[0].question, passages[0].quality) == ("z", "why?", "official")
    assert passages[1:] == without
    assert passages[0].score >= passages[1].score


async def test_an_answer_of_another_question_is_no_passage() -> None:
    legs = {"why?": found_beside(written("z", "How much is the fish?", 0.99), "a")}
    passages = (await retriever(legs).retrieve_passages(["why?"])).passages
    assert [one.node_id for one in passages] == ["a"]


async def test_many_answers_crowd_out_no_passage() -> None:
    crowd = tuple(written(f"z{number}", f"How much is the fish of {number}?", 0.9) for number in range(30))
    store = RecordingStore({"why?": Legs((*crowd, PointHit("a", 0.4, payload("a"))), ())})
    passages = (await SectionRetriever(store, LengthEmbedding()).retrieve_passages(["why?"])).passages
    assert [one.node_id for one in passages] == ["a"]
    assert len(store.asked) == 2


def test_only_what_the_question_itself_found_may_answer() -> None:
    answer = written("z", "why?", 0.9)
    legs, answers = part_answers([Legs((), ()), Legs((answer,), (answer,))])
    assert (answers, legs) == ((), [Legs((), ()), Legs((), ())])
