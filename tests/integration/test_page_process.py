"""Pages that take their reader too long or too much fail alone: the process that reads them is killed."""

import asyncio
import json
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers import page_worker
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.page_source import PackedPage
from pipelines.readers.pdf import read_pdf
from pipelines.readers.sources import open_source
from pipelines.types import PageFailure
from tests.conftest import ROOT
from tests.support import odd_readers
from tests.support.command_line import copy_book, run_here, serving
from tests.support.figures import note_figures
from tests.support.pdf_files import build_nested_pdf, build_pdf, build_swelling_pdf
from tests.support.waiting import eventually

MEGABYTE = 1_000_000
GOOD = build_pdf([["Valves are opened by hand."], ["A second page."]])
CORPUS = """[corpora.papers]
source = { kind = "pdf", path = "papers" }
base_url = "https://files.my.site/"
"""
# A server whose loop is held answers nothing for the second that the page may take; the rest is for a busy machine.
LONGEST_HOLD = 0.5


@pytest.fixture
def process() -> Iterator[PageProcess]:
    process = PageProcess(PageLimits(1.0, 100 * MEGABYTE))
    yield process
    process.close()


def reason(process: PageProcess, read: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(PageError) as caught:
        process.call(0, "page.pdf", read, *arguments)
    assert caught.value.path == "page.pdf"
    return caught.value.reason


def test_one_process_reads_page_after_page(process: PageProcess) -> None:
    assert process.call(3, "a", odd_readers.length_of, b"abc") == 3
    _, first = process.call(0, "a", odd_readers.sees)
    _, second = process.call(0, "a", odd_readers.sees)
    assert first == second != os.getpid()
    assert process.call(30 * MEGABYTE, "a", odd_readers.length_of, b"x" * 30 * MEGABYTE) == 30 * MEGABYTE


def test_what_takes_too_long_or_too_much_is_killed_and_the_next_page_is_read(process: PageProcess) -> None:
    attacks: list[tuple[Callable[..., object], tuple[object, ...], str]] = [
        (odd_readers.works_for_ever, (), "takes more than 1 s to read (FOOTNOTED_MAX_PAGE_SECONDS)"),
        (odd_readers.waits_for_ever, (), "takes more than 1 s to read (FOOTNOTED_MAX_PAGE_SECONDS)"),
        (
            odd_readers.takes_memory,
            (20_000,),
            "takes more than 100 MB of memory to read (FOOTNOTED_MAX_PAGE_MEMORY_BYTES)",
        ),
        (odd_readers.ends_itself, (), "ended the process that read it (3)"),
    ]
    for read, arguments, said in attacks:
        _, pid = process.call(0, "a", odd_readers.sees)
        assert reason(process, read, *arguments) == said
        assert not Path(f"/proc/{pid}").exists()
        assert process.call(3, "a", odd_readers.length_of, b"abc") == 3
    assert process.call(0, "a", odd_readers.takes_memory, 50) == 50


def test_errors_come_through_and_prints_do_not(process: PageProcess, caplog: pytest.LogCaptureFixture) -> None:
    _, pid = process.call(0, "a", odd_readers.sees)
    assert reason(process, odd_readers.refuses) == "is refused"
    assert reason(process, odd_readers.fails) == "cannot be read: LookupError"
    assert "unforeseen" in caplog.text
    assert process.call(0, "a", odd_readers.prints) == "said"
    assert process.call(0, "a", odd_readers.sees)[1] == pid


def test_an_answer_that_names_anything_to_call_is_refused(
    process: PageProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for read in (odd_readers.sends_a_call, odd_readers.sends_its_own_kind):
        assert reason(process, read) == "cannot be read: its reader gave no answer that is one"
        assert not (tmp_path / "called").exists()
    assert "posix.mkdir is nothing that a reader says" in caplog.text
    assert process.call(3, "a", odd_readers.length_of, b"abc") == 3
    body, _ = process.call(len(GOOD), "a", read_pdf, "a", GOOD, max_chars=1_000)
    assert [heading.anchor for heading in body.headings] == ["page=1", "page=2"]


@pytest.mark.parametrize(
    "said",
    [
        b"garbage",
        b"",
        b"\x80\x04K\x01",
        b"\x80\x04\x8cX",
        b"\x80\x04]q\x00.",
        b"I12x\n.",
        b"cpipelines.readers.page_worker\nOutcome\n.",
        b"cpipelines.readers.page_worker\nOutcome\n(tR.",
        b"cpipelines.readers.page_worker\nOutcome\n)\x81.",
        b"cpipelines.readers.no_module\nOutcome\n.",
        pickle.dumps(page_worker.Outcome("refused", ("only one",))),
        pickle.dumps(page_worker.Outcome("failed", None)),
        pickle.dumps(page_worker.Outcome("other", ("a", "b"))),  # type: ignore[arg-type]
        pickle.dumps([1, 2]),
    ],
)
def test_bytes_that_are_no_outcome_are_an_error_of_the_page(process: PageProcess, said: bytes) -> None:
    refused = "cannot be read: its reader gave no answer that is one"
    assert reason(process, odd_readers.answers, len(said).to_bytes(8, "big") + said) == refused
    assert process.call(3, "a", odd_readers.length_of, b"abc") == 3


def test_an_answer_larger_than_the_page_may_take_is_not_taken(process: PageProcess) -> None:
    refused = "cannot be read: its reader gave no answer that is one"
    assert reason(process, odd_readers.answers, (10**15).to_bytes(8, "big")) == refused
    assert process.call(3, "a", odd_readers.length_of, b"abc") == 3


def test_why_it_did_not_start_is_logged(
    process: PageProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pipelines.readers.page_process._MAIN", "raise SystemExit('no such library')")
    assert reason(process, odd_readers.sees) == "cannot be read: the process that reads pages does not start"
    assert "did not start (1): no such library" in caplog.text


def test_it_knows_no_keys(process: PageProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    names, _ = process.call(0, "a", odd_readers.sees)
    assert "PATH" in names
    assert not {"COHERE_API_KEY", "DATABASE_URL"} & set(names)


def test_a_larger_file_may_take_more() -> None:
    limits = PageLimits(10.0, 400 * MEGABYTE)
    assert limits.of_file(22_000).seconds < 10.5
    assert limits.of_file(20 * MEGABYTE) == PageLimits(210.0, 500 * MEGABYTE)


def test_one_that_has_nothing_to_do_ends_and_is_replaced(
    process: PageProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, pid = process.call(0, "a", odd_readers.sees)
    os.kill(pid, signal.SIGKILL)  # whyever it ended
    assert process.call(0, "a", odd_readers.sees)[1] != pid
    assert page_worker.IDLE_SECONDS <= 60


def test_closing_ends_what_is_read_and_nothing_is_read_after(process: PageProcess) -> None:
    assert process.call(3, "a", odd_readers.length_of, b"abc") == 3
    said: list[str] = []
    reading = threading.Thread(target=lambda: said.append(reason(process, odd_readers.waits_for_ever)))
    reading.start()
    time.sleep(0.3)
    began = time.perf_counter()
    process.close()
    reading.join(5)
    assert time.perf_counter() - began < 1
    assert len(said) == 1
    assert reason(process, odd_readers.length_of, b"") == "is not read any more: the reading was ended"


async def test_no_orphan_is_left_by_a_parent_that_was_killed(tmp_path: Path) -> None:
    """In a long stretch of C code, where no thread of its own could look after it."""
    told = tmp_path / "pid"
    code = (
        "import sys; from tests.support import odd_readers;"
        "from pipelines.readers.page_process import PageLimits, PageProcess;"
        "PageProcess(PageLimits(600, 10**9)).call(0, 'a', odd_readers.tells_and_works, sys.argv[1])"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(told), cwd=ROOT)
    try:
        await eventually(lambda: told.exists() and told.read_text() != "", 60)
    finally:
        parent.kill()
        await parent.wait()
    await eventually(lambda: not _runs(int(told.read_text())))
    assert not _runs(int(told.read_text()))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize(("name", "data"), [("nested", build_nested_pdf(12)), ("swelling", build_swelling_pdf(60))])
def test_small_files_that_take_their_parser_long_are_ended(name: str, data: bytes) -> None:
    process = PageProcess(PageLimits(1.0, 100 * MEGABYTE))
    began = time.perf_counter()
    try:
        with pytest.raises(PageError, match="takes more than"):
            process.call(len(data), "a.pdf", read_pdf, "a.pdf", data, max_chars=2_000_000)
    finally:
        process.close()
    note_figures(f"PDF file, {name}", bytes=len(data), ended_after_seconds=time.perf_counter() - began)


async def test_a_page_that_takes_too_long_is_named_and_the_others_are_ingested(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    (site / "footnoted.toml").write_text(CORPUS)
    (site / "papers").mkdir()
    for name, data in (("a.pdf", GOOD), ("hostile.pdf", build_nested_pdf(12)), ("z.pdf", GOOD)):
        (site / "papers" / name).write_bytes(data)
    outcome = await run_here(site, "ingest", "--json", FOOTNOTED_MAX_PAGE_SECONDS="1")
    report = json.loads(outcome.out)
    assert report["added"] == 2
    assert report["errors"] == [
        {"path": "hostile.pdf", "message": "takes more than 1 s to read (FOOTNOTED_MAX_PAGE_SECONDS)"}
    ]
    assert outcome.code != 0


async def test_a_large_page_is_read_apart_as_it_is_read_here(tmp_path: Path) -> None:
    """What takes too long fails alone, named; what does not is the same page."""
    (tmp_path / "docs").mkdir()
    honest = "# Changes\n\n" + "".join(f"## Release {n}\n\nRelease {n} mends what was wrong.\n\n" for n in range(3_000))
    for name, text in (("a.md", "# A\n\nWords."), ("changes.md", honest), ("hostile.md", "# H\n\n" + "![" * 900_000)):
        (tmp_path / "docs" / name).write_text(text)
    source = MarkdownSource(kind="markdown", path=tmp_path / "docs")
    spec = CorpusSpec(name="book", folder=tmp_path, source=source, base_url="https://my.site")
    process = PageProcess(PageLimits(1.0, 400 * MEGABYTE))
    try:
        found = await open_source(spec, max_page_chars=2 * MEGABYTE, process=process).pages({})
    finally:
        process.close()
    failed = [(one.path, one.message) for one in found if isinstance(one, PageFailure)]
    assert failed == [("hostile.md", "takes more than 3 s to read (FOOTNOTED_MAX_PAGE_SECONDS)")]
    (tmp_path / "docs" / "hostile.md").unlink()
    here = await open_source(spec, max_page_chars=2 * MEGABYTE).pages({})
    assert [one for one in found if isinstance(one, PackedPage)] == here
    assert len(here) == 2


async def test_a_large_translation_is_read_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that counts is that of the file whose text the page is, not of the one that it translates."""
    large = "# Large\n\n" + "Many words of it. " * 8_000
    files = {"a.md": "# A", "a.fr.md": large, "b.md": large, "b.fr.md": "# B", "c.md": large}
    for name, text in files.items():
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text(text)
    source = MarkdownSource(kind="markdown", path=tmp_path / "docs", flavour="mkdocs")
    spec = CorpusSpec(name="book", folder=tmp_path, source=source, base_url="https://my.site", locales=("fr",))
    process, apart = PageProcess(PageLimits(10.0, 400 * MEGABYTE)), list[str]()
    call = process.call

    def note(size: int, path: str, *arguments: Any) -> Any:
        apart.append(f"{path} {size}")
        return call(size, path, *arguments)

    monkeypatch.setattr(process, "call", note)
    try:
        found = await open_source(spec, max_page_chars=MEGABYTE, process=process).pages({})
    finally:
        process.close()
    assert sorted(apart) == [f"{name} {len(large)}" for name in ("a.md", "b.md", "c.md", "c.md")]
    assert [one for one in found if isinstance(one, PackedPage)] == await open_source(
        spec, max_page_chars=MEGABYTE
    ).pages({})
    assert len(found) == 6


async def test_an_upload_that_takes_too_long_is_an_error_and_the_server_goes_on(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    assert (await run_here(site, "ingest")).code == 0
    async with serving(site, FOOTNOTED_MAX_PAGE_SECONDS="1") as (url, _):
        key = (await run_here(site, "keys", "create", "writer", "--role", "writer", "--json")).out
        headers = {"authorization": f"Bearer {json.loads(key)['key']}"}
        async with httpx.AsyncClient(base_url=url, timeout=60, headers=headers) as client:

            async def upload(name: str, data: bytes) -> httpx.Response:
                return await client.post("/api/v1/documents", files={"file": (name, data)})

            assert (await upload("good.pdf", GOOD)).status_code == 201
            hostile = asyncio.create_task(upload("hostile.pdf", build_nested_pdf(12)))
            longest = 0.0
            while not hostile.done():
                began = time.perf_counter()
                assert (await client.get("/api/v1/health")).status_code == 200
                longest = max(longest, time.perf_counter() - began)
                await asyncio.sleep(0.01)
            answer = await hostile
            assert (answer.status_code, "takes more than 1 s" in answer.text) == (422, True)
            assert (await upload("good2.pdf", GOOD)).status_code == 201
    note_figures("upload that takes its reader for ever", longest_health_seconds=longest)
    assert longest < LONGEST_HOLD
