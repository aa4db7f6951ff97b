"""A follow-up question becomes texts that retrieval understands: by a model where there is one, else by rule."""

import asyncio
import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal

import structlog
from llama_index.core.llms import LLM

from pipelines.languages.known import language_of
from pipelines.prompts import condense_messages
from pipelines.retrieval.follow_ups import (
    names_no_matter,
    needs_history,
    opens_as_follow_up,
    points_at_selection,
    points_back,
)
from pipelines.retrieval.retriever import QueryText
from pipelines.text.bm25 import UNSPACED
from pipelines.text.identifiers import identifiers
from pipelines.text.words import Words, asking_stems
from pipelines.types import HistoryMessage, Question, Usage
from pipelines.usage import usage_of

Method = Literal["as_asked", "local", "llm", "local_after_llm_failed", "recorded"]

# Weights of what is searched beside the question (1.0). Measured on MT-RAG's cloud conversations: the whole history put
# into one text with the question loses half of nDCG@10, turns as queries of their own with small weights gain.
_TURN_WEIGHTS = (0.2, 0.1)
_MAX_TOPIC_WORDS = 4
# A question that points back ("does it work without a server?") is about what was asked before. Measured on MT-RAG's
# conversations, where the last turn alone has nDCG@10 .297: with the topic put to all of them .276, to those of up to
# three words of their own .304. Of readers' follow-ups about documentation one in ten is lost without it.
_FEW_OWN_WORDS = 3
_PAIRS_A_WORD = 3
_FEW_GOING_ON = 2
_HIRAGANA = re.compile("[\u3041-\u3096]+")
# A name inside a question: capitals that do not open it.
_NAME = re.compile(r"(?<=\w )(?:[A-Z][\w.-]*[\w](?: (?=[A-Z0-9]))?)+(?:\d[\w.]*)?")
_RAW_WEIGHT = 0.5
_SELECTION_WEIGHT = 0.4
_POINTING_WEIGHT = 0.3
# Bounds: MiniLM reads 256 tokens, and a longer text drowns the question.
_MAX_TURN_CHARS = 400
_MAX_SELECTION_CHARS = 800
_MAX_STANDALONE_CHARS = 500
_FEW_WORDS = 1
_MAX_CARRIED_WORDS = 6
CONDENSE_SECONDS = 4.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CondensedQuestion:
    """What is searched for. `queries` are texts with weights above 0, the main one first with weight 1.

    `standalone` is one text for whoever takes one only, such as a reranker. `failure` says why a model's rewrite was
    not used, for the operator. `cited` are the sections that the answer before was made from, where it leans on that.
    """

    standalone: str
    queries: tuple[QueryText, ...]
    method: Method
    usage: Usage = field(default_factory=Usage)
    failure: str | None = None
    cited: tuple[str, ...] = ()


async def condense(
    question: Question, llm: LLM | None = None, *, seconds: float = CONDENSE_SECONDS, language: str = "english"
) -> CondensedQuestion:
    """The question as it is searched for. A question that stands alone is left as it is and costs no call.

    `llm` gets at most `seconds`; where it fails, is late or answers something else than a question, the local rule is
    used and `method` says so. Never raises for a vendor's failure.
    """
    if not needs_history(question, language):
        return _locally(question, "as_asked", language)
    return replace(await _leaning(question, llm, seconds, language), cited=cited_before(question))


def cited_before(question: Question) -> tuple[str, ...]:
    """The addresses of the sections that the last answer before a question was made from which had any."""
    return next((said.cited for said in reversed(question.history) if said.cited), ())


async def _leaning(question: Question, llm: LLM | None, seconds: float, language: str) -> CondensedQuestion:
    if llm is None:
        return _locally(question, "local", language)
    try:
        async with asyncio.timeout(seconds):
            response = await llm.achat(condense_messages(question.text, question.history))
    except Exception as error:  # whatever a vendor does, the question can still be searched for
        return _after_failure(question, type(error).__name__, language)
    rewrite = _one_question(response.message.content or "")
    if rewrite is None:
        return _after_failure(question, "unusable rewrite", language)
    local = (QueryText(text, weight * _RAW_WEIGHT) for text, weight in local_queries(question, language))
    return CondensedQuestion(rewrite, _distinct([QueryText(rewrite), *local]), "llm", usage_of(response))


def _locally(question: Question, method: Method, language: str, failure: str | None = None) -> CondensedQuestion:
    queries = local_queries(question, language)
    return CondensedQuestion(_standalone(question, queries, language), queries, method, failure=failure)


def _after_failure(question: Question, failure: str, language: str) -> CondensedQuestion:
    log.warning("condensing.llm_failed", failure=failure)
    return _locally(question, "local_after_llm_failed", language, failure)


def _one_question(text: str) -> str | None:
    """The first line of a rewrite; None for nothing, or for something much too long to be a question."""
    line = next((line.strip().strip("\"'“”`") for line in text.splitlines() if line.strip()), "")
    line = re.sub(r"^(standalone |rewritten )?question:\s*", "", line, flags=re.IGNORECASE)
    return line if 0 < len(line) <= _MAX_STANDALONE_CHARS else None


def local_queries(question: Question, language: str = "english") -> tuple[QueryText, ...]:
    """What to search for without a model: the question, and with small weights what it leans on.

    A question that points at the selected text ("explain this") is searched for by the selection; one without words of
    its own ("is it free?") in one text with the turn before it.
    """
    selected = question.page.selected_text.strip()[:_MAX_SELECTION_CHARS] if question.page else ""
    if selected and points_at_selection(question.text, language):
        return _distinct([QueryText(selected), QueryText(question.text, _POINTING_WEIGHT)])
    asked = _turns_before(question) if needs_history(question, language) else []
    earlier = _earlier_topic(question, asked, language)
    few = _count_words(question.text, language) <= _FEW_WORDS
    if asked and (few or names_no_matter(question.text, language)):
        main, asked = QueryText(f"{earlier} {asked[0]} {question.text}".strip()), asked[1:]
    elif asked and (points_back(question.text, language) or _goes_on(question.text, language)):
        main = QueryText(f"{_with_topic(question.text, asked[0], language)} {earlier}".strip())
    else:
        main = QueryText(question.text)
    beside = [QueryText(selected, _SELECTION_WEIGHT)] if selected else []
    turns = [QueryText(text, weight) for text, weight in zip(asked, _TURN_WEIGHTS, strict=False)]
    return _distinct([main, *beside, *turns])


def _goes_on(text: str, language: str) -> bool:
    """Whether it opens as a follow-up does, and has next to no words of its own: "and how do I restore defaults?"."""
    few = _count_words(text, language, asking_stems(language)) <= _FEW_GOING_ON
    return few and opens_as_follow_up(text, language)


def _with_topic(text: str, before: str, language: str) -> str:
    """A question of few words with what the turn before was about; one of more words says itself what it asks."""
    few = _count_words(text, language, asking_stems(language)) <= _FEW_OWN_WORDS
    return f"{text} {_topic(before, text, language)}".strip() if few else text


def _count_words(text: str, language: str, without: AbstractSet[int] = frozenset()) -> int:
    """How many different content words a text has: about, where words stand in one run and stems are pairs."""
    words = Words(language)
    if not language_of(language).is_unspaced:
        return len(set(words.stems(text)) - without)
    runs = " ".join(UNSPACED.findall(_HIRAGANA.sub(" ", text)))  # without endings and particles
    whole = set(words.stems(UNSPACED.sub(" ", text))) - without
    return len(whole) + math.ceil(len(set(words.stems(runs)) - without) / _PAIRS_A_WORD)


def _topic(text: str, beside: str, language: str) -> str:
    """What a turn was about, in its own words: its identifiers, else its names, else its first content words.

    Words that `beside` has already are left out.
    """
    words = Words(language)
    known = frozenset(words.stems(beside))
    asking = asking_stems(language)
    found = identifiers(text) or tuple(match.group() for match in _NAME.finditer(text))
    if not found:
        found = tuple(word for word in re.findall(r"\w[\w.'’-]*", text) if not asking.issuperset(words.stems(word)))
    new = [word for word in found if not known.issuperset(words.stems(word))]
    return " ".join(new[:_MAX_TOPIC_WORDS])


def _turns_before(question: Question) -> list[str]:
    """What the reader said before, latest first, cut to what a query can hold."""
    said = (turn.text.strip()[:_MAX_TURN_CHARS] for turn in reversed(question.history) if turn.role == "user")
    return [text for text in said if text]


def _earlier_topic(question: Question, turns: Sequence[str], language: str) -> str:
    """What the turn before is about where it is a follow-up itself ("can I change that?"): the last that is none says.

    Empty where the turn before stands alone. Of 24 questions behind two turns about three documentation sites the right
    section is cited for 23 instead of 17; on MT-RAG's conversations nDCG@10 is .298 instead of .304.
    """
    said = [HistoryMessage("user", text) for text in reversed(turns)]
    for back, text in enumerate(turns):
        if not needs_history(Question(text, tuple(said[: len(said) - 1 - back])), language):
            return _topic(text, " ".join((question.text, *turns[:back])), language) if back else ""
    return ""


def _distinct(queries: list[QueryText]) -> tuple[QueryText, ...]:
    """Each text once, with the weight it has first."""
    weights: dict[str, float] = {}
    for text, weight in queries:
        weights.setdefault(text, weight)
    return tuple(QueryText(text, weight) for text, weight in weights.items())


def _standalone(question: Question, queries: tuple[QueryText, ...], language: str) -> str:
    """The question with the words it leans on in brackets, for a reranker or a log; never shown as the reader's."""
    if len(queries) == 1:
        return queries[0].text
    words = Words(language)
    main, beside = queries[0].text, queries[1].text
    if main != question.text:
        return (main if question.text in main else f"{question.text} {main}")[:_MAX_STANDALONE_CHARS]
    known = set(words.stems(main))
    carried = [word for word in re.findall(r"\w[\w.'’-]*", beside) if not known.issuperset(words.stems(word))]
    return f"{main} ({' '.join(carried[:_MAX_CARRIED_WORDS])})" if carried else main
