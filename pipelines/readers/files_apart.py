"""Page files read in the process that is ended where one takes too much: many by a call, and each fails alone."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from pipelines.errors import PageError
from pipelines.readers.edition_pages import EditionPages, FileRead, FolderReading, PageFile, read_files
from pipelines.readers.page_process import PageProcess, one_of
from pipelines.types import PageFailure

# What one call reads: it costs some messages between processes, whatever it reads.
_BATCH_FILES = 32
_BATCH_BYTES = 500_000
# How many batches may be read, or wait to be taken, while what was read before is worked on.
_AHEAD = 2

Read = FileRead | PageFailure


def read_files_apart(
    process: PageProcess, reading: FolderReading, editions: Sequence[EditionPages], files: Sequence[PageFile]
) -> Iterator[Read]:
    """What each file is, in their order. One that takes too much, or that its parser chokes on, fails alone."""
    apart = _FilesApart(process, reading, editions)
    waiting: deque[Future[list[Read]]] = deque()
    with ThreadPoolExecutor(1, "page files") as reader:
        try:
            for batch in apart.batches(files):
                waiting.append(reader.submit(apart.read, batch))
                if len(waiting) > _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _FilesApart:
    def __init__(self, process: PageProcess, reading: FolderReading, editions: Sequence[EditionPages]) -> None:
        self._process, self._reading, self._editions = process, reading, editions

    def batches(self, files: Sequence[PageFile]) -> Iterator[list[tuple[PageFile, int]]]:
        """The files with their sizes in bytes, in parts of which each is read by one call."""
        batch, total = list[tuple[PageFile, int]](), 0
        for file in files:
            size = self._editions[file.edition].size_of(file.path)
            if batch and (len(batch) == _BATCH_FILES or total + size > _BATCH_BYTES):
                yield batch
                batch, total = [], 0
            batch.append((file, size))
            total += size
        if batch:
            yield batch

    def read(self, batch: Sequence[tuple[PageFile, int]]) -> list[Read]:
        """What they are; where one of them ends the call, each is read by a call of its own."""
        try:
            return self._call([file for file, _ in batch], sum(size for _, size in batch))
        except PageError as error:
            if len(batch) == 1:
                return [PageFailure(self._uri_of(batch[0][0]), error.reason)]
        return [read for one in batch for read in self.read([one])]

    def _call(self, files: Sequence[PageFile], size: int) -> list[Read]:
        named = one_of([self._uri_of(file) for file in files])
        return self._process.call(size, named, read_files, self._reading, files)

    def _uri_of(self, file: PageFile) -> str:
        return self._editions[file.edition].uri_of(file.path)
