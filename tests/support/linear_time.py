"""Whether time grows linearly with the length of what is read, with inputs no longer than it takes to tell."""

from collections.abc import Callable

# Six times as long, linear: six times the time. The rest is for a busy machine; quadratic would be 36.
STEP, MOST = 6, 18.0
# Below so many seconds a measurement says nothing.
FLOOR = 0.06


def measure_growth(seconds: Callable[[int], float], *lengths: int) -> tuple[float, float]:
    """The seconds that the first length takes that can be measured, and the most that they may be.

    `seconds(length)` reads an input of that length. What is so short that it is noise goes on to the next of `lengths`,
    so that cheap inputs are read as long as they can be and dear ones no longer than shows how they grow.
    """
    took, length = 0.0, 0
    for length in lengths:
        took = seconds(length)
        if took > FLOOR:
            break
    else:
        return took, FLOOR * 2
    most = MOST * max(seconds(length // STEP), FLOOR / STEP)
    # Once more before it counts: the best of two is what the reading costs.
    return (min(took, seconds(length)) if took >= most else took), most
