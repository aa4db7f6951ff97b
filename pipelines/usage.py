"""What vendor calls cost: read from a LlamaIndex response, and added up."""

from llama_index.core.base.llms.types import ChatResponse

from pipelines.types import Usage


def usage_of(response: ChatResponse) -> Usage:
    """The usage that our LLM puts beside its responses; one call without tokens for an LLM that tells none."""
    counts = response.additional_kwargs
    cost = counts.get("cost")
    return Usage(
        prompt_tokens=int(counts.get("prompt_tokens") or 0),
        completion_tokens=int(counts.get("completion_tokens") or 0),
        calls=int(counts.get("calls") or 1),
        cost=None if cost is None else float(cost),
    )


def add_usage(one: Usage, other: Usage) -> Usage:
    """The sum; the cost is that of the calls whose vendor told it, None where none did."""
    costs = [usage.cost for usage in (one, other) if usage.cost is not None]
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        calls=one.calls + other.calls,
        cost=sum(costs) if costs else None,
    )
