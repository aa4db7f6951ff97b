"""A corpus as text for language models: an index of its pages, and all of their words in one file.

Format: https://llmstxt.org (a heading, a quotation that sums up, sections of links). Both are made from the records.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile
from typing import Literal

from storage_config.postgres.database import Database, Session
from storage_config.records.access import Groups
from storage_config.records.document_texts import (
    PublishedPage,
    list_published_pages,
    list_whole_pages,
    read_published_version,
)

Kind = Literal["index", "full"]
MAX_PAGES = 5_000
# About a quarter of a million tokens; what a corpus has beyond it is named at the end.
MAX_FULL_CHARS = 1_000_000
_BEGINNING_CHARS = 800
_SUMMARY_CHARS = 160
_LEAST_CHARS = 40  # of what does not end as a sentence
# How long a change of the pages may go unnoticed: crawlers must not keep a database awake.
FRESH_SECONDS = 60.0
_MAX_FILES = 32  # readers of other groups see others, of up to four megabytes each
_ASK = (
    "Questions are answered with checked footnotes at `POST /v1/chat/completions` (OpenAI's protocol) and by the MCP "
    "server at `/mcp`."
)
_TOP = "Pages"
_NOT_PROSE = re.compile(r"[#>|`~<:!*+=\[\d-]")
_NUMBER = re.compile(r"^\d+[ ._-]+")  # which only orders folders
_FENCE = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)\0]*\)")
# In pairs, and never inside words: `snake_case`, `2*3`, `*args`. `__init__` is a name, whatever CommonMark makes of it,
# since pages of built HTML have it outside of code, too.
_EMPHASIS = re.compile(
    r"(?<![A-Za-z0-9*])(\*{1,3})(?=[^\s*])(.+?)(?<=\S)\1(?![A-Za-z0-9])"
    r"|(?<!\w)(?!__[a-z]\w*__(?!\w))(_{1,3})(?=[^\s_])(.+?)(?<=\S)\3(?!\w)",
    re.DOTALL,
)
_CODE_HELD = "\0"  # in no text of a record


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text and the strong validator of it (RFC 9110, 8.8.3), quoted."""

    text: str
    etag: str


class LlmsTexts:
    """The files of each corpus, made again when its documents changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made: OrderedDict[tuple[str, Kind, tuple[str, ...] | None], _Made] = OrderedDict()

    async def read(self, corpus: str, kind: Kind, groups: Groups) -> TextFile:
        """The file as the documents are that these groups may read, or were at most a minute ago.

        Raises DatabaseUnavailable.
        """
        key = (corpus, kind, None if groups is None else tuple(sorted(groups)))
        made = self._made.get(key)
        if made is not None and time.monotonic() - made.looked_at < FRESH_SECONDS:
            return made.file

        async def look(session: Session) -> _Made:
            version = await read_published_version(session, corpus=corpus, groups=groups)
            if made is not None and made.version == version:
                return _Made(made.file, version, time.monotonic())
            return _Made(_file(await _write(session, corpus, kind, groups, version[0])), version, time.monotonic())

        self._made[key] = found = await self._database.run(look)
        self._made.move_to_end(key)
        if len(self._made) > _MAX_FILES:
            self._made.popitem(last=False)
        return found.file


@dataclass(frozen=True, slots=True)
class _Made:
    file: TextFile
    version: tuple[int, datetime | None]
    looked_at: float


def _file(text: str) -> TextFile:
    return TextFile(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')


async def _write(session: Session, corpus: str, kind: Kind, groups: Groups, pages: int) -> str:
    if kind == "index":
        found = await list_published_pages(
            session, corpus=corpus, groups=groups, limit=MAX_PAGES, chars=_BEGINNING_CHARS
        )
        return write_index(corpus, found, left_out=pages - len(found))
    found = await list_whole_pages(session, corpus=corpus, groups=groups, max_chars=MAX_FULL_CHARS)
    return write_full(corpus, found, left_out=pages - len(found))


def write_index(corpus: str, pages: Sequence[PublishedPage], *, left_out: int = 0) -> str:
    """`llms.txt`: a section for each folder of the corpus, a link with a summary for each page."""
    lines = [*_head(corpus, pages, left_out), _ASK, ""]
    for section, inside in groupby(sorted(pages, key=lambda page: (_section(page) != _TOP, page.uri)), key=_section):
        lines += [f"## {section}", ""]
        for page in inside:
            summary = summarise(page.text)
            lines.append(f"- [{_one_line(page.title)}]({page.url})" + (f": {summary}" if summary else ""))
        lines.append("")
    return "\n".join(lines)


def write_full(corpus: str, pages: Sequence[PublishedPage], *, left_out: int = 0) -> str:
    """`llms-full.txt`: the pages one after the other, each under its title and url."""
    lines = _head(corpus, pages, left_out)
    for page in pages:
        text = page.text.strip()
        title = [] if text.startswith("# ") else [f"# {_one_line(page.title)}", ""]
        lines += ["---", "", f"Source: {page.url}", "", *title, text, ""]
    return "\n".join(lines)


def write_list(corpora: Sequence[str]) -> str:
    """`llms.txt` of a server with several corpora: where each one's is."""
    links = [f"- [{name}](/{name}/llms.txt)" for name in corpora]
    return "\n".join(
        ["# Documentation", "", f"> {len(corpora)} collections of pages.", "", "## Collections", "", *links, ""]
    )


def summarise(text: str) -> str:
    """The first sentence of a page's first paragraph, without markup; empty where it does not begin with one."""
    for paragraph in _FENCE.sub("", text).split("\n\n"):
        prose = paragraph.strip()
        if prose and not _NOT_PROSE.match(prose):
            words = _one_line(_without_markup(prose))
            end = _SENTENCE_END.search(words)
            if end is None and len(words) < _LEAST_CHARS:
                continue  # the title of a box, or a label
            sentence = words[: end.end()] if end else words
            return sentence if len(sentence) <= _SUMMARY_CHARS else f"{sentence[: _SUMMARY_CHARS - 1].rstrip()}…"
    return ""


def _without_markup(prose: str) -> str:
    """The words alone; those in code spans stay as they are."""
    codes = [span[2] for span in _CODE_SPAN.finditer(prose)]
    words = _LINK.sub(r"\1", _CODE_SPAN.sub(_CODE_HELD, prose))
    for _ in range(2):  # emphasis may stand in emphasis
        words = _EMPHASIS.sub(r"\2\4", words)
    first, *rest = words.split(_CODE_HELD)
    return first + "".join(code + after for code, after in zip(codes, rest, strict=True))


def _head(corpus: str, pages: Sequence[PublishedPage], left_out: int) -> list[str]:
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*(page.url.split("/") for page in pages), strict=False))
    site = "/".join(parts[0] for parts in shared)
    more = f" {left_out} more are left out here." if left_out > 0 else ""
    return [f"# {corpus}", "", f"> {len(pages)} pages{f' of {site}' if site else ''}.{more}", ""]


def _section(page: PublishedPage) -> str:
    folder, _, _ = page.uri.rpartition("/")
    name = _NUMBER.sub("", folder.partition("/")[0]).replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] if name else _TOP


def _one_line(text: str) -> str:
    return " ".join(text.split())
