"""Where a vendor's contract runs: always against the emulator, and against the vendor itself when asked for.

Live tests run with `-m live` only, with the vendor's key in the environment, and print first what they may cost.
"""

import os
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.costs import estimate
from tests.support.needs import needs

BOTH = ["emulator", pytest.param("live", marks=pytest.mark.live)]
_told: set[str] = set()


@dataclass(frozen=True, slots=True)
class Vendor:
    """An address with its key, and the emulator behind it where it is one."""

    url: str
    key: str
    emulator: Any = None


def live_vendor(request: pytest.FixtureRequest, vendor: str, url: str) -> Vendor:
    """The vendor itself; left out unless live tests were asked for and its key is set."""
    # A run of all marks must not spend money because a key happens to be set.
    needs("live" in request.config.option.markexpr, "live tests run with `make test-live` only")
    variable = f"{vendor.upper()}_API_KEY"
    key = os.environ.get(variable, "")
    needs(key != "", f"{variable} is not set")
    if vendor not in _told:
        _told.add(vendor)
        print(estimate([vendor]))  # noqa: T201
    return Vendor(os.environ.get(f"{vendor.upper()}_BASE_URL", url), key)
