"""What a test cannot run without: where the machine lacks it, the test is left out and says how to get it.

Continuous integration sets TESTS_LEAVE_NOTHING_OUT: there each of these fails, but for the few things that no package
brings (`tests/conftest.py`). Tests of vendors need a key and cost money, and are not among those that it runs.
"""

import shutil

import pytest

NPM_PACKAGES = "no npm packages: `make node-packages`"
SITE_PACKAGES = "no packages of site generators: `make test-sites`"


def needs(there: bool, reason: str) -> None:
    """Leaves the test out unless it is there; the reason says what is missing and where it comes from."""
    if not there:
        pytest.skip(reason)


def needs_program(name: str, package: str) -> str:
    """The path of a program; leaves the test out where it is not installed."""
    path = shutil.which(name)
    needs(path is not None, f"{name} is not installed (Debian: apt-get install {package})")
    return str(path)
