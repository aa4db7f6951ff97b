"""The files that a page includes: read, counted and bounded together, and what of them is dropped."""

from pathlib import PurePosixPath

from pipelines.errors import PageError
from pipelines.readers.source_folder import SourceFolder

MAX_INCLUDES = 1_000
_MAX_NAMED = 5


class IncludedFiles:
    """What the includes of the page `path` cost, whichever syntax they have."""

    def __init__(self, path: PurePosixPath, folder: SourceFolder) -> None:
        self._path, self._folder = path, folder
        self._size = self._includes = 0
        self._dropped: list[str] = []

    def read(self, place: PurePosixPath | None, folder: SourceFolder | None = None) -> str | None:
        """The text of a file that was found in the page's folder, or `folder`; None where none can be read."""
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            raise PageError(str(self._path), f"has more than {MAX_INCLUDES:,} includes, with those of what it includes")
        try:
            return None if place is None else (folder or self._folder).read_text(place)
        except PageError:
            return None

    def bounded(self, text: str) -> str:
        """A part of the page. Raises PageError where all of them are more than a page may have."""
        self._size += len(text) + 1
        if self._size > self._folder.max_chars + 1:
            raise PageError(str(self._path), f"has more than {self._folder.max_chars:,} characters with its includes")
        return text

    def drop(self, target: str) -> None:
        """Notes an include that leads out of the folder or nowhere."""
        self._dropped.append(target)

    def warnings(self, why: str = "lead out of the source folder or nowhere") -> list[str]:
        """A warning that names what was dropped; none where nothing was."""
        if not self._dropped:
            return []
        named = ", ".join(sorted(set(self._dropped))[:_MAX_NAMED])
        return [f"{len(self._dropped)} includes {why} and are dropped: {named}"]
