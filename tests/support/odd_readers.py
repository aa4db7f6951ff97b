"""Readers that do what a page may make one do, called in a process of their own."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import PageError
from pipelines.readers.edition_pages import FileRead, FolderReading, PageFile, read_files
from pipelines.splitting.pieces import PagePiece, Shape, UncutPage, cut_pages
from pipelines.types import PageFailure


def length_of(data: bytes) -> int:
    """What there is of it."""
    return len(data)


def works_for_ever() -> None:
    """Takes CPU without end, in C code that lets nothing else run."""
    sum(range(10**15))


def cuts_for_ever(shape: Shape, pages: Sequence[UncutPage]) -> list[list[PagePiece]]:
    """Cuts pages, of which one that says so takes without end."""
    if any(page.text == "Endless." for page in pages):
        works_for_ever()
    return cut_pages(shape, pages)


def chokes_on_odd_files(reading: FolderReading, files: Sequence[PageFile]) -> list[FileRead | PageFailure]:
    """Reads files, of which one that is called odd fails as no reader should."""
    if any(file.path.stem == "odd" for file in files):
        raise LookupError("unforeseen")
    return read_files(reading, files)


def waits_for_ever() -> None:
    """Takes no CPU, without end."""
    time.sleep(10**6)


def takes_memory(megabytes: int) -> int:
    """Keeps so much memory for a while, in pieces."""
    kept = []
    for _ in range(megabytes):
        kept.append(b"x" * 1_000_000)
        time.sleep(0.001)
    return len(kept)


def ends_itself() -> None:
    """As a fault in C code does."""
    os._exit(3)


def refuses() -> None:
    """A page that cannot be read."""
    raise PageError("page.pdf", "is refused")


def fails() -> None:
    """An error that no reader should raise."""
    raise LookupError("unforeseen")


def prints() -> str:
    """Writes where messages go."""
    sys.stdout.write("noise" * 10_000)
    sys.stdout.flush()
    os.write(1, b"more noise")
    return "said"


def sees() -> tuple[list[str], int]:
    """The names of its environment, and its number."""
    return sorted(os.environ), os.getpid()


def tells_and_works(path: str) -> None:
    """Writes its number there, and goes on for ever."""
    Path(path).write_text(str(os.getpid()))
    works_for_ever()


class Bomb:
    """Something that calls a function where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["TMPDIR"] + "/called",)


def sends_a_call() -> Bomb:
    """What a reader that a page took over would say."""
    return Bomb()


def sends_its_own_kind() -> object:
    """A value that no reader gives."""
    return Path("a")


def answers(message: bytes) -> None:
    """Says these bytes in place of an outcome, as one that a page took over may."""
    frame = sys._getframe()
    while "outgoing" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    outgoing = frame.f_locals["outgoing"]
    outgoing.write(message)
    outgoing.flush()
    waits_for_ever()
