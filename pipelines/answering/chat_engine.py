"""The chat engine: a question with its history becomes a stream of events, every sentence footnoted and checked.

LlamaIndex's own chat engines hide usage and finish reason, wait for the whole answer when closed early and block
threads to count tokens; this one is built on the same interfaces (retriever, LLM, embedding, nodes).
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.llms import LLM

from pipelines.answering.answerer import Answerer, AnswerPart, Generated
from pipelines.answering.finding import Finder
from pipelines.answering.product import (
    SiteProduct,
    first_asked,
    may_ask_about_product,
    with_product,
    with_product_before,
)
from pipelines.answering.provenance import Recipe, describe_curated, describe_rules, describe_search, needed_access
from pipelines.answering.query_engine import FootnotedQueryEngine, observed_answer
from pipelines.answering.refusal import ANY_EMBEDDING, Judge, RefusalModel, closest_sections
from pipelines.answering.scope import PagePlaces
from pipelines.answering.sections import asks_for_section, quoted_heading
from pipelines.answering.small_talk import MAX_EXAMPLES, OPENING_QUERY, Reply, small_talk, without_small_talk
from pipelines.answering.sources import source_of
from pipelines.answering.turn import Turn, describe_answer, flags_of, rounded, spent, version_of
from pipelines.answering.voice import voice_for, wanted_language, with_contact
from pipelines.corpus import CorpusSpec
from pipelines.errors import VendorBroken
from pipelines.events import Event, Failed, Finished, Refused, Restarted, Retrieved, TextDelta
from pipelines.grounding.claim_checker import NOT_EVALUATED_FLAG, WITHHELD, CheckedText, ClaimChecker
from pipelines.grounding.verifier import Verifier
from pipelines.instrumentation import is_watched
from pipelines.languages.known import language_by_code
from pipelines.prompts import bounded
from pipelines.retrieval.active_index import OpenIndex, SearchedIndex
from pipelines.retrieval.condensing import CondensedQuestion, cited_before, condense
from pipelines.retrieval.follow_ups import needs_history
from pipelines.retrieval.retriever import QueryText, Retrieval
from pipelines.text.highlights import matching_words
from pipelines.tracing import long_stage, stage
from pipelines.types import Answer, FoundPassage, Passage, Question, Source, Usage
from storage_config.vocabulary import AnswerStatus

NO_PASSAGES, UNLIKELY, NOTHING_CARRIED = "no_passages", "unlikely_to_be_answered", "nothing_carried"
# Questions that are tried before they are suggested: each costs a search.
_TRIED_EXAMPLES = 6
FOLLOW_UP_BY_RULE = "follow_up_by_rule"


@dataclass(frozen=True, slots=True)
class EngineParts:
    """What an engine is made of.

    `condense_llm` is None where follow-ups are understood by rule, `product` where nobody knows what "it" may
    be. A `judge` says whether passages answer in the place of `refusal`. `places` finds the reader's page, without
    which a question has no other scope than all pages. `in_language` gives the engine for pages of another language
    than the corpus's own, where it has locales.
    """

    spec: CorpusSpec
    index: SearchedIndex
    answerer: Answerer
    verifier: Verifier
    refusal: RefusalModel
    refusal_threshold: float
    condense_llm: LLM | None = None
    product: SiteProduct | None = None
    judge: Judge | None = None
    places: PagePlaces | None = None
    in_language: "Callable[[str], Awaitable[ChatEngine]] | None" = None


class ChatEngine:
    """Answers from one corpus; has no state of its own between questions."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._spec = parts.spec
        self._finder = Finder(parts.index, parts.places)

    @property
    def parts(self) -> EngineParts:
        """What it is made of, for who measures the parts."""
        return self._parts

    def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """What happens while the question is answered (see `events`); ends with `Finished` or `Failed`.

        Closing the iterator ends the work of the vendor at once. LlamaIndex's instrumentation is told where it has
        handlers.
        """
        asked = without_small_talk(bounded(question), self._spec.language)
        events = self._events(Turn(asked))
        return observed_answer(self.stream, asked, events) if is_watched() else events

    def replay(self, recipe: Recipe) -> AsyncGenerator[Event, None]:
        """As `stream`, with the searched texts and the sampling of a recorded answer."""
        return self._events(Turn(recipe.question, recipe))

    async def _events(self, turn: Turn) -> AsyncGenerator[Event, None]:
        try:
            engine = await self.engine_for(turn.question)
            async with aclosing(engine._answer(turn)) as events:
                async for event in events:
                    yield event
        except Exception as error:
            yield Failed(error)

    async def engine_for(self, question: Question) -> "ChatEngine":
        """The engine that knows the words of the pages: those of the locale that the reader is in."""
        if self._parts.in_language is None:
            return self
        locale = await self._parts.index.locale_for(question)
        language = language_by_code(locale) if locale else None
        return self if language is None else await self._parts.in_language(language.name)

    async def search(self, question: Question, *, limit: int) -> tuple[FoundPassage, ...]:
        """The best passages for a query, by rank, whether or not they answer it; its history does not count.

        A selection is its own only passage. Raises CorpusNotIngested, VectorsUnavailable, DatabaseUnavailable and
        VendorError of the embedding model.
        """
        query = question.text
        if (selection := await self._finder.selection(question)) is not None:
            passages = [selection]
        else:
            passages = (await self._finder.find([QueryText(query)], question, top_n=limit))[0].passages
        in_locale = await self.engine_for(question)
        return tuple(
            FoundPassage(
                source_of(number, passage, self._spec.citation_style),
                score=passage.score,
                dense=passage.dense_score,
                bm25=passage.bm25_score,
                rerank=passage.rerank_score,
                highlights=matching_words(passage.text, query, in_locale._spec.language),
            )
            for number, passage in enumerate(passages, 1)
        )

    async def condense(self, question: Question) -> CondensedQuestion:
        """The question as it is searched for: a first one with the product's name for "it", which finds more."""
        if heading := quoted_heading(question.text):
            return CondensedQuestion(heading, (QueryText(heading),), "as_asked")
        product, language = self._parts.product, self._spec.language
        if product is not None and may_ask_about_product(first_asked(question.history), language):
            question = with_product_before(question, await product.name(), language)
        condensed = await condense(question, self._parts.condense_llm, language=language)
        # What is selected says "it" of its own: the product's name need not stand there.
        stands_alone = not question.history and len(condensed.queries) == 1 and question.scope != "selection"
        if product is None or not stands_alone or not may_ask_about_product(question.text, language):
            return condensed
        text = with_product(question.text, await product.name(), language)
        return replace(condensed, standalone=text, queries=(QueryText(text),))

    def as_query_engine(self) -> BaseQueryEngine:
        """The engine as LlamaIndex's BaseQueryEngine: one question, no history."""
        return FootnotedQueryEngine(self.stream)

    async def _answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        wanted = wanted_language(turn.question)
        talk = turn.recipe is None
        voice = self._spec.voice
        reply = small_talk(turn.question.text, self._spec.language, wanted=wanted, voice=voice) if talk else None
        if reply is not None:
            async for event in self._chat_back(turn, reply):
                yield event
            return
        turn.selection = await self._finder.selection(turn.question)
        with stage("condense") as span:
            condensed = await self._condense(turn)
            span.set_attribute("footnoted.condensed_by", condensed.method)
        turn.condensed = condensed
        turn.note("condense_ms")
        retrieval, index = await self._retrieve(turn, condensed)
        passages = retrieval.passages
        with stage("refuse") as span:
            selected = turn.selection is not None
            probability = await self.probability(turn.question.text, condensed, passages, selected=selected)
            span.set_attributes({"footnoted.passages": len(passages), "footnoted.answerable": probability})
        turn.note("refusal_ms")
        turn.provenance = describe_search(turn.question, condensed, index, passages) | {"answerable": probability}
        turn.provenance |= describe_rules(
            self._spec, self._parts.verifier, self._parts.refusal, self._parts.refusal_threshold
        )
        turn.provenance["access"] = needed_access(self._spec, passages)
        refused = not passages or probability < self._parts.refusal_threshold
        turn.order = range(len(passages)) if refused else self._parts.answerer.order(self._asked_of(turn), passages)
        numbers = {index: number for number, index in enumerate(turn.order, 1)}
        style = self._spec.citation_style
        sources = tuple(source_of(numbers[index], passage, style) for index, passage in enumerate(passages))
        yield Retrieved(sources, dict(turn.timings), turn.provenance)
        if refused:
            for event in self._refuse(turn, passages, UNLIKELY if passages else NO_PASSAGES):
                yield event
            return
        with long_stage("generate") as span:
            async with aclosing(self._generate(turn, passages, sources)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        span.set_attributes(describe_answer(event.answer, turn.timings))
                    yield event

    async def _chat_back(self, turn: Turn, reply: Reply) -> AsyncGenerator[Event, None]:
        """Fixed words with questions to begin with; neither sources nor claims, and no vendor's LLM is asked."""
        asked = replace(turn.question, scope="all")
        retrieval, index = await self._finder.find([QueryText(OPENING_QUERY)], asked)
        self._note_retrieval(turn, retrieval, index)
        questions = [one async for one in self._answerable(reply.suggestions(retrieval.passages), asked)]
        text = reply.with_examples(questions)
        # Its questions say what stands on the pages that they were found on.
        provenance = {"social": True, "access": needed_access(self._spec, retrieval.passages)}
        yield Retrieved((), dict(turn.timings), provenance)
        yield TextDelta(text)
        turn.timings["total_ms"] = turn.elapsed_ms()
        answer = Answer(
            status="social",
            text=text,
            claims=(),
            sources=(),
            closest=(),
            flags=(),
            model="none",
            usage=turn.usage,
            timings=rounded(turn.timings),
        )
        yield Finished(answer, provenance)

    async def _answerable(self, questions: Sequence[str], asked: Question) -> AsyncIterator[str]:
        """Those that are not refused, as many as are suggested: each is searched for as if that reader had asked it."""
        found = 0
        for text in questions[:_TRIED_EXAMPLES]:
            condensed = await self.condense(Question(text))
            retrieval, _ = await self._finder.find(condensed.queries, replace(asked, text=text, history=()))
            probability = await self.probability(text, condensed, retrieval.passages)
            if probability >= self._parts.refusal_threshold:
                yield text
                found += 1
            if found == MAX_EXAMPLES:
                return

    async def probability(
        self, text: str, condensed: CondensedQuestion, passages: Sequence[Passage], *, selected: bool = False
    ) -> float:
        """How probable it is that the passages answer; a section that is asked for by its heading does.

        What the reader selected was not searched for and has no scores: its words are judged alone.
        """
        if not selected and asks_for_section(text, passages, self._spec.language):
            return 1.0
        if self._parts.judge is not None:
            return await self._parts.judge(condensed.standalone, passages)
        refusal = self._by_words if selected else self._parts.refusal
        return refusal.probability(condensed.queries, passages, selected_for=text if selected else "")

    @cached_property
    def _by_words(self) -> RefusalModel:
        return RefusalModel.from_file(
            embedding=ANY_EMBEDDING, language=self._spec.language, synonyms=self._spec.voice.synonyms
        )

    async def _condense(self, turn: Turn) -> CondensedQuestion:
        if turn.recipe is not None:
            queries = turn.recipe.queries
            leans = not quoted_heading(turn.question.text) and needs_history(turn.question, self._spec.language)
            cited = cited_before(turn.question) if leans else ()
            return CondensedQuestion(queries[0].text, queries, "recorded", cited=cited)
        condensed = await self.condense(turn.asked(self._spec.language))
        if condensed.failure is not None:
            turn.flags.append(FOLLOW_UP_BY_RULE)
        return condensed

    async def _retrieve(self, turn: Turn, condensed: CondensedQuestion) -> tuple[Retrieval, OpenIndex]:
        if turn.selection is not None:
            retrieval, index = Retrieval([turn.selection], {}), await self._parts.index.current()
        else:
            retrieval, index = await self._finder.find(condensed.queries, turn.question, cited=condensed.cited)
        turn.usage = condensed.usage
        self._note_retrieval(turn, retrieval, index)
        return retrieval, index

    def _note_retrieval(self, turn: Turn, retrieval: Retrieval, index: OpenIndex) -> None:
        turn.locale = index.locale_within(turn.question.filters, turn.question.page)
        turn.versions = index.within_edition(turn.question.filters, turn.question.page).versions
        turn.timings |= retrieval.timings
        turn.timings["retrieval_ms"] = turn.elapsed_ms()

    async def _generate(
        self, turn: Turn, passages: Sequence[Passage], sources: tuple[Source, ...]
    ) -> AsyncGenerator[Event, None]:
        checker = ClaimChecker(
            turn.standalone,
            [passages[index] for index in turn.order],
            verifier=self._parts.verifier,
            policy=self._spec.grounding,
            language=self._spec.language,
            quotes_only=self._parts.answerer.quotes_only,
        )
        generated = Generated(model="", usage=Usage())
        answerer = self._parts.answerer
        recorded = turn.recipe.parameters if turn.recipe else None
        turn.provenance["parameters"] = parameters = answerer.parameters() if recorded is None else dict(recorded)
        stream = answerer.stream(self._asked_of(turn), passages, parameters)
        async with aclosing(cast(AsyncGenerator[AnswerPart, None], stream)) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    turn.note_once("first_token_ms")
                    for event in await checker.feed(part.text):
                        yield event
                elif isinstance(part, Restarted):
                    yield part
                else:
                    generated = part
        for event in await checker.finish():
            yield event
        if checker.checked.text.strip():
            yield self._finish(turn, checker.checked, generated, (passages, sources))
            return
        for told in self._withheld(turn, checker.checked, generated, passages):
            yield told

    def _asked_of(self, turn: Turn) -> Question:
        language = self._spec.language
        return turn.quoted_for(language) if self._parts.answerer.quotes_only else turn.asked(language)

    def _withheld(
        self, turn: Turn, checked: CheckedText, generated: Generated, passages: Sequence[Passage]
    ) -> tuple[Event, ...]:
        """Nothing of the answer may leave: its passages do not carry it, or nobody could say whether they do."""
        if NOT_EVALUATED_FLAG in checked.flags:
            raise VendorBroken("the verifier judged no sentence of the answer", vendor=self._spec.verifier)
        turn.usage = spent(turn, checked, generated)
        turn.flags += checked.flags
        return self._refuse(turn, passages, NOTHING_CARRIED, model=generated.model)

    def _finish(
        self,
        turn: Turn,
        checked: CheckedText,
        generated: Generated,
        found: tuple[Sequence[Passage], tuple[Source, ...]],
    ) -> Finished:
        passages, sources = found
        cited = tuple(sorted((one for one in sources if one.id in checked.cited), key=lambda one: int(one.id)))
        spoken_of = [passage for passage, source in zip(passages, sources, strict=True) if source in cited]
        flags = (*turn.flags, *flags_of(spoken_of, generated))
        answered = bool(cited) or any(claim.status != "not_checkable" for claim in checked.claims)
        status: AnswerStatus = "answered" if answered else "refused"
        if answered and (generated.finish_reason != "stop" or WITHHELD in checked.flags):
            status = "partial"
        turn.timings["total_ms"] = turn.elapsed_ms()
        answer = Answer(
            status=status,
            text=checked.text,
            claims=tuple(checked.claims),
            sources=cited if answered else (),
            closest=() if answered else closest_sections(passages),
            flags=(*flags, *checked.flags),
            model=generated.model,
            usage=spent(turn, checked, generated),
            timings=rounded(turn.timings),
            version=version_of(spoken_of, turn.versions),
        )
        ended = {"finish_reason": generated.finish_reason, "vendor": dict(generated.details)}
        made: dict[str, Any] = ended | describe_curated(spoken_of)
        if answered and self._parts.answerer.quotes_only:  # what is not quoted did not get into the answer
            made["access"] = needed_access(self._spec, spoken_of)
        return Finished(with_contact(answer, self._spec.voice), {**turn.provenance, **made})

    def _refuse(
        self, turn: Turn, passages: Sequence[Passage], reason: str, *, model: str = "none"
    ) -> tuple[Event, ...]:
        voice = voice_for(turn.question, self._spec.language, locale=turn.locale)
        text, closest = self._spec.voice.refusal or voice.refusal, closest_sections(passages)
        turn.timings["total_ms"] = turn.elapsed_ms()
        answer = Answer(
            status="refused",
            text=text,
            claims=(),
            sources=(),
            closest=closest,
            flags=tuple(turn.flags),
            model=model,
            usage=turn.usage,
            timings=rounded(turn.timings),
            version=version_of((), turn.versions),
        )
        finished = Finished(with_contact(answer, self._spec.voice), {**turn.provenance, "refused": reason})
        return Refused(reason, text, closest), finished
