"""Files of a source folder: which there are, and their text. Nothing outside of it is ever read."""

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wcmatch import glob

from pipelines.errors import PageError, SourceMissing

_log = logging.getLogger(__name__)
_GLOB = glob.GLOBSTAR | glob.BRACE | glob.FORCEUNIX
# A character takes at most four bytes in UTF-8: a larger file is too long whatever it holds.
_BYTES_PER_CHARACTER = 4


def matches(path: PurePosixPath, patterns: Sequence[str], *, hidden: bool = False) -> bool:
    """Whether a glob matches: `**` spans folders, `*` stays in one, `{a,b}` alternates.

    Names that begin with a dot match only where the pattern says the dot, or with `hidden`.
    """
    return glob.globmatch(str(path), list(patterns), flags=_GLOB | (glob.DOTGLOB if hidden else 0))


def literal(path: str) -> str:
    """A glob that matches this path and no other, whatever its names are made of."""
    return glob.escape(path, unix=True)


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """The declared folder of a corpus, absolute and without links in its path; files up to `max_chars` long.

    Without a root it holds nothing: what an upload may see.
    """

    root: Path | None
    max_chars: int

    @classmethod
    def open(cls, corpus: str, path: Path, max_chars: int) -> "SourceFolder":
        """The folder of a corpus. Raises SourceMissing where there is no such folder."""
        if not path.is_dir():
            raise SourceMissing(f"{corpus}: no folder at {path}")
        return cls(path.resolve(), max_chars)

    def paths(self, include: Sequence[str], exclude: Sequence[str]) -> Iterator[PurePosixPath]:
        """The files that the globs name, relative to the folder, in the order of their code points.

        Linked folders are not entered: what they hold is inside already, or must not be read. The log names the latter.
        """
        found: list[PurePosixPath] = []
        for folder, below, files in os.walk(self.root, followlinks=False) if self.root else ():
            here = PurePosixPath(Path(folder).relative_to(self.root or folder).as_posix())
            found += [here / name for name in files]
            for name in below:
                if self._leads_out(Path(folder, name)) and not (exclude and matches(here / name, exclude, hidden=True)):
                    _log.warning("%s is a link to a folder outside of the source: its pages are not read", here / name)
        yield from sorted(
            (
                path
                for path in found
                if matches(path, include) and not (exclude and matches(path, exclude, hidden=True))
            ),
            key=str,
        )

    def _leads_out(self, folder: Path) -> bool:
        return folder.is_symlink() and self.root is not None and not folder.resolve().is_relative_to(self.root)

    def read_bytes(self, path: PurePosixPath, limit: int) -> bytes:
        """The file's bytes. Raises PageError where it is no file of this folder, unreadable or over `limit` bytes."""
        if self.root is None:
            raise PageError(str(path), "cannot be read: there is no source folder")
        try:
            real = (self.root / path).resolve(strict=True)
            if not real.is_relative_to(self.root):
                raise PageError(str(path), "is a link that leads out of the source folder")
            with open(real, "rb", opener=_open_regular) as file:
                data = file.read(limit + 1)
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise PageError(str(path), f"cannot be read: {reason}") from None
        if len(data) > limit:
            raise PageError(str(path), f"is larger than {limit:,} bytes")
        return data

    def read_text(self, path: PurePosixPath) -> str:
        """The file's text: UTF-8 with or without a byte order mark, LF line endings, NUL replaced by U+FFFD."""
        data = self.read_bytes(path, self.max_chars * _BYTES_PER_CHARACTER)
        text = decode(str(path), data)
        if len(text) > self.max_chars:
            raise PageError(str(path), f"has {len(text):,} characters; at most {self.max_chars:,} are allowed")
        return text

    def find(self, target: str, *bases: PurePosixPath) -> PurePosixPath | None:
        """The first file that `target` names from one of the bases; None where it leads out or nowhere."""
        if self.root is None:
            return None
        for base in bases:
            try:
                real = (self.root / base / target).resolve(strict=True)
            except (OSError, RuntimeError, ValueError):
                continue
            if real.is_file() and real.is_relative_to(self.root):
                return PurePosixPath(real.relative_to(self.root).as_posix())
        return None


def size_of(file: Path) -> int:
    """Bytes of the file; 0 where its reader will say what is wrong with it."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def printable(path: PurePosixPath) -> str:
    r"""The path as text that can be kept and shown, with `\xff` for each byte of a name that is no UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _open_regular(name: str, flags: int) -> int:
    """Open regular files only: reading a pipe or a device would wait for ever."""
    descriptor = os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return descriptor


def decode(path: str, data: bytes) -> str:
    """UTF-8 text as every reader wants it. Raises PageError where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError(path, f"is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
