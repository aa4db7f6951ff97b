"""Drafts of golden sets: a question a section, made from its heading or by an LLM. Somebody has to look at them."""

import asyncio
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from llama_index.core.llms import LLM

from pipelines.answering.suggesting import plain_heading, question_about, section_of
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.evaluation.grading import plain
from pipelines.prompts import draft_messages
from pipelines.types import Passage

DEFAULT_QUESTIONS, MAX_QUESTIONS = 60, 1_000
MIN_SECTION_CHARS, MAX_SECTION_CHARS = 120, 8_000
_SEED = 7
_AT_ONCE = 4
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A section to ask about: its text is that of its passages, one after the other.

    `is_common` where other sections of the site have the same heading ("Examples").
    """

    url: str
    title: str
    heading: str
    text: str
    is_common: bool = False


@dataclass(frozen=True, slots=True)
class Drafts:
    """Draft questions; `left_out` are the urls of sections for which the LLM said nothing that can be used."""

    questions: tuple[GoldenQuestion, ...]
    left_out: tuple[str, ...] = ()


def choose_sections(passages: Iterable[Passage], count: int) -> list[DraftSection]:
    """Sections with something to ask about, from as many pages as there are, those with a heading of their own first.

    The same pages give the same ones.
    """
    by_url: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_url[passage.url].append(passage)
    sections = [_section(url, parts) for url, parts in by_url.items()]
    by_page: dict[str, list[DraftSection]] = defaultdict(list)
    often = Counter(section.heading.lower() for section in sections)
    for section in sections:
        if len(section.text) >= MIN_SECTION_CHARS:
            is_common = often[section.heading.lower()] > 1
            by_page[section.url.partition("#")[0]].append(replace(section, is_common=is_common))
    rng = random.Random(_SEED)
    pages = list(by_page.values())
    rng.shuffle(pages)
    for page in pages:
        rng.shuffle(page)
    depth = max(map(len, pages), default=0)
    turns = [page[turn] for turn in range(depth) for page in pages if turn < len(page)]
    return sorted(turns, key=lambda section: section.is_common)[:count]


def draft_from_headings(sections: Sequence[DraftSection], *, language: str, base_url: str) -> Drafts:
    """A question from the words of each heading; where English has no words for it, the heading is the question."""
    questions = []
    for number, section in enumerate(sections, 1):
        of = section.title if section.is_common else ""
        kind, question = question_about(section.heading, english=language == "english", of=of)
        questions.append(_draft(number, section, kind, question, base_url))
    return Drafts(tuple(questions))


async def draft_by_llm(sections: Sequence[DraftSection], llm: LLM, *, base_url: str) -> Drafts:
    """A question that an LLM reads out of each section. Words that the section lacks are not asked for.

    Raises VendorError.
    """
    places = asyncio.Semaphore(_AT_ONCE)

    async def ask(section: DraftSection) -> tuple[str, str] | None:
        async with places:
            response = await llm.achat(draft_messages(f"{section.title}\n{section.heading}\n\n{section.text}"))
        return _read_draft(response.message.content or "", section)

    found = await asyncio.gather(*map(ask, sections))
    questions = [
        _draft(number, section, "drafted", draft[0], base_url, words=draft[1])
        for number, (section, draft) in enumerate(zip(sections, found, strict=True), 1)
        if draft is not None
    ]
    left_out = [section.url for section, draft in zip(sections, found, strict=True) if draft is None]
    return Drafts(tuple(questions), tuple(left_out))


def _section(url: str, parts: Sequence[Passage]) -> DraftSection:
    parts = sorted(parts, key=lambda one: one.start)
    first = parts[0]
    text, end = "", first.start
    for part in parts:
        if part.end > end:  # passages of a long section overlap
            text += ("\n\n" if text and part.start >= end else "") + part.text[max(0, end - part.start) :]
            end = part.end
    heading = plain_heading(section_of(first).heading)
    return DraftSection(url, first.title, heading, text[:MAX_SECTION_CHARS])


def _draft(
    number: int, section: DraftSection, kind: str, question: str, base_url: str, *, words: str = ""
) -> GoldenQuestion:
    return GoldenQuestion(
        id=f"draft-{number:03d}",
        kind=kind,
        question=question,
        must=(words,) if words else (),
        urls=(section.url.removeprefix(base_url.rstrip("/")).lstrip("/") or section.url,),
        draft=True,
    )


def _read_draft(said: str, section: DraftSection) -> tuple[str, str] | None:
    """The question, and the words where they stand in the section, else none; None where there is no question."""
    match = _OBJECT.search(said)
    try:
        values: dict[str, object] = json.loads(match.group()) if match else {}  # the pattern finds objects only
    except ValueError:
        return None
    question = values.get("question")
    if not isinstance(question, str) or not 0 < len(question.strip()) <= 1_000:
        return None
    words = values.get("words")
    if not isinstance(words, str) or not plain(words) or plain(words) not in plain(section.text):
        return question.strip(), ""
    return question.strip(), words.strip()
