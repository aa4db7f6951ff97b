"""The parts of a passage that can be quoted: sentences, list items, code blocks and tables, as exact slices of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipelines.languages.known import any_language
from pipelines.languages.scripts import STOPS, WORD_END
from pipelines.text.bm25 import space_bigrams
from pipelines.text.boundaries import sentence_spans
from pipelines.text.words import Words

BlockKind = Literal["paragraph", "list", "code", "table"]

_FENCE = re.compile(r"^\s*(```+|~~~+)(.*)$")
# Drawn for readers of the page; nobody wants to read its source.
_DIAGRAM = re.compile(r"(?:`{3,}|~{3,})\s*\{?(?:mermaid|plantuml|puml|graphviz|dot|d2|ditaa)\b", re.IGNORECASE)
# "{!../src/main.py!}", "--8<-- 'main.py'", "{{#include main.rs}}": what a site's builder puts a file's text for.
_INCLUDED = re.compile(
    r"[ \t>]{0,40}(?:\{!>? ?\S{1,200}\.\w{1,9}.{0,100}!\}|\{\* ?\S{1,200}\.\w{1,9}(?: [^*]{0,100})?\*\}"
    r"|;{0,2}-{1,8}8<-{1,8}.{0,300}"
    r"|\{\{ ?#include.{1,300}\}\}|<<< ?@?\S{1,200}\.\w{1,9}\S{0,40})[ \t]{0,40}"
)
# Pages about such markup show it in its own language.
_OF_MARKUP = re.compile(
    r"(?:`{3,}|~{3,})\s*\{?(?:adoc|asciidoc|jinja2?|liquid|markdown|mdx?|rst|smarty|twig)\b", re.IGNORECASE
)
_MAX_LED = 2_000  # characters of a sentence
_MAX_INCLUDED = 4
_HEADING = re.compile(r"^\s{0,3}#{1,6}(\s|$)")
_SETEXT = re.compile(r"^\s{0,3}(=+|-{2,})\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
# Lists by letters and Roman numbers: at the beginning of a block, where no sentence goes on.
_LETTERED_ITEM = re.compile(r"^\s*(?:[a-z]|[ivxIVX]{1,5}|[A-Z])[.)]\s+(?=\S{2})")
_TABLE = re.compile(r"^\s*\|")
_RULE = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
# What opens or closes an admonition, a tab or an include, a rule, a raw tag or an image alone: decoration.
_DECORATION = re.compile(
    r"^\s*(:::|!!!|\?\?\?|///|===|\{[%*!]|<[/!a-zA-Z]|!\[|\[!|(\*\s*){3,}$|(-\s*){3,}$|(_\s*){3,}$|\[\^?[^\]]+\]:)"
)
_QUOTE_MARK = re.compile(r"^\s*(>\s?)+")
_CACHED_PASSAGES = 4_096


@dataclass(frozen=True, slots=True)
class Unit:
    """A part that can be quoted: `passage_text[start:end] == text`. A code block is one unit, a table one for each row.

    The first unit of a table (`item` 0) is its head, with the rule below it.
    """

    kind: BlockKind
    text: str
    start: int
    end: int
    block: int  # number of its block in the passage
    item: int  # number of its item in a list, of its row in a table, 0 elsewhere
    stems: tuple[int, ...]
    flaw: float  # how badly it reads when quoted alone, 0 for a plain sentence, 1 for no prose at all


@dataclass(slots=True)
class _Block:
    kind: BlockKind
    spans: list[tuple[int, int]]  # of each item in a list or row in a table, of the whole block elsewhere


@lru_cache(maxsize=_CACHED_PASSAGES)
def quotable_units(text: str, language: str) -> tuple[Unit, ...]:
    """The units of a passage's markdown in order, without headings, rules, images alone, diagrams, admonition marks."""
    words = Words(language)
    units: list[Unit] = []
    for number, block in enumerate(_blocks(text)):
        if block.kind == "code" and _shows_nothing(text, *block.spans[0]):
            continue
        for item, (start, end) in enumerate(block.spans):
            whole = block.kind in ("code", "table")
            for a, b in [(start, end)] if whole else _sentences(text, start, end, language):
                flaw = 0.0 if whole else flaw_of(text[a:b], opens_passage=a == 0, is_item=block.kind == "list")
                units.append(Unit(block.kind, text[a:b], a, b, number, item, words.stems(text[a:b]), flaw))
    return tuple(units)


def _shows_nothing(text: str, start: int, end: int) -> bool:
    """Whether a block of code is the source of a diagram, or only says which file its site would have put there."""
    if _DIAGRAM.match(text, start):
        return True
    if _OF_MARKUP.match(text, start):
        return False
    lines = [line for line in text[start:end].split("\n")[1:-1] if line.strip()]
    return bool(lines) and len(lines) <= _MAX_INCLUDED and all(_INCLUDED.fullmatch(line) for line in lines)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    fence, quoted = "", False
    cut = _opens_inside_code(text)
    open_kind: BlockKind | None = None
    for start, line in _lines(text):
        end = start + len(line.rstrip())
        mark = _FENCE.match(_unquoted(line) if quoted or not fence else line)
        if cut:  # the passage begins inside a code block: nothing to quote before its end
            cut = mark is None
        elif fence:
            blocks[-1].spans[0] = (blocks[-1].spans[0][0], max(end, blocks[-1].spans[0][0]))
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark:
            fence, open_kind, quoted = mark[1], None, _QUOTE_MARK.match(line) is not None
            blocks.append(_Block("code", [(start + line.index(fence), end)]))
        else:
            open_kind = _add_line(text, blocks, open_kind, start, line)
    if fence:  # cut inside a code block: half a block is no quote
        blocks.pop()
    return blocks


def _unquoted(line: str) -> str:
    """A line without the marks of the block quote or the note that it stands in."""
    quote = _QUOTE_MARK.match(line)
    return line[quote.end() :] if quote else line


def _opens_inside_code(text: str) -> bool:
    """An odd number of fences whose first has no language: the opening one was left behind by the cut."""
    marks = [mark for _, line in _lines(text) if (mark := _FENCE.match(_unquoted(line)))]
    return len(marks) % 2 == 1 and not marks[0][2].strip() and not text.lstrip().startswith(marks[0][1])


def _add_line(text: str, blocks: list[_Block], open_kind: BlockKind | None, start: int, line: str) -> BlockKind | None:
    """Adds a line outside code to the open block or to a new one; the kind of the block that stays open."""
    quote = _QUOTE_MARK.match(line)
    body = line[quote.end() :] if quote else line
    begin = start + len(line) - len(body) + len(body) - len(body.lstrip())
    end = start + len(line.rstrip())
    if begin >= end or _HEADING.match(body) or _SETEXT.match(body) or _DECORATION.match(body):
        return None
    if _TABLE.match(body):
        return _add_row(blocks, begin, end, goes_on=open_kind == "table", is_rule=_RULE.match(body) is not None)
    item = _ITEM.match(body) or (_LETTERED_ITEM.match(body) if open_kind in (None, "list") else None)
    if item:
        begin = start + len(line) - len(body) + item.end()
        if open_kind == "list" or _last_is_list(blocks, start):
            blocks[-1].spans.append((begin, end))
        else:
            blocks.append(_Block("list", [(begin, end)]))
        return "list"
    if open_kind in ("paragraph", "list") and not quote:
        return _extend(blocks, open_kind, begin, end, True)
    is_below = open_kind is None and not quote and line[:2].isspace() and _last_is_list(blocks, start)
    if is_below and text[blocks[-1].spans[-1][1] - 1] in "–—-:：":  # "init (bool) –", and what it is below that
        return _extend(blocks, "list", begin, end, True)
    return _extend(blocks, "paragraph", begin, end, False)


def _add_row(blocks: list[_Block], begin: int, end: int, *, goes_on: bool, is_rule: bool) -> BlockKind:
    if not goes_on:
        blocks.append(_Block("table", [(begin, end)]))
    elif is_rule and len(blocks[-1].spans) == 1:
        blocks[-1].spans[0] = (blocks[-1].spans[0][0], end)
    else:
        blocks[-1].spans.append((begin, end))
    return "table"


def _last_is_list(blocks: list[_Block], start: int) -> bool:
    """A loose list has blank lines between its items; nothing but them may stand between."""
    return bool(blocks) and blocks[-1].kind == "list" and start - blocks[-1].spans[-1][1] <= 2


def _extend(blocks: list[_Block], kind: BlockKind, begin: int, end: int, goes_on: bool) -> BlockKind:
    if goes_on:
        blocks[-1].spans[-1] = (blocks[-1].spans[-1][0], end)
    else:
        blocks.append(_Block(kind, [(begin, end)]))
    return kind


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Sentences of a stretch, without white space and unpaired emphasis around them."""
    for low, high in sentence_spans(text[start:end], language):
        a, b = _trimmed(text, start + low, start + high)
        if a < b:
            yield _before_link(text, a, b)


def _before_link(text: str, a: int, b: int) -> tuple[int, int]:
    """A sentence up to the clause with its link, since a link cannot be quoted; the whole where that is too short."""
    link = _LINK.search(text, a, b)
    if link is None:
        return a, b
    ends = [found.start() for found in _CLAUSE_END.finditer(text, a, max(a, text.rfind("[", a, link.end())))]
    clause = text[a : ends[-1]].rstrip() if ends else ""
    balanced = not (clause.count("`") % 2 or clause.count("**") % 2 or clause.count("(") > clause.count(")"))
    return (a, a + len(clause)) if balanced and len(clause.split()) >= _MIN_CLAUSE_WORDS else (a, b)


_EDGES = ("**", "__", "*", "_", '"', "“", "”")


def _trimmed(text: str, a: int, b: int) -> tuple[int, int]:
    a, b = _stripped(text, a, b)
    for mark in _EDGES:
        if text[a:b].count(mark) % 2 == 0:
            continue
        if text.startswith(mark, a, b):
            a, b = _stripped(text, a + len(mark), b)
        elif text.endswith(mark, a, b):
            a, b = _stripped(text, a, b - len(mark))
    return a, b


def _stripped(text: str, a: int, b: int) -> tuple[int, int]:
    piece = text[a:b]
    return b - len(piece.lstrip()), a + len(piece.rstrip())


_LINK = re.compile(r"\]\(|\]\[|!\[|<[/a-zA-Z][^>]*>|https?://")
_CLAUSE_END = re.compile(r"[,;:—](?=\s)|\s(?=\()|\s[–-](?=\s)")
# Sentences about the text itself, in the manner of tutorials; they announce instead of answering.
_ABOUT_THE_TEXT = re.compile(
    r"\b(we'll|we’ll|we will|let's|let’s|you'll learn|you will learn|now you know|that's it|in this (section|tutorial"
    r"|chapter|part|page|guide|lesson|module)|in the (next|previous) (section|chapter|part|lesson)|as (we|you) saw|read"
    r" more|learn more|check out|take a look|see (also|the)|for more (information|details)|refer to|by the end)\b",
    re.IGNORECASE,
)
# Sentences that only send the reader elsewhere: whatever was asked, they do not say it.
_LEADS_NOWHERE = re.compile(
    r"\b(?:we|you|i)(?:['’]ll| will) (?:also |now |then |soon )?(?:talk|look|take a look|cover|discuss|come back"
    r"|explore|dig|dive|revisit|return|learn|explain|go over|go through|walk through|get to)\b"
    r"|\blater (?:on )?in (?:this|the)\b|\b(?:in|on) the (?:next|following|previous) (?:section|chapter|lesson|page)\b"
    r"|^\W*(?:please |also )?(?:see|read|refer to|check out|check|visit|have a look at|take a look at) (?:\S+ ){0,8}?"
    r"(?:pages?|docs|documentation|sections?|guides?|tutorials?|articles?|posts?|chapters?)\b"
    r"|^\W*for (?:more|further|full|additional) (?:information|details?|explanations?|examples?)\b"
    r"|^\W*see (?:also )?(?:\S+ ){0,8}?for (?:more |further |full )?(?:information|details?|explanations?|examples?)\b"
    r"|^\W*(?:an? |the )?(?:full |complete )?(?:\S+ ){1,8}can be found (?:online|elsewhere)\b"
    r"|^\W*(?:find out|learn|read) (?:more about\b|about (?:how|the|what|when|why)\b)"
    r"|^\W*see (?:also )?[A-Z`][^.\n]{0,60}\.?$"  # "See Performance."
    r"|^\W*(?:below (?:are|is)|here (?:are|is)|the (?:following|below)) (?:\w+ ){0,2}?"
    r"(?:screenshots?|figures?|images?|pictures?|illustrations?|diagrams?)"
    r"(?: (?:of|(?:(?:that|which) )?(?:(?:demonstrat|depict|display|explain|illustrat|represent|show)(?:e|s|es|ing)?"
    r"|gives?|w(?:as|ere) taken))\b(?! that\b)[^:`\n]{0,200})?[.:]?\s*$"
    r"|\b(?:keep|continue) reading\b|\byou may (?:also )?want to read\b|^\W*welcome to\b",
    re.IGNORECASE,
)
# What every match of it has: the sentence is only read for it where one of them stands in it.
_CUES_OF_THAT = (
    "we'll", "we’ll", "we will", "let's", "let’s", "you'll", "you will", "now you", "that's it", "in th", "as we",
    "as you", "more", "check out", "take a", "see ", "refer to", "by the end",
)  # fmt: skip
_CODE = re.compile(
    r"[{}=<>;|\\]|\w\(|\)\s*:|//|^\s*(import|from|const|let|var|def|class|return|if|for|export|with)\b", re.M
)
_LEANS = re.compile(rf"^\W*({any_language(lambda one: one.leans)}){WORD_END}", re.IGNORECASE)
# "Default: `fast`", "**Type:** number": short, and just what is asked for.
_SETTING = re.compile(r"^[*_`]{0,2}[A-Za-z][\w -]{0,24}[*_`]{0,2}:[*_`]{0,2}[ \t]+\S.{0,200}$")
# A parameter of which nothing is said, "atomic (bool)", or of which the next paragraph speaks: "atomic (bool) –".
_TYPED_NAME = re.compile(r"\*{0,2}\w[\w.]{0,60}\*{0,2} \([^\n]{1,200}\)(?P<goes_on>\s?[–—-])?")
_HEADS = 0.3
_MIN_CLAUSE_WORDS = 6
_ASKS = ("?", "？", "؟")
# The flaws of what is mostly links or cells, and of what asks itself.
LINKED, ASKING = 0.6, 0.9
_SHORT_ITEM = 0.5
_MAX_LABEL_WORDS = 6
_CELLS = re.compile(r"\S \| \S")  # fields of a line that is no sentence


def flaw_of(piece: str, *, opens_passage: bool = False, is_item: bool = False) -> float:
    """How badly a piece reads when quoted alone: 0 well, 1 not at all (no words, code that lost its fence).

    A list item needs no full stop; a few words without one that stand as a paragraph are a heading or a label.
    """
    words = space_bigrams(piece).split()
    if is_setting(piece):
        return 0.05
    prose = re.sub(r"`[^`]*`", "code", piece)
    if is_item and (name := _TYPED_NAME.fullmatch(piece)):
        return _HEADS if name["goes_on"] else 1.0
    if is_item and 0 < len(words) < 3:  # `prepack`: a name says something among those beside it
        return _SHORT_ITEM
    if len(words) < 3 or len(_CODE.findall(prose)) > max(2, len(words) // 4):
        return 1.0
    if _LINK.search(prose) or _CELLS.search(prose):
        return LINKED
    first = next((char for char in piece if char.isalnum()), "")
    ends = piece.rstrip("*_`\"'”’)")[-1:] in f".!?:;…。！？：{STOPS}"
    broken = first.islower() and words[0].isalpha()
    if prose.count("`") or prose.count("**") % 2 or (opens_passage and broken):
        return 0.3
    if piece.rstrip("*_\"'”’ ").endswith(_ASKS):  # it asks instead of answering
        return ASKING
    label = not ends and not is_item and len(words) <= _MAX_LABEL_WORDS
    if label:
        return 0.5
    flaws = ((_is_about_the_text(prose), 0.15), (_LEANS.match(piece), 0.08), (broken, 0.05), (not ends, 0.05))
    return sum(size for there, size in flaws if there)


def _is_about_the_text(prose: str) -> bool:
    lower = prose.lower()
    return any(cue in lower for cue in _CUES_OF_THAT) and _ABOUT_THE_TEXT.search(prose) is not None


def leads_nowhere(piece: str) -> bool:
    """Whether a sentence only sends its reader elsewhere: "We'll talk about that later in this section"."""
    return _LEADS_NOWHERE.search(piece, 0, _MAX_LED) is not None


def is_setting(piece: str) -> bool:
    """Whether a piece gives a property its value: `Default: fast`."""
    return _SETTING.match(piece) is not None and not piece.rstrip("*_\"'”’ ").endswith(_ASKS)


def leans(piece: str) -> bool:
    """Whether a sentence says little without the one before it: it opens with a pronoun or a connective."""
    return _LEANS.match(piece) is not None
