"""The code that the README and the documents show, as it stands there."""

import re

from tests.conftest import ROOT

SHOWN_URL = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def read_blocks(heading: str, language: str, *, file: str = "README.md") -> list[str]:
    """The blocks of that language under a heading of the third level, of the README or another file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    (section,) = re.findall(rf"^### {re.escape(heading)}\n(.*?)(?=^##)", text, re.M | re.S)
    return [code for kind, code in _BLOCK.findall(section) if kind == language]


def aimed_at(code: str, url: str) -> str:
    """The code, calling the server at `url` instead of the one that the README names."""
    assert SHOWN_URL in code
    return code.replace(SHOWN_URL, url)
