"""The code that the README shows, as it stands there."""

import re

from tests.conftest import ROOT

SHOWN_URL = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def read_blocks(heading: str, language: str) -> list[str]:
    """The README's blocks of that language under a heading of the third level."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^### {re.escape(heading)}\n(.*?)(?=^##)", readme, re.M | re.S)
    return [code for kind, code in _BLOCK.findall(section) if kind == language]


def aimed_at(code: str, url: str) -> str:
    """The code, calling the server at `url` instead of the one that the README names."""
    assert SHOWN_URL in code
    return code.replace(SHOWN_URL, url)
