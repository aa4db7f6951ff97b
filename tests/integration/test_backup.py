"""A data folder that was copied while nothing ran is a backup: a server over the copy has the past and the index."""

import shutil
from pathlib import Path

import httpx

from tests.support.served_book import serve_book

QUESTION = "How does BM25 limit the weight of a repeated term?"


def test_a_copy_of_the_data_folder_serves_what_was_kept(tmp_path: Path) -> None:
    with serve_book(tmp_path / "kept") as served:
        told = httpx.post(f"{served.url}/api/v1/chat", json={"question": QUESTION, "stream": False}, timeout=60).json()
        kept = httpx.get(f"{served.url}/api/v1/conversations/{told['conversation_id']}").json()
    assert told["status"] == "answered"

    shutil.copytree(tmp_path / "kept" / ".footnoted", tmp_path / "restored" / ".footnoted", symlinks=True)
    shutil.rmtree(tmp_path / "kept")
    with serve_book(tmp_path / "restored") as served:
        again = httpx.get(f"{served.url}/api/v1/conversations/{told['conversation_id']}").json()
        assert again == kept
        anew = httpx.post(f"{served.url}/api/v1/chat", json={"question": QUESTION, "stream": False}, timeout=60).json()
        assert [one["url"] for one in anew["sources"]] == [one["url"] for one in told["sources"]]
