"""What a run of the live contract tests costs at most, said before they run.

Prices in US dollars are those that the vendors list for the default models (openrouter.ai/openai/gpt-4o-mini: 0.15 and
0.60 a million prompt and completion tokens; cohere.com/pricing: embed-v4.0 0.12 a million tokens, rerank 2.00 a
thousand searches). With other models the estimate is wrong in proportion.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a unit, and the units that the tests of a vendor use at most."""

    vendor: str
    unit: str
    dollars: float
    units: int

    @property
    def total(self) -> float:
        return self.dollars * self.units


PRICES = (
    Price("openrouter", "prompt token", 0.15e-6, 8 * 1_000),
    Price("openrouter", "completion token", 0.60e-6, 8 * 400),
    Price("cohere", "embedded token", 0.12e-6, 5_000),
    Price("cohere", "rerank search", 2.00e-3, 3),
)


def estimate(vendors: Sequence[str] = ("openrouter", "cohere")) -> str:
    """The estimate in words, a line a vendor and the sum."""
    chosen = [price for price in PRICES if price.vendor in vendors]
    lines = [f"{p.vendor}: up to {p.units:,} x {p.unit} = ${p.total:.4f}" for p in chosen]
    return "\n".join([*lines, f"Live tests cost up to ${sum(price.total for price in chosen):.4f} in all."])
