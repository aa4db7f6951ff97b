"""Block rules for markdown-it that MDX and generators add to CommonMark: JavaScript, JSX, expressions, directives."""

import re
from bisect import bisect_right
from itertools import islice

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from pipelines.readers.markdown.jsx import Script, code_end

# Docusaurus takes a title after these names only; see its option `admonitions.keywords`.
ADMONITIONS = ("secondary", "info", "success", "danger", "note", "tip", "warning", "important", "caution")

# Not every line that begins with the word: a page that is not built as MDX may say "import the module".
_ESM = re.compile(
    r"""import (?:\s*['"{*]|\s*type\s|\s*[\w$]+\s*(?:,|\bfrom\b|$))"""
    r"""|export (?:\s*[{*]|\s*(?:default|const|let|var|function|async|class|type|interface|enum)\b)""",
    re.MULTILINE,
)
_DIRECTIVE = re.compile(
    rf"(?P<colons>:{{3,}})(?:(?P<name>[A-Za-z](?:[\w-]*[A-Za-z0-9])?)"
    rf"(?:\[(?P<label>.*)\])?(?:\{{(?P<attributes>[^}}]*)\}})?[ \t]*"
    rf"|(?P<known>{'|'.join(ADMONITIONS)})[ \t]+(?P<title>.*)|[ \t]*)"
)
# Possessive: a line of many tags that is none after all is not divided into tags in every other way.
# Lines of nothing but tags of a template (Liquid, GitBook, Hugo), and fences of containers (Pandoc, MyST).
_TEMPLATE_LINE = re.compile(
    r"(?:(?:\{%[^{}%]{1,500}+%\}|\{\{[<%](?>[^{}]{2,501})(?<=[%>])\}\}|\{\{/\*(?>[^{}]{0,500})(?<=\*/)\}\})[ \t]*+)++"
    # kramdown's attributes, which only their marks tell from a tuple of Elixir (`{:ok, pid}`), and its extensions,
    r"""|\{:(?>\s*(?:[.#][\w:.-]+|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{},]+)|toc(?=[\s}]))){1,40}+\s*\}"""
    r"|\{::(?:options|comment|nomarkdown)\b[^{}]{0,300}\}|\{:/(?:comment|nomarkdown)?\}"
    r"|\[\[?_?(?i:toc)_?\]?\]"  # and where a list of contents goes
    r"|:{3,}[ \t]*(?:\{?[A-Za-z][\w.:-]*\}?|\{[^{}]*\})?(?P<title>[ \t][^{}]*)?(?:\{[^{}]*\})?[ \t]*"
)
_TEMPLATE_STARTS = ("{%", "{{<", "{{%", "{{/", "{:", "[", ":::")
_SHOWN_PARAMETER = re.compile(
    r"""\b(?:title|subtitle|label|header|heading|name|summary|caption|text)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
    r"""|\{\{[<%]\s*(?:tab|details|expand|accordion)\s+(?:"([^"]*)"|'([^']*)')"""
)
_TITLE_ATTRIBUTE = re.compile(r"""\btitle=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_ENDLESS = 5
_LONGEST_TEMPLATE_LINE = 2_000
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_mdx_rules(parser: MarkdownIt) -> None:
    """JavaScript blocks, and JSX tags, expressions and comments that stand alone on their lines."""
    parser.block.ruler.before("table", "mdx_esm", _esm)
    parser.block.ruler.after("mdx_esm", "mdx_flow", _flow, _INTERRUPTS)


def add_directive_rule(parser: MarkdownIt) -> None:
    """Lines that open or close an admonition (`:::tip Title`, `:::`)."""
    parser.block.ruler.before("table", "directive", _directive, _INTERRUPTS)


def add_template_rule(parser: MarkdownIt) -> None:
    """Lines that hold nothing but the tags of a template. What they name for their readers stays."""
    parser.block.ruler.before("table", "template_line", _template_line, _INTERRUPTS)


def _template_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(_TEMPLATE_STARTS, position) or state.is_code_block(start):
        return False
    line = state.src[position : state.eMarks[start]].rstrip()
    match = _TEMPLATE_LINE.fullmatch(line) if len(line) < _LONGEST_TEMPLATE_LINE else None
    if match is None:
        return False
    if silent:
        return True
    shown = [next(filter(None, found), "") for found in _SHOWN_PARAMETER.findall(line)]
    token = state.push("directive", "", 0)
    token.map = [start, start + 1]
    token.content = (match["title"] or " ".join(shown)).strip()
    state.line = start + 1
    return True


def _esm(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if (
        silent
        or state.level
        or state.blkIndent
        or state.sCount[start]
        or not _ESM.match(state.src, state.bMarks[start])
    ):
        return False
    token = state.push("mdx_esm", "", 0)
    stop = _esm_end(state, start, end)
    token.content = state.getLines(start, stop, 0, False)
    token.map = [start, stop]
    state.line = stop
    return True


def _esm_end(state: StateBlock, start: int, end: int) -> int:
    """The line after the JavaScript: a blank line where its brackets are closed.

    Where they never close (a regular expression or JSX text that this is no parser for), the first blank line that
    a line of markdown follows, so that the page is not lost.
    """
    blank: list[int] | None = state.env.get("blank_lines")
    if blank is None:
        blank = state.env["blank_lines"] = [line for line in range(end) if state.isEmpty(line)]
    first = bisect_right(blank, start)
    failures = state.env.setdefault("endless_javascript", [])
    # Where the walk was wrong before, it is not trusted with the whole page again: its cost stays linear.
    reach = [*blank[first:], end] if len(failures) < _ENDLESS else [*blank[first : first + 10]] or [end]
    offset = state.bMarks[start]
    ends = [state.eMarks[line - 1] - offset for line in reach]
    found = code_end(state.src[offset : offset + ends[-1]], ends)
    if found is not None:
        return reach[ends.index(found)]
    failures.append(start)
    for line in islice(blank, first, None):
        if line + 1 >= end or state.isEmpty(line + 1) or state.sCount[line + 1]:
            continue
        if state.src[state.bMarks[line + 1]] not in "})];":
            return line
    return end


def _flow(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    position = state.bMarks[start] + state.tShift[start]
    if state.src[position : position + 1] not in ("<", "{"):
        return False
    stop_at = state.eMarks[end - 1]
    stop = _comment_end(state.src, position, stop_at)
    if stop is None:
        stop = _flow_end(state.src, position, state.env.setdefault("script", Script(state.src)))
    if stop is None or stop > stop_at:
        return False
    if silent:
        return True
    last = start
    while state.eMarks[last] < stop:
        last += 1
    token = state.push("mdx_flow", "", 0)
    token.map = [start, last + 1]
    state.line = last + 1
    return True


def _comment_end(source: str, position: int, stop_at: int) -> int | None:
    if not source.startswith("<!--", position):
        return None
    end = source.find("-->", position, stop_at)
    return end + 3 if end >= 0 else None


def _flow_end(source: str, position: int, script: Script) -> int | None:
    """The end of tags and expressions that fill their lines; None where text stands beside them."""
    while True:
        if source.startswith("<", position):
            tag = script.tag(position)
            after = tag.end if tag else None
        elif source.startswith("{", position) and not source.startswith("{#", position):
            after = script.expression_end(position)
        else:
            return None
        if after is None:
            return None
        while source[after : after + 1] in (" ", "\t"):
            after += 1
        if source[after : after + 1] in ("", "\n"):
            return after
        position = after


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", position):
        return False
    match = _DIRECTIVE.fullmatch(state.src[position : state.eMarks[start]].rstrip())
    if not match:
        return False
    if silent:
        return True
    token = state.push("directive", "", 0)
    token.map = [start, start + 1]
    token.content = _directive_title(match)
    state.line = start + 1
    return True


def _directive_title(match: re.Match[str]) -> str:
    if match["title"]:
        bracketed = re.fullmatch(r"\[(.*)\]", match["title"])
        return bracketed.group(1) if bracketed else match["title"]
    if match["label"]:
        return match["label"]
    titled = _TITLE_ATTRIBUTE.search(match["attributes"] or "")
    return next(group for group in titled.groups() if group is not None) if titled else ""
