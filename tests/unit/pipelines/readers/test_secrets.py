"""Secrets are named by line and kind, and never shown; what only looks like one is left alone."""

import time
from pathlib import Path

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.readers.secrets import find_secrets
from pipelines.readers.sources import read_documents

# Put together here, so that no scanner of this repository takes the tests for a leak.
GITHUB = "ghp_" + "R7tQ2mZx9LdK4vWn8BsYc3HgJ6fPa1Ue5oTi"
AWS = "AKIA" + "Q7ZT2MXK9LDV4WN8"
SLACK = "xoxb-" + "2837465920-" + "hq7s2kd9v4wn8bsy"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEAq7tQ2mZx9LdK4vWn8BsYc3HgJ6fPa1Ue5oTiZbN0rXwS\n"


@pytest.mark.parametrize(
    ("secret", "kind"),
    [(GITHUB, "GitHub Token"), (AWS, "AWS Access Key"), (SLACK, "Slack Token"), (KEY, "Private Key")],
)
def test_a_secret_is_named_by_its_line_and_not_shown(secret: str, kind: str) -> None:
    (warning,) = find_secrets(f"Set the key:\n\ntoken = {secret}\n")
    assert warning.startswith("line 3 of its text")
    assert kind in warning
    assert secret[:12] not in warning.replace(kind, "")


def test_lines_are_those_of_the_file_where_it_has_the_secret() -> None:
    source = f"---\ntitle: Keys\n---\n\n# Keys\n\n`{GITHUB}`\n"
    (warning,) = find_secrets(f"# Keys\n\n{GITHUB}", source)
    assert warning.startswith("line 7 shows")


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "A key begins with -----BEGIN PRIVATE KEY----- and ends likewise.",
        "password = 'correct-horse-battery-staple-and-more'",
        "https://example.org/a/very/long/path/that/is/no/secret/at/all",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert find_secrets(text) == []


def test_a_long_line_is_searched_to_its_end() -> None:
    for before in (1_180, 1_200, 5_000):
        assert len(find_secrets("a " * (before // 2) + GITHUB)) == 1


@pytest.mark.parametrize("piece", ["eyJ", "//", "AKIA", "aws", "glpat-", "1234567890:", "SG."])
def test_time_is_linear(piece: str) -> None:
    find_secrets(GITHUB)  # loads the patterns
    text = piece * (60_000 // len(piece))
    began = time.process_time()
    find_secrets(text)
    assert time.process_time() - began < 2


def test_a_page_brings_its_warning(tmp_path: Path) -> None:
    (tmp_path / "keys.md").write_text(f"---\ntitle: Keys\n---\n\nUse `{GITHUB}`.\n")
    source = MarkdownSource(kind="markdown", path=Path())
    spec = CorpusSpec(name="site", folder=tmp_path, source=source, base_url="https://my.site")
    (document,) = read_documents(spec, max_page_chars=10_000)
    assert isinstance(document, Document)
    (warning,) = document.metadata["warnings"]
    assert warning.startswith("line 5 shows")
    assert GITHUB not in warning
