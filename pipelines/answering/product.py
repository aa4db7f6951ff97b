"""The product that a site is about: what "it", "this" and "your tool" mean in a reader's first question."""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipelines.corpus import CorpusSpec
from pipelines.grounding.verifier import rarity_of
from pipelines.languages.english import ENGLISH
from pipelines.languages.known import by_language
from pipelines.text.identifiers import identifiers
from pipelines.text.words import Words, asking_stems
from pipelines.types import HistoryMessage, Question
from storage_config.postgres.database import Database, Session
from storage_config.records.document_texts import PublishedPage, list_published_pages

# "it", "this" where no noun follows, "your tool".
_product = by_language(lambda one: one.product or ENGLISH.product, r"(?<![\w-])(?:{})(?![\w'’-])")
# "It" that stands for nothing: "is it possible to", "does it matter whether".
_EMPTY = re.compile(
    r"\b(?:is|was|would|will|does|if|makes?) it (?:be )?(?:\w+ (?:to|that|if|whether|when)\b|possible|necessary|worth"
    r"|better|safe|ok|okay|required|recommended|matter|take)",
    re.IGNORECASE,
)
# What stands before the word names nothing else that it could stand for: "the item doesn't exist, how do I find it?".
_MAX_WORDS_BEFORE, _MAX_WORDS = 1, 5
# Code and addresses say names in forms of their own.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\]\([^)]*\)|<[^>\n]*>", re.DOTALL)
_CAPITAL = re.compile(r"(?P<before>[a-z,] )?(?<![\w.-])(?P<name>[A-Z][\w+]*(?:[.-][A-Za-z]\w+)*)")
# What is read to find the product's name, and how far ahead of the next name it has to be.
_PAGES, _PAGE_CHARS = 100, 2_000
_MIN_SHARE, _MIN_PAGES, _AHEAD = 0.25, 2, 1.4
_HOME_CANDIDATES = 10
_FRESH_SECONDS = 600.0


def with_product(text: str, name: str, language: str = "english") -> str:
    """A first question with the product's name in place of the word that stands for it; as it is where none does.

    In "how do I install it?" nothing but the site's product can be meant; in "the item does not exist, how do I find
    it?" something else is.
    """
    found = _subject(text, language) if name else None
    if found is None:
        return text
    words, before = Words(language), text[: found.start()]
    plain = f"{before}{name}{text[found.end() :]}"
    if " " in found.group():  # "your tool" can be nothing else
        return plain
    matter = set(words.stems(before)) - asking_stems(language)
    if words.names(before) or identifiers(before) or len(matter) > _MAX_WORDS_BEFORE:
        return text
    return plain if len(set(words.stems(text))) <= _MAX_WORDS else text


def first_asked(history: Sequence[HistoryMessage]) -> str:
    """The question that a conversation began with; empty without one."""
    return next((said.text for said in history if said.role == "user"), "")


def with_product_before(question: Question, name: str, language: str = "english") -> Question:
    """A follow-up whose conversation began with a question about the product: "how do I install it?"."""
    began = next((said for said in question.history if said.role == "user"), None)
    named = with_product(began.text, name, language) if began is not None else ""
    if began is None or named == began.text:
        return question
    history = tuple(replace(said, text=named) if said is began else said for said in question.history)
    return replace(question, history=history)


def may_ask_about_product(text: str, language: str = "english") -> bool:
    """Whether `with_product` may change the question: only then is it worth while to look for the name."""
    return with_product(text, "X", language) != text


def _subject(text: str, language: str) -> re.Match[str] | None:
    empty = [match.span() for match in _EMPTY.finditer(text)]
    found = _product(language).finditer(text)
    return next((one for one in found if not any(low <= one.start() < high for low, high in empty)), None)


def product_of(pages: Sequence[PublishedPage], base_url: str, language: str = "english") -> str:
    """The name that most pages say and no other name comes near; the home page's title where pages say it at all.

    Empty where none stands out, as in a book about several things. A word that opens a sentence counts only where it
    is no common one.
    """
    held, said = Counter[str](), Counter[str]()
    for page in pages:
        names = Counter(_names(f"{page.title}\n{page.text}", language))
        held.update(names.keys())
        said.update(names)
    ranked = sorted(held, key=lambda one: (-held[one], -said[one], one))
    home = next((page.title.casefold() for page in pages if page.url.rstrip("/") == base_url.rstrip("/")), "")
    for name in ranked[:_HOME_CANDIDATES]:
        if name.casefold() == home and held[name] >= _MIN_SHARE * len(pages):
            return name
    if not ranked or held[ranked[0]] < max(_MIN_PAGES, _MIN_SHARE * len(pages)):
        return ""
    ahead = len(ranked) == 1 or held[ranked[0]] >= _AHEAD * held[ranked[1]]
    return ranked[0] if ahead else ""


class SiteProduct:
    """The name of a corpus's product as its owner declared it, else as its pages say; looked for when it is needed.

    Pages that are not for everybody tell nothing here: every reader's question gets the name.
    """

    def __init__(self, spec: CorpusSpec, database: Database) -> None:
        self._spec = spec
        self._database = database
        self._name = spec.product
        self._looked_at = -math.inf

    async def name(self) -> str:
        """The name, empty where there is none that stands out. Raises DatabaseUnavailable."""
        if not self._spec.product and time.monotonic() - self._looked_at > _FRESH_SECONDS:
            pages = await self._database.run(self._load)
            self._name = await asyncio.to_thread(product_of, pages, self._spec.base_url, self._spec.language)
            self._looked_at = time.monotonic()
        return self._name

    async def _load(self, session: Session) -> list[PublishedPage]:
        return await list_published_pages(session, corpus=self._spec.name, groups=(), limit=_PAGES, chars=_PAGE_CHARS)


def _names(text: str, language: str) -> tuple[str, ...]:
    rarity, words = rarity_of(language), Words(language)
    found = []
    for match in _CAPITAL.finditer(_CODE.sub(" ", text)):
        stems = words.stems(match["name"])
        if stems and (match["before"] or not any(rarity.is_common(stem) for stem in stems)):
            found.append(match["name"])
    return tuple(found)
