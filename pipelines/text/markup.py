"""The markdown of an answer while it streams: `[n]` markers found, foreign links reduced, code recognised.

What comes out is the same for every way of cutting the stream, and comes as early as that allows: only what may
still become a marker, a link, a tag or inline code is held back.

An answer is written by a model that has read untrusted pages, and a markdown image is fetched without a click, so
whatever leaves here must not lead a renderer anywhere but to the allowed urls (OWASP LLM02, "markdown image
exfiltration"). Deciding what a renderer would take for code, where nothing is reduced, needs its exact reading of
the text; so the text is brought into a form with one reading:

- a run of backticks without a partner on its line is dropped, and a code span never touches another backtick;
- a fence is recognised up to three columns into its list item (CommonMark 0.31, 4.5); closing fences are written at
  the column of the opening one, and a line that leaves the column closes the fence by a line of our own;
- outside code `](`, `]:` at a line's start and `<` before a letter leave only as part of what was looked at and
  allowed. They get a space otherwise.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from pipelines.text import markup_patterns as patterns
from pipelines.text.markup_writer import MarkupWriter, Piece, PieceKind


class _Fence(NamedTuple):
    column: int
    mark: str  # the run of the opening fence


def page_of(url: str) -> str:
    """The url without its fragment and trailing slash: two links to one page compare equal."""
    return url.partition("#")[0].rstrip("/")


class MarkupScanner:
    """Turns deltas of a model's markdown into cleaned `Piece`s.

    `known_ids` are the ids that may be cited. `allowed_urls` maps the urls that links may lead to onto the id of
    their source; a link there counts as a citation of it. Fragments are compared first, then only the page.
    """

    def __init__(self, known_ids: Collection[str], allowed_urls: Mapping[str, str] | None = None) -> None:
        self._known = frozenset(known_ids)
        self._urls: dict[str, str] = {}
        for url, source in (allowed_urls or {}).items():
            self._urls.setdefault(url, source)
            self._urls.setdefault(page_of(url), source)
        self._buffer = ""
        self._at = 0  # what stands before it in the buffer is done; a few characters stay for look-behind
        self._final = False
        self._line_start = True
        self._fence: _Fence | None = None
        self._lists: list[int] = []  # content columns of the open list items
        self._after_blank = True
        self._writer = MarkupWriter()

    def feed(self, delta: str) -> list[Piece]:
        """More of the answer; returns what is certain by now."""
        if self._at > 4_096:
            self._buffer, self._at = self._buffer[self._at - 16 :], 16
        self._buffer += delta
        return self._run()

    def finish(self) -> list[Piece]:
        """The answer is complete; returns the rest."""
        self._final = True
        pieces = self._run()
        if self._fence is not None and self._fence.column:
            self._close_fence(self._fence, "" if self._writer.tail.endswith("\n") else "\n")
            pieces += self._writer.take_pieces()
        return pieces

    def _run(self) -> list[Piece]:
        while self._at < len(self._buffer) and self._step():
            pass
        return self._writer.take_pieces()

    def _step(self) -> bool:
        """One construct further; False where more input is needed."""
        if self._fence is not None:
            return self._fenced_line(self._fence)
        return self._line_prefix() if self._line_start else self._inline()

    # Lines and fences

    def _line_prefix(self) -> bool:
        end = self._buffer.find("\n", self._at)
        rest = self._buffer[self._at : end if end >= 0 else None]
        whole = end >= 0 or self._final
        if not whole and len(rest) <= patterns.MAX_PREFIX and patterns.PREFIX_OPEN.match(rest):
            return False
        match = patterns.LINE_PREFIX.match(rest)
        prefix = match.group() if match else ""
        if len(prefix) > patterns.MAX_PREFIX - 12:
            self._line_start = False
            return True
        run = patterns.FENCE_RUN.match(rest, len(prefix))
        if run is None or ("`" in rest[run.end() :] and run.group()[0] == "`"):
            self._open_lists(rest, prefix)
            self._take(prefix)
            self._line_start = False
            return True
        if not whole:
            return False
        columns = self._open_lists(rest, prefix)
        column = len(prefix.expandtabs(4))
        inside = max((c for c in [0, *columns] if c <= column), default=0)
        if column - inside > 3:
            self._take(prefix)
            self._line_start = False
            return True
        self._take(rest + ("\n" if end >= 0 else ""), "fence")
        self._fence = _Fence(column, run.group())
        return True

    def _open_lists(self, line: str, prefix: str) -> list[int]:
        """Brings the columns of the open list items up to this line; see CommonMark 5.2 for the conditions."""
        if not line.strip():
            self._after_blank = True
            return self._lists
        was_in_list = bool(self._lists)
        at = 0
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        while self._lists and indent < self._lists[-1]:
            self._lists.pop()
        while (mark := patterns.LIST_MARK.match(prefix, at)) is not None:
            column = len(prefix[: mark.start(1)].expandtabs(4))
            content = len(prefix[: mark.end()].expandtabs(4))
            outer = self._lists[-1] if self._lists else 0
            interrupts = mark.group(2) is not None and int(mark.group(2)) != 1
            if column - outer > 3 or content - len(prefix[: mark.end(1)].expandtabs(4)) > 4:
                break
            if interrupts and not (was_in_list or self._after_blank):
                break
            self._lists.append(content)
            at = mark.end()
        self._after_blank = False
        return self._lists

    def _fenced_line(self, fence: _Fence) -> bool:
        """Code leaves as it comes; only a line's start is held back while it may close the fence."""
        if not self._line_start_in_code():
            return self._code_to_line_end()
        end = self._buffer.find("\n", self._at)
        line = self._buffer[self._at : end if end >= 0 else None]
        stripped = line.strip()
        whole = end >= 0 or self._final
        if not whole and not stripped.strip(fence.mark[0]):
            return False
        if stripped and not stripped.strip(fence.mark[0]) and len(stripped) >= len(fence.mark):
            self._at += len(line) + (end >= 0)
            self._writer.write(" " * fence.column + stripped + ("\n" if end >= 0 else ""), "fence")
            self._leave_fence()
            return True
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if stripped and indent < fence.column:
            self._close_fence(fence, "")
            return True
        return self._code_to_line_end()

    def _line_start_in_code(self) -> bool:
        return self._writer.tail.endswith("\n")

    def _code_to_line_end(self) -> bool:
        end = self._buffer.find("\n", self._at)
        self._take(self._buffer[self._at : end + 1 if end >= 0 else None], "code")
        return True

    def _close_fence(self, fence: _Fence, lead: str) -> None:
        self._writer.write(f"{lead}{' ' * fence.column}{fence.mark}\n", "fence")
        self._leave_fence()

    def _leave_fence(self) -> None:
        self._fence = None
        self._line_start = True
        self._after_blank = True

    # Inside a line

    def _inline(self) -> bool:
        match = patterns.SPECIAL.search(self._buffer, self._at)
        if match is None:
            held = None if self._final else patterns.MAY_BE_SPECIAL.search(self._buffer, self._at)
            self._take(self._buffer[self._at : held.start() if held else None])
            return False
        if match.start() > self._at:
            self._take(self._buffer[self._at : match.start()])
        return self._construct(match.group())

    def _construct(self, special: str) -> bool:
        if special[-1] in "[【":
            return self._bracket(special)
        if special in "\n]~":
            self._take(special)
            self._line_start = special == "\n"
            return True
        if special == "\\":
            return self._escape()
        if special == "`":
            return self._backticks()
        if special == "<":
            return self._angle()
        return self._bare_url()

    def _escape(self) -> bool:
        if self._at + 1 >= len(self._buffer) and not self._final:
            return False
        pair = self._rest(2)
        self._take(pair if pair[-1] in patterns.PUNCTUATION else "\\")
        return True

    def _backticks(self) -> bool:
        run = len(self._rest(1_000)) - len(self._rest(1_000).lstrip("`"))
        start = self._at + run
        if start >= len(self._buffer) and not self._final:
            return False
        line_end = self._buffer.find("\n", start)
        stop = min(line_end if line_end >= 0 else len(self._buffer), start + patterns.MAX_INLINE_CODE)
        close = re.compile(rf"(?<!`)`{{{run}}}(?!`)").search(self._buffer, start, stop)
        if close is None or close.end() == len(self._buffer):
            undecided = line_end < 0 and len(self._buffer) < start + patterns.MAX_INLINE_CODE and not self._final
            if undecided:
                return False
        if close is None:
            self._drop(run)
            return True
        self._take(self._buffer[self._at : close.end()], "inline_code")
        return True

    def _angle(self) -> bool:
        rest = self._rest(patterns.MAX_TAG)
        if len(rest) < 2 and not self._final:
            return False
        if not patterns.TAG_START.match(rest):
            self._take("<")
            return True
        end = re.search(r">|\n[ \t]*\n|<", rest[1:])
        if end is None and len(rest) < patterns.MAX_TAG and not self._final:
            return False
        if end is None or end.group() != ">":
            self._at += 1
            self._writer.write("< ")
            return True
        tag = rest[: end.end() + 1]
        auto = patterns.AUTOLINK.fullmatch(tag)
        if auto is not None:
            self._autolink(tag, auto.group(1))
        elif (named := patterns.PLACEHOLDER.fullmatch(tag)) and not patterns.HTML_NAME.fullmatch(named.group(1)):
            self._at += len(tag)
            self._writer.write(f"`{tag}`", "inline_code")
        else:
            self._drop(len(tag))
        return True

    def _autolink(self, tag: str, target: str) -> None:
        source = self._source_of(target)
        if source is not None:
            self._take(tag, ids=(source,))
        else:
            self._splice(len(tag), target)

    def _bare_url(self) -> bool:
        match = patterns.URL.match(self._buffer, self._at, self._at + patterns.MAX_TARGET)
        url = match.group() if match else ""
        if self._at + len(url) >= len(self._buffer) and len(url) < patterns.MAX_TARGET and not self._final:
            return False
        url = patterns.URL_TAIL.sub("", url)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = patterns.URL_TAIL.sub("", url[:-1])
        source = self._source_of(url)
        if source is not None:
            self._take(url, ids=(source,))
        else:
            head = patterns.SCHEME.match(self._buffer, self._at)
            self._drop(len(head.group()) if head else 1)
        return True

    def _bracket(self, special: str) -> bool:
        at = self._at
        groups: list[str] = []
        while True:
            spaces = self._buffer[at : at + patterns.MAX_SPACES]
            start = at + len(spaces) - len(spaces.lstrip(" \t"))
            marker = patterns.MARKER.match(self._buffer, start, start + patterns.MAX_MARKER)
            if marker is None:
                left = len(self._buffer) - start
                may_be = left == 0 or (left < patterns.MAX_MARKER and patterns.MAY_BE_MARKER.match(self._buffer, start))
                if may_be and not self._final:
                    return False
                break
            target = self._marker_target(marker.end())
            if target < 0:
                return False
            groups.append(marker.group(1) or marker.group(2))
            at = target
        if groups:
            self._markers(groups, at - self._at, " " if special[0] in " \t" else "")
            return True
        return self._link(special)

    def _marker_target(self, at: int) -> int:
        """Where the marker ends that `at` follows, with a link target `(…)` of its own; -1 while undecided."""
        if at >= len(self._buffer):
            return at if self._final else -1
        if self._buffer[at] != "(":
            return at
        target = patterns.TARGET.match(self._buffer, at, at + patterns.MAX_TARGET)
        if target is not None:
            return target.end() if patterns.URL_HEAD.match(target.group(1)) else at
        undecided = len(self._buffer) - at < patterns.MAX_TARGET and not self._final
        return -1 if undecided and patterns.MAY_BE_URL_TARGET.match(self._buffer, at) else at

    def _markers(self, groups: list[str], length: int, space: str) -> None:
        ids: dict[str, None] = {}
        for group in groups:
            for first, last in patterns.ID_OR_RANGE.findall(group):
                ids.update(dict.fromkeys(self._known_between(int(first), int(last or first))))
        if not ids:
            self._drop(length)
            return
        self._at += length
        self._writer.write(space + "".join(f"[{id_}]" for id_ in ids), "marker", tuple(ids))

    def _known_between(self, first: int, last: int) -> list[str]:
        if first == last:
            return [str(first)] if str(first) in self._known else []
        return sorted((id_ for id_ in self._known if id_.isdigit() and first <= int(id_) <= last), key=int)

    def _link(self, special: str) -> bool:
        if special[0] in " \t":
            self._take(special[:-1])
            return True
        label = patterns.LABEL.match(self._buffer, self._at, self._at + patterns.MAX_LABEL)
        end = label.end() if label else self._at  # no label: 【
        if end - self._at < patterns.MAX_LABEL and label and self._label_open(end) and not self._final:
            return False
        target = None
        if end - self._at < patterns.MAX_LABEL and self._buffer[end : end + 2] == "](":
            target = patterns.TARGET.match(self._buffer, end + 1, end + patterns.MAX_TARGET)
            undecided = "\n" not in self._buffer[end:] and len(self._buffer) < end + patterns.MAX_TARGET
            if target is None and undecided and not self._final:
                return False
        if target is None:
            self._take(special)
        else:
            self._linked(special, end, target)
        return True

    def _label_open(self, end: int) -> bool:
        """Whether more input may lengthen a label that stops here, or show what follows it."""
        rest = self._buffer[end : end + patterns.MAX_LABEL]
        if rest in ("", "]"):
            return True
        return rest[0] in "`\\" and "\n" not in rest and len(self._buffer) < self._at + patterns.MAX_LABEL

    def _linked(self, special: str, label_end: int, target: re.Match[str]) -> None:
        source = self._source_of(target.group(1).strip("<>"))
        if source is not None:
            self._take(self._buffer[self._at : target.end()], ids=(source,))
        else:
            self._splice(target.end() - self._at, self._buffer[self._at + len(special) : label_end])

    def _source_of(self, url: str) -> str | None:
        return self._urls.get(url) or self._urls.get(page_of(url))

    # What leaves

    def _rest(self, length: int) -> str:
        return self._buffer[self._at : self._at + length]

    def _take(self, text: str, kind: PieceKind = "text", ids: tuple[str, ...] = ()) -> None:
        self._at += len(text)
        self._writer.write(text, kind, ids)

    def _drop(self, length: int) -> None:
        self._at += length
        self._writer.joint = True

    def _splice(self, length: int, text: str) -> None:
        """Replaces the construct here by its text, which is looked at again."""
        self._buffer = self._buffer[: self._at] + text + self._buffer[self._at + length :]
        self._writer.joint = True
