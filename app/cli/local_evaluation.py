"""What `footnoted eval` and `footnoted probe` do with the models loaded, in this process."""

from collections.abc import Callable, Sequence

from pipelines.bootstrap import CorpusResources, Resources, open_resources
from pipelines.errors import CorpusNotIngested
from pipelines.evaluation.asking import Asked
from pipelines.evaluation.drafting import Drafts, choose_sections, draft_by_llm, draft_from_headings
from pipelines.evaluation.evaluation import Evaluation, MeasureRanking, Subject, evaluate, has_ranking_library
from pipelines.evaluation.figures import figures_of
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.evaluation.pages import load_passages
from pipelines.evaluation.probe import Probe, probe
from pipelines.evaluation.sections import PageSections
from pipelines.types import Passage
from storage_config.records.evaluations import StoredEvaluation, record_evaluation
from storage_config.records.ids import new_id
from storage_config.settings import Settings

EVAL_COMMAND, PROBE_COMMAND = "footnoted eval", "footnoted probe"


async def run_evaluation(
    settings: Settings,
    questions: Sequence[GoldenQuestion],
    *,
    golden: str,
    corpus: str | None,
    at_once: int,
    on_asked: Callable[[int], None],
) -> Evaluation:
    """Asks and grades; `on_asked` is told how many are done. The figures are kept where no question failed.

    Raises StateInUse where another process owns the data, UnknownCorpus, CorpusNotIngested, and what the stores raise.
    """
    done = 0

    def count(asked: Asked) -> None:
        nonlocal done
        done += 1
        on_asked(done)

    async with open_resources(settings, command=EVAL_COMMAND) as resources:
        chosen = resources.corpus(corpus)
        subject = Subject(
            corpus=chosen.spec.name,
            fingerprint=chosen.ingestion.fingerprint,
            engine=chosen.engine,
            verifier=chosen.engine.parts.verifier,
            sections=await _sections(resources, chosen),
        )
        result = await evaluate(
            subject,
            questions,
            golden=golden,
            measure_ranking=_load_ranking(),
            at_once=at_once,
            on_asked=count,
        )
        await _record(resources, result)
        return result


async def make_drafts(settings: Settings, *, corpus: str | None, count: int) -> Drafts:
    """Draft questions about sections of the corpus, by its LLM where it has one, else from their headings.

    Raises what `run_evaluation` raises, and VendorError.
    """
    async with open_resources(settings, command=EVAL_COMMAND) as resources:
        chosen = resources.corpus(corpus)
        sections = choose_sections(await _passages(resources, chosen), count)
        llm, base_url = chosen.engine.parts.condense_llm, chosen.spec.base_url
        if llm is not None:
            return await draft_by_llm(sections, llm, base_url=base_url)
        return draft_from_headings(sections, language=chosen.spec.language, base_url=base_url)


async def run_probe(settings: Settings, *, corpus: str | None, per_kind: int) -> Probe:
    """Altered claims from the corpus's pages, judged by its verifier. Raises what `run_evaluation` raises."""
    async with open_resources(settings, command=PROBE_COMMAND) as resources:
        chosen = resources.corpus(corpus)
        return await probe(
            await _passages(resources, chosen),
            chosen.engine.parts.verifier,
            corpus=chosen.spec.name,
            name=chosen.spec.verifier,
            language=chosen.spec.language,
            per_kind=per_kind,
        )


async def _record(resources: Resources, result: Evaluation) -> None:
    """Keeps the figures for the owner's page. Where a vendor failed they say nothing about the answers."""
    figures = figures_of(result.rows)
    if figures.failed.hits:
        return
    kept = StoredEvaluation(
        id=new_id(),
        corpus=result.corpus,
        golden=result.golden,
        fingerprint=result.fingerprint,
        made_at=result.made_at,
        figures=figures.as_json(),
    )
    await resources.database.run(lambda session: record_evaluation(session, kept))


async def _sections(resources: Resources, chosen: CorpusResources) -> PageSections:
    name = chosen.spec.name
    sections = await PageSections.load(resources.database, corpus=name, base_url=chosen.spec.base_url)
    if not sections.pages:
        raise CorpusNotIngested(f"{name} holds no page yet: run `footnoted ingest`.")
    return sections


async def _passages(resources: Resources, chosen: CorpusResources) -> list[Passage]:
    name = chosen.spec.name
    passages = await load_passages(resources.database, chosen.pages.chunks, corpus=name)
    if not passages:
        raise CorpusNotIngested(f"{name} holds no page yet: run `footnoted ingest`.")
    return passages


def _load_ranking() -> MeasureRanking | None:
    """Its library is an extra, and loads scipy."""
    if not has_ranking_library():
        return None
    from pipelines.evaluation.ranking import measure_ranking

    return measure_ranking
