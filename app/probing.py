"""Looks at each dependency now, as far as the day's budget reaches: probing some takes a vendor's call."""

from typing import TYPE_CHECKING

from app.conversations.use_cases import UseCases
from app.errors import BudgetSpent
from storage_config.vocabulary import CallerKind

if TYPE_CHECKING:
    from pipelines.bootstrap import Resources


async def probe_dependencies(resources: "Resources", use_cases: UseCases, kind: CallerKind | None) -> tuple[str, ...]:
    """Notes how they are; the names of those that are left out since the budget of `kind` is spent.

    Raises LimitsUnavailable.
    """
    left_out: tuple[str, ...] = ()
    try:
        await use_cases.meter.budget.reserve(kind, calls=len(resources.paid_probes), has_llm=False)
    except BudgetSpent:
        left_out = resources.paid_probes
    use_cases.observations.note_probes(await resources.check_health(without=left_out))
    return left_out
