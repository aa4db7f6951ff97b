"""Pages that take their reader too long or too much fail alone: the process that reads them is killed."""

import asyncio
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, OpenApiSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers import page_process, page_worker
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.pdf import read_pdf
from pipelines.readers.sources import open_source
from pipelines.readers.upload import describe_upload
from pipelines.types import Upload
from tests.conftest import ROOT
from tests.support import odd_readers
from tests.support.figures import note_figures
from tests.support.pdf_files import GOOD, PAPERS, build_nested_pdf, build_swelling_pdf
from tests.support.waiting import eventually

MEGABYTE = 1_000_000


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


def test_the_process_outlives_the_thread_whose_page_it_was_started_for(process: PageProcess) -> None:
    pids: list[int] = []
    thread = threading.Thread(target=lambda: pids.append(process.call(0, "a", odd_readers.sees)[1]))
    thread.start()
    thread.join()
    assert [process.call(0, "a", odd_readers.sees)[1]] == pids


def test_a_process_that_starts_while_it_is_closed_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    process, start = PageProcess(PageLimits(5.0, 100 * MEGABYTE)), page_process._start
    closing = threading.Thread(target=process.close)

    def start_late() -> Any:
        closing.start()
        closing.join(0.2)  # it waits for its turn
        return start()

    monkeypatch.setattr(page_process, "_start", start_late)
    assert reason(process, odd_readers.waits_for_ever) == "is not read any more: the reading was ended"
    closing.join(5.0)
    assert not closing.is_alive()


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
    page = process.call(len(GOOD), "a.pdf", describe_upload, PAPERS, Upload("pdf", GOOD, "a.pdf"), max_page_chars=1_000)
    assert [heading["anchor"] for heading in page.metadata["headings"]] == ["page=1", "page=2"]


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


async def test_a_document_in_a_folder_that_may_not_be_entered_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: PageProcess
) -> None:
    spec = CorpusSpec(
        name="api", folder=tmp_path, source=OpenApiSource(kind="openapi", path=Path("api.yaml")), base_url="https://a.b"
    )

    def refuse(path: Path, **_: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(SourceMissing, match=r"api: api\.yaml: cannot be read: "):
        await open_source(spec, max_page_chars=MEGABYTE, process=process).pages({})
