"""A PDF file → a page whose sections are the pages of the file, which a link opens by `#page=3`."""

import io
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from pipelines.corpus import CorpusSpec, PdfSource
from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.lines import BLANK, Body, Line, LineHeading, join_lines
from pipelines.readers.page import Page, page_of
from pipelines.readers.source_folder import SourceFolder

MAX_FILE_BYTES = 200_000_000
MAX_PAGES = 5_000

_LETTERS = r"[^\W\d_]+"
_WORD = re.compile(rf"{_LETTERS}(?:-{_LETTERS})*")
_HYPHENATED = re.compile(rf"({_LETTERS}(?:-{_LETTERS})*)([\u00ad-])\n(?=[^\W\d_])({_LETTERS}(?:-{_LETTERS})*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff]")


def read_pdf(path: str, data: bytes, *, max_chars: int) -> tuple[Body, str | None]:
    """The text and the title of a PDF file (None where it names none).

    Each page with text is a section headed `Page 3`, whose anchor is `page=3` (RFC 8118). A word that a line
    break divides is joined where the rest of the file has it in one, else it keeps its hyphen. Raises PageError:
    encrypted, broken, too long, or without any text, as a scan is.
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PageError(path, "is encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise PageError(path, f"has {len(reader.pages):,} pages; at most {MAX_PAGES:,} are allowed")
        body = join_lines(_lines(path, reader, max_chars))
        title = _clean((reader.metadata.title if reader.metadata else None) or "")
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        # pypdf lets errors of every kind through where a file is not as the format says.
        raise PageError(path, f"is no PDF that can be read: {type(error).__name__}") from None
    if not body.text:
        raise PageError(path, "holds no text: is it a scan?")
    return body, " ".join(title.split()) or None


def _lines(path: str, reader: PdfReader, max_chars: int) -> Iterator[Line]:
    texts: list[str] = []
    characters = 0
    for page in reader.pages:
        texts.append(_clean(page.extract_text()).strip())
        characters += len(texts[-1])
        if characters > max_chars:
            raise PageError(path, f"has more than {max_chars:,} characters")
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    for number, text in enumerate((_join_words(text, words) for text in texts), 1):
        if text:
            yield BLANK
            yield Line(f"## Page {number}", heading=LineHeading(2, f"Page {number}", f"page={number}"))
            yield BLANK
            yield from (Line(re.sub(r"^(#{1,6}\s)", r"\\\1", line.strip())) for line in text.split("\n"))


def _join_words(text: str, words: Collection[str]) -> str:
    """The text with its divided words whole: in one where the rest of the file has it so, else with their hyphen.

    A soft hyphen is never part of a word.
    """

    def join(match: re.Match[str]) -> str:
        first, hyphen, second = match.groups()
        whole = hyphen == "\u00ad" or f"{first}{second}".lower() in words
        return f"{first}{second}" if whole else f"{first}-{second}"

    return _HYPHENATED.sub(join, text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


class PdfTree:
    """The PDF files of a folder."""

    def __init__(self, spec: CorpusSpec, source: PdfSource, folder: SourceFolder) -> None:
        self._spec, self._source, self._folder = spec, source, folder

    def paths(self) -> Iterator[PurePosixPath]:
        """The files, in order of their uris."""
        return self._folder.paths(self._source.include, self._source.exclude)

    def read(self, path: PurePosixPath) -> Page:
        """The file as a page. Raises PageError."""
        data = self._folder.read_bytes(path, MAX_FILE_BYTES)
        body, title = read_pdf(str(path), data, max_chars=self._folder.max_chars)
        url = f"{self._spec.base_url.rstrip('/')}/{quote(str(path))}"
        return page_of(self._spec, path, FrontMatter(), body, url=url, title=title or path.stem)
