"""Values that cross folders: small, frozen, without behaviour.

Every offset counts code points (Python's `str` index), never bytes nor UTF-16 units. Offsets of a
`Passage`, `Source` and `Citation` are into the page's text as its reader produced it (`documents.text`);
offsets of a `Claim` are into the answer's text. Slicing there gives exactly the text that stands beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage_config.vocabulary import (
    AnswerStatus,
    ClaimStatus,
    LanguageCode,
    LeftOutReason,
    Level,
    PageFormat,
    PageState,
    Quality,
    Role,
    Scope,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page. `start:end` is the heading's line(s) in the page's text; `level` 1 to 6.

    `anchor` is the id that the site generator gives the heading, without `#`; None where it has none.
    """

    level: int
    text: str
    anchor: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CuratedAnswer:
    """A question and what answers it: `page_text[start:end]`, under the headings of `heading_path`."""

    question: str
    anchor: str | None
    heading_path: Sequence[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved node with what surrounds it, as our value. `page_text[start:end] == text`.

    `hits` are the stretches of `text` that the search found, the best first; empty where that is all of it.
    """

    node_id: str
    document_id: str
    uri: str
    url: str  # with #anchor, unless the passage stands before the first heading
    title: str
    heading_path: tuple[str, ...]  # heading texts from h2 down, without the page title
    anchor: str | None
    text: str
    start: int
    end: int
    quality: Quality
    ordinal: int  # position among the page's passages, from 0
    bibliography: Mapping[str, Any] | None  # CSL-JSON item
    score: float  # fused, after quality weight and rerank; ranks passages
    dense_score: float  # raw cosine, 0 where the leg did not return it
    bm25_score: float  # raw BM25, 0 where the leg did not return it
    rerank_score: float | None = None
    hits: tuple[tuple[int, int], ...] = ()
    text_hash: str | None = None  # of the page's text; None where the point is older than the hashes
    version: str | None = None  # None: the default one of the site
    access: tuple[str, ...] = ()  # groups that may read it; empty: everybody
    question: str | None = None  # that its owner wrote it for, where that was asked


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a page as the index holds it: `page_text[start:end] == text`."""

    node_id: str
    ordinal: int  # position among the page's chunks, from 0
    url: str  # with #anchor, unless the chunk stands before the first heading
    heading_path: tuple[str, ...]
    anchor: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a page, as CSL names people (`family`, `given`) and everybody else (`literal`)."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer cites: the whole passage behind `[id]`."""

    id: str  # "n" of [n], numbered from 1: by first citation where answers quote, else by rank
    document_id: str | None  # None: text that the reader selected, which stands in no known page
    title: str
    url: str
    heading_path: tuple[str, ...]
    text: str
    start: int
    end: int
    quality: Quality
    reference: str | None  # bibliographic reference in the corpus's CSL style
    text_hash: str | None = None  # SHA-256 of the page's text that the offsets count in
    page_state: PageState = "as_cited"
    authors: tuple[Author, ...] = ()  # as the page names them
    published: str | None = None  # as the page says: a year, a month (2024-05) or a day (2024-05-17)


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that a search found, and why: what ranks it, the raw scores of both legs, the query's words in it.

    `highlights` are code points of the source's text. `dense` is a cosine and `bm25` has no upper bound, each 0 where
    that leg did not find it; `rerank` is None without a reranker.
    """

    source: Source
    score: float
    dense: float
    bm25: float
    rerank: float | None = None
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ClosestSection:
    """A section named by a refusal as the nearest one."""

    title: str
    url: str
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """One quote behind a claim: `document.text[start:end] == quote`, inside the passage of `source`."""

    source: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A checked sentence of the answer: `answer.text[start:end]`, without its trailing markers."""

    start: int
    end: int
    status: ClaimStatus
    score: float | None  # calibrated probability that the passages carry it; None where not evaluated
    verbatim: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money of the vendor calls behind an answer; `cost` in US dollars where the vendor tells."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the pages answer, and the section that its answer cites."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, complete. `timings` are milliseconds by stage, `retrieval_ms` among them.

    `version` is that of the pages it speaks of, where the site has several: None for the default one; names with a
    comma between them where several were asked for and cited.
    """

    status: AnswerStatus
    text: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]  # only those cited
    closest: tuple[ClosestSection, ...]  # only on refusal
    flags: tuple[str, ...]
    model: str
    usage: Usage
    timings: Mapping[str, float]
    contact: str | None = None  # a link to who helps on, where the owner named one and this answer may not help
    version: str | None = None
    suggestions: tuple[Suggestion, ...] = ()  # what may be asked next


# Of one message of the history; what is beyond is left out.
MAX_MESSAGE_CHARS = 2_400


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """One message of a conversation's past. `cited` are the addresses of the sections that an answer was made from."""

    role: Role
    text: str
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageContext:
    """The page the reader is on and what they selected there (empty where nothing)."""

    url: str
    selected_text: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions on retrieval; an empty tuple does not restrict, but of `groups`.

    These are those that the reader is of: pages for others are not found, and those who are of none find what is for
    everybody. None is for who may read everything.

    `None` among `versions` and `locales` is the site's default one; where none is named, that of the reader's page is
    searched. A page has one of the `tags`, and its address is at or below one of the `paths`: a path of the site where
    it begins with `/`, else one below the corpus's base url. `section` are the offsets between which passages begin, of
    the page that `uris` name.
    """

    source_quality: tuple[Quality, ...] = ()
    uris: tuple[str, ...] = ()
    versions: tuple[str | None, ...] = ()
    locales: tuple[str | None, ...] = ()
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = ()
    section: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an answer is for, as far as the reader said: it steers how a model answers and which fixed words are said.

    What is found, quoted and refused does not depend on it.
    """

    language: LanguageCode | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with what it needs to be understood. `history` is oldest first, without the question.

    A `scope` other than `all` is of the `page`, and `selection` of what is selected there.
    """

    text: str
    history: tuple[HistoryMessage, ...] = ()
    page: PageContext | None = None
    filters: Filters = field(default_factory=Filters)
    audience: Audience = field(default_factory=Audience)
    scope: Scope = "all"


@dataclass(frozen=True, slots=True)
class Upload:
    """A page as it was sent.

    `uri` is its id in the corpus and, for markdown, its path as the generator sees it; `url` None is derived as for a
    file of that path.
    """

    kind: PageFormat
    data: bytes
    uri: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """Questions and the markdown that answers them, as an owner writes them over the API.

    `url` is where its footnote leads, None to the site. `access` are the groups that it is for, None those that the
    corpus says.
    """

    questions: tuple[str, ...]
    text: str
    url: str | None = None
    access: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be read or ingested; `path` is relative to the source folder."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class SourceFailure(PageFailure):
    """What is wrong with one of several sources rather than with a page: no record is kept of it."""


# A report names so many pages that are left out, or read with a warning; all of them are counted.
NAMED_PAGES = 200


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """A page of the source that is not indexed, and why; `path` is its uri."""

    path: str
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class IngestionReport:
    """What an ingestion did to one corpus. Counts are pages, except `nodes_...`."""

    corpus: str
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: int
    nodes_total: int
    nodes_embedded: int
    seconds: float
    errors: tuple[PageFailure, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)  # pages by reason
    left_out_pages: tuple[LeftOutPage, ...] = ()  # the first of them
    warnings: tuple[PageFailure, ...] = ()  # pages that were read, with what was lost or doubtful in them
