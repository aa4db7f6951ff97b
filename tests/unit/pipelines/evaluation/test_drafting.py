import json
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import MockLLM
from pydantic import PrivateAttr

from pipelines.evaluation.drafting import (
    MIN_SECTION_CHARS,
    DraftSection,
    choose_sections,
    draft_by_llm,
    draft_from_headings,
)
from pipelines.evaluation.golden import dump_questions, parse_question
from pipelines.types import Passage
from tests.support.passages import build_passage

BASE_URL = "https://docs.example"
LONG = "Words to read. " * 20


def section(heading: str, *, title: str = "Guide", is_common: bool = False) -> DraftSection:
    return DraftSection(f"{BASE_URL}/guide#a", title, heading, LONG, is_common)


class SayingLLM(MockLLM):
    """Says the same to whatever it is asked, and remembers what that was."""

    _said: str = PrivateAttr()
    _heard: list[str] = PrivateAttr(default_factory=list)

    def __init__(self, said: str) -> None:
        super().__init__()
        self._said = said

    @property
    def heard(self) -> list[str]:
        return self._heard

    async def achat(self, messages: Any, **kwargs: Any) -> ChatResponse:
        self._heard.append(str(messages[-1].content))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=self._said))


@pytest.mark.parametrize(
    ("heading", "kind", "question"),
    [
        ("Which port is used?", "heading", "Which port is used?"),
        ("How to reset", "how_to", "How do I reset?"),
        ("Configure the `port`", "how_to", "How do I configure the `port`?"),
        ("Installing plugins", "how_to", "What do I have to know about installing plugins?"),
        ("Plugins", "what_is", "What are plugins?"),
        ("Retry settings", "what_is", "What are retry settings?"),
        ("Delay a job", "how_to", "How do I delay a job?"),
        ("When to choose Celery", "heading", "When should I choose Celery?"),
        ("Why leases", "heading", "Why leases?"),
        ("Tidepool vs Celery", "comparison", "What is the difference between Tidepool and Celery?"),
        ("Job.enqueue(*args, **kwargs)", "code", "What does Job.enqueue do?"),
        ("`max_attempts`", "code", "What does max_attempts do?"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, kind: str, question: str) -> None:
    (draft,) = draft_from_headings([section(heading)], language="english", base_url=BASE_URL).questions
    assert (draft.kind, draft.question, draft.urls, draft.draft) == (kind, question, ("guide#a",), True)
    assert parse_question(dump_questions([draft])) == draft


def test_a_common_heading_is_asked_of_its_page() -> None:
    (draft,) = draft_from_headings([section("Examples", is_common=True)], language="english", base_url="").questions
    assert draft.question == "What does Guide say about Examples?"


def test_in_other_languages_the_heading_is_the_question() -> None:
    (draft,) = draft_from_headings([section("Installation")], language="german", base_url=BASE_URL).questions
    assert draft.question == "Installation"


def test_sections_come_from_as_many_pages_as_there_are() -> None:
    passages = [
        build_passage(LONG, title=f"Page {page}", heading=f"Part {page} {part}")
        for page in range(4)
        for part in range(3)
    ]
    chosen = choose_sections(passages, 6)
    assert len({one.url.partition("#")[0] for one in chosen[:4]}) == 4
    assert chosen == choose_sections(passages, 6)
    assert len(choose_sections(passages, 100)) == 12


def test_short_sections_are_left_out_and_common_headings_come_last() -> None:
    passages = [
        build_passage("x" * (MIN_SECTION_CHARS - 1), title="Short", heading="Only one"),
        build_passage(LONG, title="A", heading="Examples"),
        build_passage(LONG, title="B", heading="Examples"),
        build_passage(LONG, title="C", heading="Of its own"),
    ]
    assert [(one.heading, one.is_common) for one in choose_sections(passages, 10)] == [
        ("Of its own", False), ("Examples", True), ("Examples", True),
    ]  # fmt: skip


def test_passages_of_a_section_are_joined_without_what_they_repeat() -> None:
    page = "One sentence here. Two sentences here. " * 6
    parts = [(0, 100), (80, 160), (160, len(page))]

    def passage(start: int, end: int) -> Passage:
        one = build_passage(page[start:end], heading="Part")
        for name, value in (("start", start), ("end", end)):
            object.__setattr__(one, name, value)
        return one

    (chosen,) = choose_sections([passage(*part) for part in reversed(parts)], 1)
    assert chosen.text.replace("\n\n", "") == page


async def test_an_llm_writes_the_question_and_the_words() -> None:
    llm = SayingLLM('Sure: {"question": " How long? ", "words": "words **to** read"}')
    drafts = await draft_by_llm([section("Plugins")], llm, base_url=BASE_URL)
    (draft,) = drafts.questions
    assert (draft.question, draft.must, draft.urls, draft.draft) == (
        "How long?",
        ("words **to** read",),
        ("guide#a",),
        True,
    )
    assert LONG.strip() in llm.heard[-1]


@pytest.mark.parametrize("words", ["not there", "", 3, None])
async def test_words_that_the_section_lacks_are_not_asked_for(words: object) -> None:
    llm = SayingLLM(json.dumps({"question": "How long?", "words": words}))
    (draft,) = (await draft_by_llm([section("Plugins")], llm, base_url=BASE_URL)).questions
    assert draft.must == ()


@pytest.mark.parametrize("said", ["", "no", "{broken}", '{"question": ""}', '{"question": 3}', '{"words": "x"}'])
async def test_a_section_without_a_question_is_named(said: str) -> None:
    drafts = await draft_by_llm([section("Plugins")], SayingLLM(said), base_url=BASE_URL)
    assert (drafts.questions, drafts.left_out) == ((), (f"{BASE_URL}/guide#a",))
