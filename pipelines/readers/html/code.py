"""Code in an HTML page: its lines as they are shown, without their numbers, and the language that it is said to be."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import classes_of, is_skipped, script_of
from pipelines.readers.lines import Line, fence_of
from pipelines.readers.scripts import lowered, raised

_LANGUAGE = re.compile(
    r"(?:(?:language|lang|highlight)-(?:source-)?|\bsourceCode +|\bbrush: *|\bhighlight +)(?P<name>[\w+#-]+)"
)
_LANGUAGE_ATTRIBUTES = ("data-language", "data-lang", "language")
_NO_LANGUAGE = frozenset({"none", "default", "text", "plaintext", "notranslate", "highlight", "numberSource"})
_NUMBERS = frozenset(
    {
        "blob-num", "gutter", "hljs-ln-n", "hljs-ln-numbers", "line-number", "line-numbers",
        "line-numbers-rows", "line-numbers-wrapper", "lineno", "linenodiv", "linenos", "ln", "lnt",
        "react-syntax-highlighter-line-number", "rouge-gutter",
    }
)  # fmt: skip
_SHORT_NAMES = frozenset({"ln", "lnt", "gutter"})
_CELLS = frozenset({"code", "rouge-code", "blob-code", "hljs-ln-code"})
# What mdBook hides of an example, and what stands in the code to be clicked.
_NO_CODE_CLASSES = frozenset({"boring", "conum"})
_NO_CODE = frozenset({"button", "script", "style", "template"})
_LINE_TAGS = frozenset({"div", "li", "p", "tr"})
_LINE_CLASSES = frozenset({"line", "code-line", "token-line", "ec-line", "view-line"})
_WHITE_SPACE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)


def code_lines(pre: HtmlElement) -> list[Line]:
    """The code between fences; nothing where there is none."""
    return _fenced("".join(_parts(pre)), _language(pre))


def inline_code(element: HtmlElement) -> list[str]:
    """Code in a sentence, between backticks: as many as it has lines."""
    code = "".join(_parts(element))
    is_broken = next(element.iter("br", *_LINE_TAGS), None) is not None
    return [code_span(line) for line in (code.split("\n") if is_broken else [code])]


def code_span(code: str) -> str:
    """The code on one line, between backticks; nothing where there is none."""
    code = re.sub(r"\s+", " ", code).strip()
    if not code:
        return ""
    ticks = fence_of(code, shortest=1)
    padding = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{padding}{code}{padding}{ticks}"


def table_code(rows: Sequence[Sequence[HtmlElement]]) -> list[HtmlElement]:
    """The cells that hold the code, of a table that lays out code beside the numbers of its lines; else none."""
    if _is_numbered(rows):
        return [rows[0][1]]
    codes = [cell for row in rows for cell in row if classes_of(cell) & _CELLS]
    return codes if any(classes_of(cell) & _NUMBERS for row in rows for cell in row) else []


def cell_lines(cells: Sequence[HtmlElement]) -> list[Line]:
    """Code whose lines are the rows of a table."""
    return _fenced("\n".join("".join(_parts(cell)).strip("\n") for cell in cells), "")


def keeps_lines(element: HtmlElement, blocks: frozenset[str]) -> bool:
    """Whether the lines of its text are shown as they are written: by its style, or as lines of code alone."""
    if element.tag not in ("code", "div", "samp"):
        return False
    if "fragment" in classes_of(element):  # Doxygen
        return len(element) > 0 and all(
            child.tag == "div" and not classes_of(child).isdisjoint(("line", "ttc")) for child in element
        )
    style = element.get("style") or ""
    if "white-space" not in style:
        return False
    kept = _WHITE_SPACE.search(style) is not None and "\n" in (element.text or "".join(element.itertext())).strip("\n")
    return kept and next((one for one in element.iterdescendants() if one.tag in blocks), None) is None


def _fenced(code: str, language: str) -> list[Line]:
    code = code.replace("\r\n", "\n").replace("\xa0", " ").strip("\n")
    if not code.strip():
        return []
    fence = fence_of(code)
    return [Line(line, verbatim=True) for line in [fence + language, *code.split("\n"), fence]]


def _parts(element: HtmlElement) -> Iterator[str]:
    """The code with its line breaks: those of its text, `br`, and elements that stand on a line of their own."""
    before = element.text or ""
    yield before
    for child in element:
        tail = child.tail or ""
        if child.tag == "br":
            yield "\n"
        elif not _is_no_code(child):
            code, script = "".join(_parts(child)), script_of(child)
            if script:
                code = raised(before, code) if script == "sup" else lowered(before, code)
            yield code
            lone = child.tag in _LINE_TAGS or (classes_of(child) & _LINE_CLASSES and not tail.strip(" \t"))
            follows = child.getnext() is not None or tail.strip()
            if lone and follows and not code.endswith("\n") and not tail.lstrip(" \t").startswith("\n"):
                yield "\n"
            before = code or before
        yield tail
        before = tail or before


def _is_no_code(element: HtmlElement) -> bool:
    """Whether it stands in the code and is none of it: the numbers of lines, buttons, what is struck or hidden."""
    if not isinstance(element.tag, str) or element.tag in _NO_CODE or is_skipped(element):
        return True
    classes = classes_of(element)
    if numbers := classes & _NUMBERS:
        # Which other things have, too.
        return not numbers <= _SHORT_NAMES or "".join(element.itertext()).strip().isdecimal()
    before = element.getprevious()
    is_callout = element.tag == "b" and before is not None and "conum" in classes_of(before)  # its number, drawn
    no_text = "user-select:none" in (element.get("style") or "").replace(" ", "")
    return no_text or is_callout or not _NO_CODE_CLASSES.isdisjoint(classes)


def _language(pre: HtmlElement) -> str:
    codes = list(pre.iter("code"))
    for element in [*codes, pre, *list(pre.iterancestors())[:3]]:
        named = [match["name"] for match in _LANGUAGE.finditer(element.get("class") or "")]
        if element is pre or element in codes:
            named += [element.get(name) or "" for name in _LANGUAGE_ATTRIBUTES]
        for language in named:
            if language and language not in _NO_LANGUAGE:
                return language if re.fullmatch(r"[\w+#.-]{1,30}", language) else ""
    return ""


def _is_numbered(rows: Sequence[Sequence[HtmlElement]]) -> bool:
    """Whether a table is one cell of numbers beside one of code, as Hugo lays code out."""
    if len(rows) != 1 or len(rows[0]) != 2 or next(rows[0][1].iter("pre"), None) is None:
        return False
    numbers, code = "".join(rows[0][0].itertext()).split(), next(rows[0][1].iter("pre"))
    # As many as there are lines: a code of an error beside an example is none.
    lines = "".join(code.itertext()).strip("\n").count("\n") + 1
    first = int(numbers[0]) if numbers and numbers[0].isdecimal() else 1
    counted = [str(number) for number in range(first, first + len(numbers))]
    return len(numbers) == lines and numbers == counted
