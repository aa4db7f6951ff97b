"""A well-founded answer to another question is told apart, and only that."""

import pytest

from pipelines.grounding.claim_checker import OFF_QUESTION, ClaimChecker
from pipelines.grounding.verifier import LexicalVerifier
from pipelines.types import Passage
from storage_config.vocabulary import GroundingPolicy
from tests.support.passages import build_passage

ON_CACHE = "The cache keeps every answer for two hours. It is emptied when a page changes."
ON_UPLOADS = "Uploads of PDF files are limited to twenty megabytes. Larger files are refused with status 413."
ASKED = "What is the size limit of uploads of PDF files?"
PASSAGES = (build_passage(ON_CACHE, heading="Cache"), build_passage(ON_UPLOADS, heading="Uploads"))


async def flags(
    answer: str,
    question: str = ASKED,
    passages: tuple[Passage, ...] = PASSAGES,
    *,
    quotes_only: bool = False,
    policy: GroundingPolicy = "flag",
) -> list[str]:
    checker = ClaimChecker(question, passages, verifier=LexicalVerifier(), policy=policy, quotes_only=quotes_only)
    await checker.feed(answer)
    await checker.finish()
    return checker.checked.flags


async def test_a_supported_answer_to_another_question_is_flagged() -> None:
    assert await flags("The cache keeps every answer for two hours [1].") == [OFF_QUESTION]


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("Uploads of PDF files are limited to twenty megabytes [2].", ASKED),
        ("Larger files are refused with status 413 [2].", ASKED),  # by the heading that it stands under
        ("The cache keeps every answer for two hours [1]. Uploads are limited to twenty megabytes [2].", ASKED),
        ("The cache keeps every answer for two hours [1].", "And why is that so?"),  # leans on what was said before
        ("The cache keeps every answer for two hours [1].", "Wie groß darf eine hochgeladene Datei höchstens sein?"),
        ("Penguins sing lullabies to the whales of the sea [1].", ASKED),  # not supported: told already
        ("The pages do not say.", ASKED),
    ],
)
async def test_what_is_no_other_question(answer: str, question: str) -> None:
    assert OFF_QUESTION not in await flags(answer, question)


async def test_quotes_and_unchecked_answers_are_not_held_against_the_question() -> None:
    answer = "The cache keeps every answer for two hours [1]."
    assert await flags(answer, quotes_only=True) == []
    assert OFF_QUESTION not in await flags(answer, policy="off")
