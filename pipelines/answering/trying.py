"""Trying a question without an LLM: which sections an answer by quotes would cite."""

from dataclasses import replace

from pipelines.answering.chat_engine import ChatEngine
from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.finding import Finder
from pipelines.types import Question


async def cited_urls(engine: ChatEngine, question: Question) -> tuple[str, ...]:
    """The urls of the sections that an answer by quotes would cite, the first cited first; none where it is refused.

    No LLM is asked, whichever writes the answers. Raises what a search raises.
    """
    engine = await engine.engine_for(question)
    parts = engine.parts
    condensed = await engine.condense(question)
    retrieval, _ = await Finder(parts.index, parts.places).find(condensed.queries, question)
    passages = retrieval.passages
    if not passages or await engine.probability(question.text, condensed, passages) < parts.refusal_threshold:
        return ()
    answerer = parts.answerer
    if not isinstance(answerer, ExtractiveAnswerer):
        answerer = ExtractiveAnswerer(language=parts.spec.language, synonyms=parts.spec.voice.synonyms)
    asked = replace(question, text=condensed.standalone)
    return tuple(dict.fromkeys(passages[quote.passage].url for quote in answerer.quotes(asked, passages)))
