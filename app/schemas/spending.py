"""What vendors cost today, against the daily budget."""

from datetime import date

from app.schemas.bodies import StrictBody
from storage_config.vocabulary import BudgetShare


class ShareSpendingBody(StrictBody):
    """Calls of vendors and US dollars, with what the day allows; null where that is not bounded."""

    share: BudgetShare
    calls: int
    cost: float
    max_calls: float | None
    max_cost: float | None


class SpendingBody(StrictBody):
    """A UTC day until now. `all` is everything, the other shares are parts of it, by the kind of caller.

    Answers under way count with what was reserved for them. `counted` is false where the environment bounds nothing:
    then nothing is counted. Without Redis it is of the process that answers.
    """

    day: date
    counted: bool
    shares: list[ShareSpendingBody]
