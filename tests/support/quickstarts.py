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


def read_block(begins: str, *, file: str) -> str:
    """The one block of a file whose first line is that."""
    text = (ROOT / file).read_text(encoding="utf-8")
    (code,) = [code for _, code in _BLOCK.findall(text) if code.startswith(f"{begins}\n")]
    return str(code)


def aimed_at(code: str, url: str) -> str:
    """The code, calling the server at `url` instead of the one that the README names."""
    assert SHOWN_URL in code
    return code.replace(SHOWN_URL, url)
